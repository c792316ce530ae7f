package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/token"
)

// soldOnce is the configuration of an installation that has sold something and
// is closed again.
func soldOnce(t *testing.T) config.Config {
	t.Helper()
	dir := t.TempDir()
	c := demoConfig(dir, "http://127.0.0.1:1")
	_, err := prepare(c, dir)
	must(t, err)
	in, err := openInstallation(c)
	must(t, err)
	b := domaintest.NewBuyer(t, in.shop.desk.IssuerKeys(time.Now())[0])
	if _, err := in.shop.desk.Start(t.Context(), orderOf(b), time.Now()); !errors.Is(err, payment.ErrUnreachable) {
		t.Fatal(err)
	}
	must(t, in.close())
	return c
}

// refusal is what an installation says that does not open.
func refusal(t *testing.T, c config.Config) string {
	t.Helper()
	in, err := openInstallation(c)
	if err == nil {
		must(t, in.close())
		return ""
	}
	return err.Error()
}

// TestALostPaymentSideIsNotMadeAnewInSilence: who has paid would be unknown. It
// is made anew when the operator says that it is lost for good.
func TestALostPaymentSideIsNotMadeAnewInSilence(t *testing.T) {
	c := soldOnce(t)
	for story, damage := range map[string]func(string) error{"gone": os.Remove, "empty": func(path string) error { return os.Truncate(path, 0) }} {
		must(t, damage(paymentPath(c)))
		for range 2 {
			if said := refusal(t, c); !strings.Contains(said, "payment.db is not there") || !strings.Contains(said, "backup") {
				t.Errorf("%s: %q", story, said)
			}
		}
		if !noFile(paymentPath(c)) {
			t.Errorf("%s: it was made anew", story)
		}
		must(t, forgetShop(t.Context(), c))
		if said := refusal(t, c); said != "" {
			t.Errorf("%s: lost for good: %s", story, said)
		}
	}
}

// TestAnOlderCopyOfTheTokenKeysIsRefused: what was bought under the newer ones
// would be refused, and a new key be made in the place of the lost one.
func TestAnOlderCopyOfTheTokenKeysIsRefused(t *testing.T) {
	c := soldOnce(t)
	issuer, refund := c.Payment.IssuerKeysFile, c.Payment.RefundKeysFile
	for damaged, other := range map[string]string{issuer: refund, refund: issuer} {
		right, err := os.ReadFile(damaged)
		must(t, err)
		wrong, err := os.ReadFile(other)
		must(t, err)
		must(t, os.WriteFile(damaged, wrong, 0o600))
		if said := refusal(t, c); !strings.Contains(said, damaged+" lacks the key") || !strings.Contains(said, "escrow") {
			t.Errorf("%s: %q", damaged, said)
		}
		must(t, os.WriteFile(damaged, right, 0o600))
	}
	if said := refusal(t, c); said != "" {
		t.Error(said)
	}
}

// TestAKeyThatIsMissedIsMissedWhileItsTokensAreValid: no longer.
func TestAKeyThatIsMissedIsMissedWhileItsTokensAreValid(t *testing.T) {
	c, s := config.Default(), &shop{}
	var err error
	s.issuer, err = token.New(filepath.Join(t.TempDir(), "issuer.keys"))
	must(t, err)
	m := soldMark{Keys: []keySeen{{"00", "access", 2026, false}}}
	for day, refused := range map[string]bool{"2026-06-01": true, "2027-12-31": true, "2028-01-01": false} {
		now, err := time.Parse(time.DateOnly, day)
		must(t, err)
		if got := m.complete(c, s, now) != nil; got != refused {
			t.Errorf("on %s refused %v, want %v", day, got, refused)
		}
	}
}

// TestLostForGoodMakesNewKeys, by the command, and only then.
func TestLostForGoodMakesNewKeys(t *testing.T) {
	c := soldOnce(t)
	must(t, os.Remove(c.Payment.IssuerKeysFile))
	if err := firstTokens(c, false, time.Now()); err == nil {
		t.Error("new keys were made in silence")
	}
	must(t, forgetShop(t.Context(), c))
	must(t, firstTokens(c, true, time.Now()))
	in, err := openInstallation(c)
	must(t, err)
	defer func() { must(t, in.close()) }()
	made, err := in.rotateTokens(t.Context(), control.Request{}, time.Now())
	if err != nil || len(made.Made) != 1 || len(in.shop.issuer.Keys()) != 1 {
		t.Errorf("%v, made %v", err, made.Made)
	}
}

// TestWhenTheLastProductGoesWhatWasBoughtStays: it is fetched, and the night goes
// on to write its file anew.
func TestWhenTheLastProductGoesWhatWasBoughtStays(t *testing.T) {
	c := soldOnce(t)
	c.Payment.Product = nil
	in, err := openInstallation(c)
	must(t, err)
	defer func() { must(t, in.close()) }()
	desk, counter := in.shop.sides()
	if desk == nil || counter == nil || len(in.night.Beside) != 1 {
		t.Fatal("the payment side is not open")
	}
	b := domaintest.NewBuyer(t, desk.IssuerKeys(time.Now())[0])
	if _, err := desk.Start(t.Context(), orderOf(b), time.Now()); !errors.Is(err, payment.ErrProduct) {
		t.Errorf("a new purchase: %v", err)
	}
	must(t, os.Remove(c.Payment.SecretKeyFile))
	if err := checkShop(c); err == nil {
		t.Error("check does not look at what the payment side takes")
	}
}

// TestWhereNothingWasSoldNothingIsOpened: no file of purchases is made.
func TestWhereNothingWasSoldNothingIsOpened(t *testing.T) {
	c := soldOnce(t)
	must(t, os.Remove(paymentPath(c)))
	must(t, forgetShop(t.Context(), c))
	c.Payment.Product = nil
	in, err := openInstallation(c)
	must(t, err)
	if in.shop != nil || !noFile(paymentPath(c)) {
		t.Error("a payment side was opened")
	}
	must(t, in.close())
}

// TestAnOlderCopyOfThePaymentSideIsNoticed: it lacks a night that the usage side
// remembers, so what it takes for unfetched may have been fetched. That is told
// once.
func TestAnOlderCopyOfThePaymentSideIsNoticed(t *testing.T) {
	c := soldOnce(t)
	older, err := os.ReadFile(paymentPath(c))
	must(t, err)
	opened := func(do func(in *installation)) {
		t.Helper()
		in, err := openInstallation(c)
		must(t, err)
		do(in)
		must(t, in.close())
	}
	told := func(want int) {
		t.Helper()
		opened(func(in *installation) {
			found, _, err := in.shop.desk.Differences(t.Context())
			if err != nil || len(found) != want || want > 0 && found[0].Kind != payment.FoundLost {
				t.Errorf("%v, found were %v", err, found)
			}
		})
	}
	opened(func(in *installation) {
		_, err := in.nightOfShop(t.Context(), time.Now())
		must(t, err)
	})
	told(0)
	must(t, os.WriteFile(paymentPath(c), older, 0o600))
	told(1)
	told(1)
}
