package voucher_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/token"
	"selvhjelp/pkg/voucher"
	"selvhjelp/store"
)

var now = domaintest.Now

// counter is a desk with the ring that signs what it takes.
type counter struct {
	*domaintest.World
	*voucher.Desk
	issuer *token.Ring
}

func newCounter(t *testing.T) counter {
	w := domaintest.Open(t)
	issuer, refund := domaintest.Tokens(t, now)
	return counter{w, &voucher.Desk{Ring: w.Ring, Keys: issuer.Keys, Refund: refund}, issuer}
}

// bought is a token, checked.
func (c counter) bought(t *testing.T) token.Token {
	t.Helper()
	made, signature, err := c.issuer.Issue(c.issuer.Keys()[0].ID)
	check(t, err)
	got, err := c.Check(made.Key.Message(made.Nonce), signature, now)
	check(t, err)
	return got
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (c counter) redeem(t *testing.T, tok token.Token, code accesscode.Code) error {
	t.Helper()
	return c.Store.Update(t.Context(), func(tx store.Tx) error {
		return c.Redeem(tx, tok, account.Start{Code: code, Language: "nb"}, now)
	})
}

func (c counter) handIn(t *testing.T, tok token.Token, blinded []byte) error {
	t.Helper()
	return c.Store.Update(t.Context(), func(tx store.Tx) error {
		_, err := c.HandIn(tx, tok, blinded)
		return err
	})
}

func TestATokenMakesOneAccountUnderTheCodeThatComesWithIt(t *testing.T) {
	c := newCounter(t)
	tok, code := c.bought(t), accesscode.New()
	check(t, c.redeem(t, tok, code))
	check(t, c.redeem(t, tok, code)) // an answer that was lost on the way is given again
	if err := c.redeem(t, tok, accesscode.New()); !errors.Is(err, voucher.ErrUsed) {
		t.Errorf("with another code: %v", err)
	}
	if c.Count(t, "own") != 1 || c.Count(t, "code") != 1 || c.Count(t, "spent") != 1 {
		t.Errorf("%d accounts", c.Count(t, "own"))
	}
	c.View(t, func(r store.Reader) error {
		found, err := account.Find(r, c.World.Ring, code, now)
		if err == nil && (found.Account == nil || len(found.Account.Data.Services) > 0) {
			t.Error("the code opens no account without a service")
		}
		return err
	})
	if c.Count(t, "grant") != 0 {
		t.Error("a bought account shares something")
	}
}

func TestACodeThatIsInUseMakesNoAccountAndSpendsNothing(t *testing.T) {
	c := newCounter(t)
	code := accesscode.New()
	check(t, c.redeem(t, c.bought(t), code))
	tok := c.bought(t)
	if err := c.redeem(t, tok, code); !errors.Is(err, account.ErrTaken) {
		t.Errorf("a second time: %v", err)
	}
	check(t, c.redeem(t, tok, accesscode.New()))
}

func TestATokenThatWasHandedInMakesNoAccountAndTheOtherWayRound(t *testing.T) {
	c := newCounter(t)
	key := c.Refund.Keys()[0]
	b, other := domaintest.NewBuyer(t, key), domaintest.NewBuyer(t, key)
	tok := c.bought(t)
	check(t, c.handIn(t, tok, b.Blinded))
	check(t, c.handIn(t, tok, b.Blinded))
	if err := c.redeem(t, tok, accesscode.New()); !errors.Is(err, voucher.ErrUsed) {
		t.Errorf("redeemed afterwards: %v", err)
	}
	if err := c.handIn(t, tok, other.Blinded); !errors.Is(err, voucher.ErrUsed) {
		t.Errorf("for a second refund: %v", err)
	}
	blind, err := c.SignRefund(tok, b.Blinded)
	check(t, err)
	if _, err := token.Check(c.Refund.Keys(), b.Message, b.Unblind(t, blind), now); err != nil {
		t.Errorf("the refund token: %v", err)
	}
	used := c.bought(t)
	check(t, c.redeem(t, used, accesscode.New()))
	if err := c.handIn(t, used, b.Blinded); !errors.Is(err, voucher.ErrUsed) {
		t.Errorf("handed in after use: %v", err)
	}
	if err := c.handIn(t, c.bought(t), make([]byte, token.Size)); !errors.Is(err, token.ErrBlinded) {
		t.Errorf("for a signature of 0: %v", err)
	}
}

// TestNoTimeIsKeptOfARedemption: two marks of different months are of one form,
// and hold nothing but what the format says.
func TestNoTimeIsKeptOfARedemption(t *testing.T) {
	c := newCounter(t)
	check(t, c.redeem(t, c.bought(t), accesscode.New()))
	c.View(t, func(r store.Reader) error {
		for e, err := range r.Range("spent", []byte{0}, nil) {
			if err != nil {
				return err
			}
			if len(e.Key) != 16+32 || !bytes.HasPrefix(e.Value, []byte("\x01{\"u\":\"")) || len(e.Value) != len("\x01{\"u\":\"\"}")+44 {
				t.Errorf("a key of %d bytes with a mark of %d", len(e.Key), len(e.Value))
			}
		}
		return nil
	})
}

func TestMarksGoWhenTheirTokensCouldNoLongerBeValid(t *testing.T) {
	c := newCounter(t)
	check(t, c.redeem(t, c.bought(t), accesscode.New()))
	last := c.Keys()[0].LastDay()
	for _, day := range []struct {
		at   time.Time
		left int
	}{{now, 1}, {last, 1}, {last.AddDate(0, 0, 1), 0}} {
		c.Update(t, func(tx store.Tx) error {
			gone, err := c.Forget(tx, day.at)
			if gone != 1-day.left {
				t.Errorf("on %s %d marks went, want %d", day.at.Format(time.DateOnly), gone, 1-day.left)
			}
			return err
		})
		if n := c.Count(t, "spent"); n != day.left {
			t.Errorf("on %s %d marks are left, want %d", day.at.Format(time.DateOnly), n, day.left)
		}
	}
}

func TestTheTextOfAVoucherHoldsKeyNonceAndSignature(t *testing.T) {
	c := newCounter(t)
	made, signature, err := c.issuer.Issue(c.issuer.Keys()[0].ID)
	check(t, err)
	raw, err := base64.RawURLEncoding.DecodeString(voucher.Text(made, signature))
	check(t, err)
	if print := hex.EncodeToString(raw[:8]); print != made.Key.Fingerprint()[:16] || !bytes.Equal(raw[8:40], made.Nonce) || !bytes.Equal(raw[40:], signature) {
		t.Errorf("it begins with %s and has %d bytes", print, len(raw))
	}
}
