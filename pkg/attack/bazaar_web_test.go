package attack

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"time"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/web"
)

func text(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// serve puts the server before both sides. Its log has the clock of the story.
func (b *bazaar) serve() {
	clock := func(groups []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey && len(groups) == 0 {
			return slog.Int64(slog.TimeKey, b.now.Unix())
		}
		return a
	}
	server, err := web.New(web.Options{Config: config.Default(), Usage: b.usage.Store, Sessions: domaintest.Open(b.t).Store, Ring: b.usage.Ring,
		Assets: assets.FS, Now: func() time.Time { return b.now }, Payment: b.desk, Vouchers: b.counter,
		Log: slog.New(slog.NewJSONHandler(&b.log, &slog.HandlerOptions{ReplaceAttr: clock}))})
	b.check(err)
	b.app = server.App()
}

// post asks the server as a script does.
func (b *bazaar) post(path string, fields map[string]any) map[string]string {
	b.t.Helper()
	body, err := json.Marshal(fields)
	b.check(err)
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	resp, err := b.app.Test(r, -1)
	b.check(err)
	defer resp.Body.Close()
	out := map[string]string{}
	b.check(json.NewDecoder(resp.Body).Decode(&out))
	if resp.StatusCode != http.StatusOK {
		b.t.Fatalf("%s answered %d %s", path, resp.StatusCode, out["error"])
	}
	return out
}

// plantElsewhere leaves what must be found in the log, or with the provider.
func (b *bazaar) plantElsewhere(tr *trace, sum []byte) {
	switch {
	case b.leak == "log":
		b.log.WriteString(`{"session":"` + base64.StdEncoding.EncodeToString(sum) + `"}` + "\n")
	case b.leak == "export" && tr.purchase == nil:
		form := url.Values{"client_reference_id": {hex.EncodeToString(tr.key)}, "metadata[session]": {text(sum)}}
		r := httptest.NewRequest(http.MethodPost, "/v1/customers", strings.NewReader(form.Encode()))
		b.provider.ServeHTTP(httptest.NewRecorder(), r)
	case b.leak == "export":
		tr.read([]byte(`{"session":"` + base64.StdEncoding.EncodeToString(sum) + `"}`))
	}
}

// readLog takes apart the lines that were written during a request: a thief who
// is told which ones those are.
func (tr *trace) readLog(lines []byte) {
	for line := range bytes.Lines(lines) {
		tr.read(line)
	}
}

// readExport takes apart all that the provider was ever sent about each purchase,
// with the moment.
func (b *bazaar) readExport() {
	for _, sent := range b.provider.Sent() {
		for _, p := range b.purchases {
			if !bytes.Contains(sent.Raw, []byte(hex.EncodeToString(p.key))) {
				continue
			}
			p.numbers = append(p.numbers, float64(sent.At.Unix()))
			p.readForm(string(sent.Raw))
		}
	}
}

// readForm takes apart the lines of a request, and the fields of its form.
func (tr *trace) readForm(request string) {
	for line := range strings.Lines(request) {
		fields, err := url.ParseQuery(strings.TrimSpace(line))
		if err != nil {
			continue
		}
		for name, values := range fields {
			tr.add([]byte(name))
			for _, v := range values {
				tr.add([]byte(v))
				if decoded, err := base64.RawURLEncoding.DecodeString(v); err == nil {
					tr.add(decoded)
				}
			}
		}
	}
}

// secrets are what each side must not hold of the other: of the usage side what
// names a purchase, of the payment side, the log and the provider what names a
// code or a token.
func (b *bazaar) secrets() (ofPurchases, ofCodes []string) {
	for _, c := range b.customers {
		id := payment.ID(c.Purchase)
		ofPurchases = append(ofPurchases, string(c.Purchase), id.Reference(), string(keyOf(id)), string(c.Blinded))
		ofCodes = append(ofCodes, c.Code.Grouped(), strings.ReplaceAll(c.Code.Grouped(), "-", ""), string(c.Code.Data()), string(c.Nonce))
	}
	for _, c := range b.provider.Checkouts() {
		ofPurchases = append(ofPurchases, c.ID, c.Intent)
	}
	return ofPurchases, ofCodes
}

// found are the places in which a secret of the other side lies, all keys in
// hand.
func (b *bazaar) found() (places []string) {
	ofPurchases, ofCodes := b.secrets()
	var sent []byte
	for _, s := range b.provider.Sent() {
		sent = append(sent, s.Raw...)
	}
	for _, c := range []struct {
		place   string
		hay     []byte
		secrets []string
	}{
		{"usage", b.plain(b.usage), ofPurchases}, {"payment", b.plain(b.books), ofCodes}, {"log", b.log.Bytes(), append(ofPurchases, ofCodes...)},
		{"provider", sent, ofCodes},
	} {
		if slices.ContainsFunc(c.secrets, func(secret string) bool { return holds(c.hay, secret) }) {
			places = append(places, c.place)
		}
	}
	return places
}

// plain is everything in a database file, sealed and opened.
func (b *bazaar) plain(w *domaintest.World) []byte {
	raw := file(b.t, w.Path)
	opened, shut := steal(b.t, w.Path).unseal(b.t, w.Path, w.Seal)
	if shut > 0 {
		b.t.Errorf("%d records do not open", shut)
	}
	for _, entries := range opened {
		for _, e := range entries {
			raw = slices.Concat(raw, e.Key, e.Value)
		}
	}
	return raw
}
