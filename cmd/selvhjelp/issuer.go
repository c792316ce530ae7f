package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"selvhjelp/pkg/control"
	"selvhjelp/pkg/token"
	"selvhjelp/pkg/voucher"
)

const mostVouchers = 500 // of one print

var errNothingSold = errors.New("nothing is sold here: the configuration names no product, or the server was started without it")

// tokenKey is a key as the commands tell it.
type tokenKey struct {
	ID          string `json:"id"`
	Product     string `json:"product"`
	Year        int    `json:"year"`
	Use         string `json:"use"` // purchase or refund
	Signs       bool   `json:"signs"`
	Through     string `json:"valid_through"`
	Fingerprint string `json:"fingerprint"`
}

// issuerRotate makes the token keys that are missing, the first time the files
// too; with -lost also those in the place of what is lost for good.
func issuerRotate(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := eitherFlags("issuer rotate", args, diag, nil, "json", "lost", "confirm")
	if err != nil {
		return err
	}
	if !c.Payment.Sells() {
		return errNothingSold
	}
	lost := values["lost"] != ""
	if lost {
		if err := forgetShop(ctx, c); err != nil {
			return err
		}
	}
	delete(values, "lost")
	if err := firstTokens(c, lost, time.Now()); err != nil {
		return err
	}
	return ask(ctx, c, "issuer rotate", values, out)
}

func issuerList(ctx context.Context, args []string, out, diag io.Writer) error {
	return askAbout(ctx, "issuer list", args, out, diag)
}

func issuerFingerprint(ctx context.Context, args []string, out, diag io.Writer) error {
	return askAbout(ctx, "issuer fingerprint", args, out, diag)
}

// askAbout is a command that only looks.
func askAbout(ctx context.Context, name string, args []string, out, diag io.Writer) error {
	c, values, err := eitherFlags(name, args, diag, nil, "json")
	if err != nil {
		return err
	}
	return ask(ctx, c, name, values, out)
}

// operateShop carries out the commands about what is sold.
func (in *installation) operateShop(ctx context.Context, r control.Request) (string, error) {
	if in.shop == nil {
		return "", errNothingSold
	}
	switch r.Command {
	case "issuer rotate":
		return in.rotateNow(ctx, r)
	case "issuer list":
		return in.listIssuers(r)
	case "issuer fingerprint":
		return in.fingerprints(r)
	}
	return in.printVouchers(ctx, r)
}

func (in *installation) rotateNow(ctx context.Context, r control.Request) (string, error) {
	now := in.clock.now()
	if err := in.night.CheckClock(ctx, now, r.Args["confirm"] != ""); err != nil {
		return "", fmt.Errorf("keys could be destroyed too early: %w, then this again; or confirm with -confirm", err)
	}
	done, err := in.rotateTokens(ctx, r, now)
	if err != nil {
		return "", err
	}
	if r.Args["json"] != "" {
		return in.listIssuers(r)
	}
	text, err := in.listIssuers(r)
	return fmt.Sprintf("%d keys made, %d destroyed\n%s", len(done.Made), len(done.Destroyed), text), err
}

// tokenKeys are the keys of both files.
func (in *installation) tokenKeys(now time.Time) (out []tokenKey) {
	for use, ring := range map[string]*token.Ring{"purchase": in.shop.issuer, "refund": in.shop.refund} {
		for _, k := range ring.Keys() {
			current, err := ring.Current(k.Product, now)
			out = append(out, tokenKey{k.ID, k.Product, k.Year, use, err == nil && current.ID == k.ID, k.LastDay().Format(time.DateOnly), k.Fingerprint()})
		}
	}
	slices.SortFunc(out, func(a, b tokenKey) int {
		return cmp.Or(cmp.Compare(a.Use, b.Use), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Year, b.Year))
	})
	return out
}

func (in *installation) listIssuers(r control.Request) (string, error) {
	keys := in.tokenKeys(in.clock.now())
	var out strings.Builder
	t := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "KEY\tPRODUCT\tYEAR\tUSE\tVALID THROUGH")
	for _, k := range keys {
		signs := map[bool]string{true: " (signs)"}[k.Signs]
		fmt.Fprintf(t, "%s\t%s\t%d\t%s%s\t%s\n", k.ID, k.Product, k.Year, k.Use, signs, k.Through)
	}
	err := t.Flush()
	return answer(r, keys, out.String(), err)
}

// fingerprints prints what buyers compare with the page about security.
func (in *installation) fingerprints(r control.Request) (string, error) {
	keys := in.tokenKeys(in.clock.now())
	var out strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&out, "%s  %s %d %s\n", k.Fingerprint, k.Product, k.Year, k.Use)
	}
	return answer(r, keys, out.String(), nil)
}

// voucherSheet are vouchers, each the address of a page that takes it.
type voucherSheet struct {
	Product  string   `json:"product"`
	Through  string   `json:"valid_through"`
	Vouchers []string `json:"vouchers"`
}

// printVouchers makes vouchers and keeps nothing of them but their number.
func (in *installation) printVouchers(ctx context.Context, r control.Request) (string, error) {
	count, err := strconv.Atoi(r.Args["count"])
	if err != nil || count < 1 || count > mostVouchers {
		return "", fmt.Errorf("-count: write 1 to %d", mostVouchers)
	}
	key, err := in.voucherKey(r.Args["product"], in.clock.now())
	if err != nil {
		return "", err
	}
	if err := in.noteOperator(ctx, r, fmt.Sprintf("%d of %s", count, key.Product), in.clock.now()); err != nil {
		return "", err
	}
	p := voucherSheet{Product: key.Product, Through: key.LastDay().Format(time.DateOnly)}
	for range count {
		t, signature, err := in.shop.issuer.Issue(key.ID)
		if err != nil {
			return "", err
		}
		p.Vouchers = append(p.Vouchers, in.config.Server.BaseURL+"/voucher#"+voucher.Text(t, signature))
	}
	return answer(r, p, strings.Join(p.Vouchers, "\n")+"\n", nil)
}

// voucherKey is the key that signs now for a product; without one, for the only
// product there is.
func (in *installation) voucherKey(product string, now time.Time) (token.Key, error) {
	ids := productIDs(in.config.Payment)
	if product == "" && len(ids) == 1 {
		product = ids[0]
	}
	key, err := in.shop.issuer.Current(product, now)
	if err != nil {
		return key, fmt.Errorf("-product: give one of %s", strings.Join(ids, ", "))
	}
	return key, nil
}
