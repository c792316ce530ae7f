package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"selvhjelp/assets"
	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyfile"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/retention"
	"selvhjelp/pkg/token"
	"selvhjelp/pkg/voucher"
	"selvhjelp/pkg/web"
	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/sealed"
)

const (
	paymentFile = "payment.db"
	tendEvery   = 10 * time.Minute // receipts and refunds that wait
)

// shop is what sells: the payment side in a file of its own, and the keys of both
// sides.
type shop struct {
	db             *bolt.DB
	desk           *payment.Desk
	counter        *voucher.Desk
	issuer, refund *token.Ring
}

// shopKeys opens the files that selling takes, and reports the faults of all of
// them.
func shopKeys(c config.Payment) (*shop, payment.Provider, error) {
	s, provider := &shop{}, payment.Provider{APIBase: c.APIBase}
	var faults [5]error
	s.issuer, faults[0] = openTokens(c.IssuerKeysFile)
	s.refund, faults[1] = openTokens(c.RefundKeysFile)
	provider.SecretKey, faults[2] = secretFile("payment.secret_key_file", c.SecretKeyFile)
	provider.WebhookSecret, faults[3] = secretFile("payment.webhook_secret_file", c.WebhookSecretFile)
	if errors.Join(faults[2], faults[3]) == nil {
		_, faults[4] = payment.New(payment.Options{Provider: provider})
	}
	return s, provider, errors.Join(faults[:]...)
}

// checkShop looks at those files alone.
func checkShop(c config.Config) error {
	if !c.Payment.Sells() && noFile(paymentPath(c)) {
		return nil
	}
	_, _, err := shopKeys(c.Payment)
	return err
}

// openShop opens the payment side, where something is sold or was: what was
// bought is fetched, started and given back also when nothing is for sale any
// more.
func (in *installation) openShop(now time.Time) error {
	c := in.config.Payment
	sold, err := in.sold()
	if err != nil || !c.Sells() && !sold.Opened && noFile(paymentPath(in.config)) {
		return err
	}
	s, provider, err := shopKeys(c)
	if err != nil {
		return err
	}
	if err := sold.complete(in.config, s, now); err != nil {
		return err
	}
	letters, err := web.LoadLetters(assets.FS, in.config.Service.Name)
	if err != nil {
		return err
	}
	options := payment.Options{Products: products(c), Seller: seller(in.config), Terms: string(c.TermsVersion),
		Language: in.config.Service.DefaultLanguage, Site: in.config.Server.BaseURL, Issuer: s.issuer, Refunds: s.refund.Keys,
		Provider: provider, Letter: letters.Receipt}
	if in.mail != nil {
		options.Send = in.mail.Send
	}
	if s.db, err = bolt.Open(paymentPath(in.config), bolt.Options{MaxBytes: int64(in.config.Data.MaxBytes)}); err != nil {
		return fmt.Errorf("payment database: %w", err)
	}
	options.Store = sealed.New(s.db, in.seal)
	s.desk, err = payment.New(options)
	s.counter = &voucher.Desk{Ring: in.ring, Keys: s.issuer.Keys, Refund: s.refund}
	in.shop = s
	in.night.Beside = []store.File{s.db}
	in.night.Also = append(in.night.Also, retention.Step{Name: tokenKeys, Do: in.nightOfKeys}, retention.Step{Name: purchases, Do: in.nightOfShop})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return in.rememberShop(ctx, now)
}

func paymentPath(c config.Config) string { return filepath.Join(c.Data.Dir, paymentFile) }

// openTokens opens a file of token keys; one that is not there is made by a
// command, never by a start.
func openTokens(path string) (*token.Ring, error) {
	ring, err := token.Open(path)
	if errors.Is(err, keyfile.ErrMissing) {
		return nil, fmt.Errorf("%w; restore it from your key escrow, or make it with \"selvhjelp issuer rotate\" before anything is sold", err)
	}
	return ring, err
}

// firstTokens makes the files of token keys of a shop that has sold nothing yet,
// or whose keys are lost for good. The keys themselves are made when the shop is
// open, so that its log has their fingerprints.
func firstTokens(c config.Config, lost bool, now time.Time) error {
	for _, path := range []string{c.Payment.IssuerKeysFile, c.Payment.RefundKeysFile} {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if !lost && !noFile(paymentPath(c)) {
			return fmt.Errorf("%s is not there although something has been sold: restore it from your key escrow; if it is lost for good, run \"selvhjelp issuer rotate -lost\"", path)
		}
		ring, err := token.New(path)
		if err != nil {
			return err
		}
		if _, err := ring.Rotate(nil, now); err != nil {
			return err
		}
	}
	return nil
}

// secretFile reads a secret from the first line of a file.
func secretFile(key, path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	return string(bytes.TrimSpace(raw)), nil
}

// products are what the configuration sells.
func products(c config.Payment) []payment.Product {
	var out []payment.Product
	for _, p := range c.Product {
		out = append(out, payment.Product{ID: p.ID, Name: inLanguages(p.Name), About: inLanguages(p.About), Statement: p.Statement,
			Price: int64(p.Price), VAT: p.VAT, Currency: p.Currency})
	}
	return out
}

func productIDs(c config.Payment) []string {
	var out []string
	for _, p := range c.Product {
		out = append(out, p.ID)
	}
	return out
}

func inLanguages(t config.Text) map[string]string {
	return map[string]string{"nb": t.NB, "nn": t.NN, "en": t.EN}
}

func seller(c config.Config) payment.Seller {
	o := c.Operator
	return payment.Seller{Name: o.Name, Number: o.OrganisationNumber, Address: o.PostalAddress, Email: o.Email, VAT: c.Payment.VATRegistered}
}

// nightOfKeys makes token keys that are missing and destroys those that have had
// their time, which it counts.
func (in *installation) nightOfKeys(ctx context.Context, now time.Time) (destroyed int, err error) {
	keys, err := in.rotateTokens(ctx, control.Request{Command: "night", Who: "selvhjelp"}, now)
	return len(keys.Destroyed), err
}

// nightOfShop does what is due for purchases and tokens. It counts the marks of
// tokens that are gone; the ledger has the purchases.
func (in *installation) nightOfShop(ctx context.Context, now time.Time) (marks int, err error) {
	err = errors.Join(in.shop.desk.Night(ctx, now), in.rememberShop(ctx, now),
		in.usage.Update(ctx, func(tx store.Tx) (err error) {
			marks, err = in.shop.counter.Forget(tx, now)
			return err
		}))
	return marks, err
}

// rotateTokens brings both files of token keys up to the day, and notes the
// fingerprints of new keys in the operator's log.
func (in *installation) rotateTokens(ctx context.Context, r control.Request, now time.Time) (token.Rotated, error) {
	ids := productIDs(in.config.Payment)
	done, err1 := in.shop.issuer.Rotate(ids, now)
	refund, err2 := in.shop.refund.Rotate(ids, now)
	faults := []error{err1, err2}
	for _, k := range append(done.Made, refund.Made...) {
		faults = append(faults, in.noteOperator(ctx, r, fmt.Sprintf("token key %s %d: %s", k.Product, k.Year, k.Fingerprint()), now))
	}
	faults = append(faults, in.rememberShop(ctx, now))
	done.Made, done.Destroyed = append(done.Made, refund.Made...), append(done.Destroyed, refund.Destroyed...)
	return done, errors.Join(faults...)
}

// noteOperator writes into the operator's own log, once there is one.
func (in *installation) noteOperator(ctx context.Context, r control.Request, text string, now time.Time) error {
	return in.usage.Update(ctx, func(tx store.Tx) error {
		b, err := organization.Operator(tx)
		if errors.Is(err, organization.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		return audit.For(in.ring, b.ID[:]).Record(tx, audit.Entry{Day: deadline.DayOf(now), Name: r.Who, Role: "operator",
			What: audit.Operator, Text: r.Command + ": " + text})
	})
}

// keepSelling tries again what waits: receipts, and refunds that the provider has
// not confirmed.
func (in *installation) keepSelling(ctx context.Context, log *slog.Logger) {
	if in.shop == nil {
		return
	}
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	for {
		if err := in.shop.desk.Tend(ctx, in.clock.now()); err != nil && ctx.Err() == nil {
			log.Error("purchases", "error", err.Error())
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// failed is closed when the payment side no longer answers for what it
// acknowledged; never where nothing is sold.
func (s *shop) failed() <-chan struct{} {
	if s == nil {
		return nil
	}
	return s.db.Failed()
}

// sides are the two desks for the web; none where nothing is sold.
func (s *shop) sides() (*payment.Desk, *voucher.Desk) {
	if s == nil {
		return nil, nil
	}
	return s.desk, s.counter
}
