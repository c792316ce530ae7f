package web_test

import (
	"encoding/json"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/token"
)

func TestABoughtCodeLogsIn(t *testing.T) {
	s := newShop(t, nil)
	b := s.paid(t)
	done := s.ask(t, "/redeem", with(s.proof(t, b), "code", b.Code.Grouped()), "Cookie", "s=somebody")
	if done.status != http.StatusOK || len(done.header.Values("Set-Cookie")) > 0 {
		t.Fatalf("the redemption answered %d %s, with %d cookies", done.status, done.Error, len(done.header.Values("Set-Cookie")))
	}
	browser := s.browser(t)
	browser.post(t, "/login", "code="+b.Code.Grouped())
	if browser.status != http.StatusSeeOther || browser.location != "/me" {
		t.Errorf("the login answered %d, %s", browser.status, browser.location)
	}
	browser.get(t, "/me")
	if browser.status != http.StatusOK {
		t.Errorf("the start page answered %d", browser.status)
	}
}

func TestATokenIsTakenOnceForOneCode(t *testing.T) {
	s := newShop(t, nil)
	b := s.paid(t)
	proof := s.proof(t, b)
	for _, c := range []struct {
		code   string
		status int
		err    string
	}{
		{"7KQ2M", http.StatusUnprocessableEntity, "mistyped"},
		{b.Code.Grouped(), http.StatusOK, ""},
		{b.Code.Grouped(), http.StatusOK, ""}, // the answer was lost on the way
		{accesscode.New().Grouped(), http.StatusConflict, "token_used"},
	} {
		if got := s.ask(t, "/redeem", with(proof, "code", c.code)); got.status != c.status || got.Error != c.err || c.err != "" && got.Text == "" {
			t.Errorf("answered %d %q, want %d %q", got.status, got.Error, c.status, c.err)
		}
	}
	other := s.paid(t)
	if got := s.ask(t, "/redeem", with(s.proof(t, other), "code", b.Code.Grouped())); got.status != http.StatusConflict || got.Error != "code_taken" {
		t.Errorf("a code that is in use answered %d %q", got.status, got.Error)
	}
}

func TestABadTokenIsRefusedAndOnlyItsClassIsKnown(t *testing.T) {
	s := newShop(t, nil)
	b := s.paid(t)
	good := s.proof(t, b)
	code := accesscode.New().Grouped()
	another := token.NewKey("other", b.Key.Year, b.Key.Public)
	for story, bad := range map[string]map[string]any{
		"nothing":            {},
		"a forged signature": with(good, "signature", text(make([]byte, token.Size))),
		"another product":    {"message": text(another.Message(b.Nonce)), "signature": good["signature"]},
		"another key":        {"message": text(s.refunds.Keys()[0].Message(b.Nonce)), "signature": good["signature"]},
		"another nonce":      {"message": text(b.Key.Message(make([]byte, 32))), "signature": good["signature"]},
	} {
		if got := s.ask(t, "/redeem", with(bad, "code", code)); got.status != http.StatusUnprocessableEntity || got.Error != "token" {
			t.Errorf("%s answered %d %q", story, got.status, got.Error)
		}
	}
	if got := s.ask(t, "/redeem", map[string]any{"message": "=", "signature": "", "code": code}); got.status != http.StatusBadRequest {
		t.Errorf("what is no base64url answered %d", got.status)
	}
	if n := s.Count(t, "own") + s.Count(t, "spent"); n > 0 {
		t.Error("something was made of a bad token")
	}
	s.wait(2 * time.Hour)
	s.ask(t, "/redeem", with(with(good, "signature", text(make([]byte, token.Size))), "code", code))
	if log := s.logged(); !strings.Contains(log, "failed tokens") || strings.Contains(log, text(b.Nonce)[:20]) || strings.Contains(log, code) {
		t.Errorf("the log says too little or too much:\n%s", log)
	}
}

func TestAScriptIsToldWhatWentWrongInItsLanguage(t *testing.T) {
	s := newShop(t, nil)
	b := s.buyer(t)
	for story, c := range map[string]struct {
		to     string
		fields map[string]any
		status int
		err    string
	}{
		"an unknown product":  {"/buy", with(order(b), "product", "other"), http.StatusNotFound, "product"},
		"another price":       {"/buy", with(order(b), "amount", 1), http.StatusConflict, "price_changed"},
		"another key":         {"/buy", with(order(b), "key_id", "00"), http.StatusConflict, "issuer_key"},
		"a blinded value 0":   {"/buy", with(order(b), "blinded", text(make([]byte, token.Size))), http.StatusUnprocessableEntity, "blinded"},
		"no number":           {"/buy", with(order(b), "purchase_id", ""), http.StatusUnprocessableEntity, "purchase_number"},
		"an unknown purchase": {"/buy/signature", number(b), http.StatusNotFound, "purchase_unknown"},
		"status of nothing":   {"/buy/status", map[string]any{}, http.StatusNotFound, "purchase_unknown"},
	} {
		got := s.ask(t, c.to, c.fields, "Accept-Language", "nn")
		if got.status != c.status || got.Error != c.err || got.Text == "" || got.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s answered %d %q %q", story, got.status, got.Error, got.Text)
		}
	}
	nn, en := s.ask(t, "/buy", with(order(b), "product", "other"), "Accept-Language", "nn"), s.ask(t, "/buy", with(order(b), "product", "other"), "Accept-Language", "en")
	if nn.Text == en.Text {
		t.Error("both languages are one")
	}
	if got := s.send(t, "/buy", []byte("product=access"), "Content-Type", "application/x-www-form-urlencoded"); got.status != http.StatusUnsupportedMediaType || got.Error != "json_kind" {
		t.Errorf("a form answered %d %q", got.status, got.Error)
	}
	if got := s.ask(t, "/buy", order(b), "Sec-Fetch-Site", "cross-site"); got.status != http.StatusForbidden || got.Error != "cross_site" {
		t.Errorf("another site answered %d %q", got.status, got.Error)
	}
}

func TestTheSamePurchaseAnswersTheSameAndAnotherValue409(t *testing.T) {
	s := newShop(t, nil)
	b := s.buyer(t)
	first, again := s.ask(t, "/buy", order(b)), s.ask(t, "/buy", order(b))
	other := s.ask(t, "/buy", with(order(b), "blinded", text(s.buyer(t).Blinded)))
	if first.Checkout == "" || again.Checkout != first.Checkout || other.status != http.StatusConflict || other.Error != "purchase_other" {
		t.Errorf("answered %q, %q, %d %s", first.Checkout, again.Checkout, other.status, other.Error)
	}
	s.provider.Down(true)
	if got := s.ask(t, "/buy", order(s.buyer(t))); got.status != http.StatusServiceUnavailable || got.Error != "provider" {
		t.Errorf("while the provider is down: %d %q", got.status, got.Error)
	}
}

func TestTheKeysArePublishedAsJWK(t *testing.T) {
	s := newShop(t, nil)
	b := s.browser(t)
	b.get(t, "/buy/issuer.json")
	var got struct{ Keys []map[string]any }
	check(t, json.Unmarshal([]byte(b.body), &got))
	if len(got.Keys) != 2 {
		t.Fatalf("%d keys", len(got.Keys))
	}
	key := s.desk.IssuerKeys(s.Now())[0]
	for name, want := range map[string]any{"kty": "RSA", "e": "AQAB", "n": text(key.Public.N.Bytes()), "kid": key.ID, "product": domaintest.Product,
		"year": float64(key.Year), "signs": true, "refund": false, "fingerprint": key.Fingerprint()} {
		if got.Keys[0][name] != want {
			t.Errorf("%s is %v, want %v", name, got.Keys[0][name], want)
		}
	}
	if got.Keys[1]["refund"] != true || got.Keys[1]["signs"] != false {
		t.Error("the key of what was not used is not said to be one")
	}
}

func TestWhatWasNotUsedIsHandedInAndGivenBackTheNextDay(t *testing.T) {
	s := newShop(t, nil)
	b := s.paid(t)
	proof := s.proof(t, b)
	back := domaintest.NewBuyer(t, s.refunds.Keys()[0])
	handed := s.ask(t, "/redeem/surrender", with(proof, "blinded", text(back.Blinded)))
	if handed.status != http.StatusOK {
		t.Fatalf("handing in answered %d %s", handed.status, handed.Error)
	}
	if again := s.ask(t, "/redeem/surrender", with(proof, "blinded", text(back.Blinded))); again.Signature != handed.Signature {
		t.Error("the same again has another answer")
	}
	refund := with(number(b), "refund_token", map[string]any{"message": text(back.Message), "signature": text(back.Unblind(t, unbase64(t, handed.Signature)))})
	for _, c := range []struct {
		wait   time.Duration
		fields map[string]any
		status int
		err    string
	}{
		{0, number(b), http.StatusConflict, "refund_fetched"},
		{0, refund, http.StatusConflict, "refund_tomorrow"},
		{24 * time.Hour, refund, http.StatusOK, ""},
	} {
		s.wait(c.wait)
		if got := s.ask(t, "/buy/refund", c.fields); got.status != c.status || got.Error != c.err {
			t.Errorf("the refund answered %d %q, want %d %q", got.status, got.Error, c.status, c.err)
		}
	}
	if got := s.ask(t, "/redeem", with(proof, "code", b.Code.Grouped())); got.status != http.StatusConflict || got.Error != "token_used" {
		t.Errorf("the token answered %d %q afterwards", got.status, got.Error)
	}
	if status := s.ask(t, "/buy/status", number(b)); status.State != "refunded" || status.Why != "token" || !status.Fetched {
		t.Errorf("the purchase is %+v", status)
	}
}

func TestABuyerSeesThePurchaseByItsNumber(t *testing.T) {
	s := newShop(t, nil)
	b := s.buyer(t)
	begun := s.ask(t, "/buy", order(b))
	if got := s.ask(t, "/buy/status", number(b)); got.State != "waiting" || got.Until != "" {
		t.Errorf("before the payment it is %+v", got)
	}
	check(t, s.provider.Pay(path.Base(begun.Checkout)))
	s.tell(t)
	got := s.ask(t, "/buy/status", number(b))
	day := domaintest.Now
	if got.State != "paid" || got.Amount != 49000 || got.Day != day.Format(time.DateOnly) || got.Until != day.AddDate(0, 0, payment.RefundDays).Format(time.DateOnly) || got.Fetched || got.Late ||
		got.VAT != 9800 || got.Terms != "2026-11-21" {
		t.Errorf("after the payment it is %+v", got)
	}
	if got := s.ask(t, "/buy/receipt", with(number(b), "email", "kari@example.org")); got.status != http.StatusConflict || got.Error != "receipt_none" {
		t.Errorf("a receipt without a mail server answered %d %q", got.status, got.Error)
	}
	if got := s.ask(t, "/buy/refund", number(b)); got.status != http.StatusOK || got.State != "refunded" {
		t.Errorf("the refund answered %d, %s", got.status, got.State)
	}
}

func TestABuyerIsToldWhenThePurchaseCanNoLongerBeUndone(t *testing.T) {
	s := newShop(t, nil)
	b := s.paid(t)
	s.wait(payment.RefundDays * 24 * time.Hour)
	if got := s.ask(t, "/buy/status", number(b)); got.Late {
		t.Error("it is late on the last day")
	}
	s.wait(24 * time.Hour)
	if got := s.ask(t, "/buy/status", number(b)); !got.Late || got.State != "paid" {
		t.Errorf("the day after it is %s, late %t", got.State, got.Late)
	}
}
