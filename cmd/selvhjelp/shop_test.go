package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"selvhjelp/assets"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/web"
)

// demoSite is a demo that answers.
func demoSite(t *testing.T) (*installation, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	site := "http://" + l.Addr().String()
	in, _, err := openDemo(t.Context(), t.TempDir(), site)
	must(t, err)
	must(t, in.openSessions())
	desk, counter := in.shop.sides()
	server, err := web.New(web.Options{Config: in.config, Usage: in.usage, Sessions: in.sessions, Ring: in.ring, Instruments: in.instruments,
		Assets: assets.FS, Now: time.Now, Log: slog.New(slog.DiscardHandler), Demo: true, Ready: in.works, Payment: desk, Vouchers: counter})
	must(t, err)
	app := server.App()
	done := make(chan error, 1)
	go func() { done <- app.Listener(l) }()
	t.Cleanup(func() {
		_, _ = app.ShutdownWithTimeout(5*time.Second), l.Close() // what is open is of no interest
		<-done
		if err := in.close(); err != nil {
			t.Error(err)
		}
	})
	return in, site
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// asked posts JSON and reads the answer.
func asked(t *testing.T, address string, fields map[string]string) map[string]string {
	t.Helper()
	body, err := json.Marshal(fields)
	must(t, err)
	resp, err := http.Post(address, "application/json", strings.NewReader(string(body)))
	must(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	out := map[string]string{}
	if err != nil || resp.StatusCode != http.StatusOK || json.Unmarshal(raw, &out) != nil {
		t.Fatalf("%s answered %d: %s", address, resp.StatusCode, raw)
	}
	return out
}

// TestADemoSellsWithoutMovingMoney goes the way of a buyer through a demo: a POST
// to the checkout pays.
func TestADemoSellsWithoutMovingMoney(t *testing.T) {
	in, site := demoSite(t)
	b64 := base64.RawURLEncoding
	b := domaintest.NewBuyer(t, in.shop.desk.IssuerKeys(time.Now())[0])
	number := b64.EncodeToString(b.Purchase)
	checkout := asked(t, site+"/buy", map[string]string{"product": "access", "key_id": b.Key.ID, "purchase_id": number, "blinded": b64.EncodeToString(b.Blinded)})["checkout_url"]
	page, err := http.Get(checkout)
	must(t, err)
	text, err := io.ReadAll(page.Body)
	must(t, err)
	must(t, page.Body.Close())
	if !strings.Contains(string(text), "flyttes ingen penger") || !strings.HasPrefix(checkout, "http://127.0.0.1:") {
		t.Error("the checkout does not say that no money moves, or is elsewhere")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	paid, err := client.PostForm(checkout, nil)
	must(t, err)
	must(t, paid.Body.Close())
	if paid.StatusCode != http.StatusSeeOther || paid.Header.Get("Location") != site+"/buy/return" {
		t.Fatalf("the payment answered %d", paid.StatusCode)
	}
	blind, err := b64.DecodeString(asked(t, site+"/buy/signature", map[string]string{"purchase_id": number})["signature"])
	must(t, err)
	asked(t, site+"/redeem", map[string]string{"message": b64.EncodeToString(b.Message), "signature": b64.EncodeToString(b.Unblind(t, blind)), "code": b.Code.Grouped()})
	login, err := client.PostForm(site+"/login", url.Values{"code": {b.Code.Grouped()}})
	must(t, err)
	must(t, login.Body.Close())
	if login.Header.Get("Location") != "/me" {
		t.Errorf("the login answered %d", login.StatusCode)
	}
}

func TestPrintedVouchersAreGoodAndNothingOfThemIsKept(t *testing.T) {
	in, site := demoSite(t)
	text, err := in.operate(t.Context(), control.Request{Command: "voucher print", Who: "kari", Args: map[string]string{"count": "3", "json": "yes"}})
	must(t, err)
	var p voucherSheet
	must(t, json.Unmarshal([]byte(text), &p))
	if len(p.Vouchers) != 3 || p.Product != "access" {
		t.Fatalf("%+v", p)
	}
	key := in.shop.issuer.Keys()[0]
	for _, v := range p.Vouchers {
		place, code, _ := strings.Cut(v, "#")
		raw, err := base64.RawURLEncoding.DecodeString(code)
		if err != nil || place != site+"/voucher" || len(raw) != 8+32+384 {
			t.Fatalf("%v, %s with %d bytes", err, place, len(raw))
		}
		if _, err := in.shop.counter.Check(key.Message(raw[8:40]), raw[40:], time.Now()); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []map[string]string{{"count": "0"}, {"count": "501"}, {"count": "x"}, {"count": "1", "product": "other"}} {
		if _, err := in.operate(t.Context(), control.Request{Command: "voucher print", Args: bad}); err == nil {
			t.Errorf("%v was printed", bad)
		}
	}
}

// TestTheNightWritesThePaymentSideAnewToo: under the newest key, so that the old
// ones can be destroyed.
func TestTheNightWritesThePaymentSideAnewToo(t *testing.T) {
	in, _, err := openDemo(t.Context(), t.TempDir(), "http://127.0.0.1:1")
	must(t, err)
	defer func() { must(t, in.close()) }()
	b := domaintest.NewBuyer(t, in.shop.desk.IssuerKeys(time.Now())[0])
	_, err = in.shop.desk.Start(t.Context(), orderOf(b), time.Now())
	must(t, err)
	later := time.Now().AddDate(0, 0, 7)
	if _, err := in.night.Run(t.Context(), later, true); err != nil {
		t.Fatal(err)
	}
	current, _ := in.seal.Current()
	old := 0
	must(t, in.shop.db.Each(t.Context(), func(_ string, _, record []byte) error {
		if record[3] != byte(current) {
			old++
		}
		return nil
	}))
	if current != 2 || old > 0 {
		t.Errorf("epoch %d, %d records under another one", current, old)
	}
}

func orderOf(b *domaintest.Buyer) payment.Order {
	return payment.Order{ID: payment.ID(b.Purchase), Product: b.Key.Product, Key: b.Key.ID, Blinded: b.Blinded}
}
