package attack

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	mathrand "math/rand/v2"
	"net/http/httptest"
	"path"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/paymentfake"
	"selvhjelp/pkg/voucher"
	"selvhjelp/store"
	"selvhjelp/store/sealed"
)

// bazaar is a shop in which many buy and start on days of their own.
type bazaar struct {
	t            *testing.T
	books, usage *domaintest.World
	desk         *payment.Desk
	counter      *voucher.Desk
	provider     *paymentfake.Server
	now          time.Time
	leak         string // what is planted on both sides
	app          *fiber.App
	log          bytes.Buffer // of the server

	customers []*customer

	waiting             []*customer
	purchases, accounts []*trace
}

type customer struct {
	*domaintest.Buyer
	bought *trace
	secret []byte
}

// trace is what a thief has of a purchase or of an account: everything that lies
// in its records, and where they lie.
type trace struct {
	day, redeemed int
	key           []byte
	bucket        string
	values        map[string]bool
	numbers       []float64
	place         float64 // in the file, from 0 to 1
	purchase      *trace  // the truth about an account
}

func newBazaar(t *testing.T) *bazaar {
	b := &bazaar{t: t, books: domaintest.Open(t), usage: domaintest.Open(t), now: domaintest.Now}
	const secret = "whsec_of_the_tests_and_nothing_else"
	server := httptest.NewUnstartedServer(nil)
	b.provider = paymentfake.New(paymentfake.Options{URL: "http://" + server.Listener.Addr().String(), Secret: secret, Now: func() time.Time { return b.now }})
	server.Config.Handler = b.provider
	server.Start()
	t.Cleanup(server.Close)
	issuer, refunds := domaintest.Tokens(t, b.now)
	var err error
	b.desk, err = payment.New(payment.Options{Store: b.books.Store, Issuer: issuer, Refunds: refunds.Keys, Language: "nb", Site: "https://selvhjelp.example",
		Products: []payment.Product{{ID: domaintest.Product, Name: map[string]string{"nb": "Tilgang"}, Price: 49000, Currency: "nok"}},
		Provider: payment.Provider{APIBase: server.URL, SecretKey: "sk_test_1", WebhookSecret: secret}})
	b.check(err)
	b.counter = &voucher.Desk{Ring: b.usage.Ring, Keys: issuer.Keys, Refund: refunds}
	b.serve()
	return b
}

func (b *bazaar) check(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// trade lets so many buy on each of so many days, and as many of those who have
// not started yet start, whoever they are, in between. Every night the thief
// looks.
func (b *bazaar) trade(days, each int) *bazaar {
	b.t.Helper()
	for day := 1; day <= days; day++ {
		for range each {
			b.buy(day)
			b.now = b.now.Add(time.Duration(1+mathrand.IntN(60)) * time.Minute) // no two buy in the same second
			if day > 1 {
				b.redeem(day)
			}
		}
		b.look()
		b.night()
		b.readExport()
		b.now = b.now.Truncate(24 * time.Hour).Add(33 * time.Hour)
	}
	return b
}

func (b *bazaar) buy(day int) {
	c := &customer{Buyer: domaintest.NewBuyer(b.t, b.desk.IssuerKeys(b.now)[0]), secret: make([]byte, 16)}
	rand.Read(c.secret)
	id := payment.ID(c.Purchase)
	c.bought = &trace{day: day, bucket: "buy", key: keyOf(id)}
	before := b.log.Len()
	address := b.post("/buy", map[string]any{"product": c.Key.Product, "key_id": c.Key.ID, "purchase_id": id.String(), "blinded": text(c.Blinded)})
	b.check(b.provider.Pay(path.Base(address["checkout_url"])))
	events := b.provider.Events()
	payload := events[len(events)-1].Payload
	b.check(b.desk.Event(b.t.Context(), payload, b.provider.Header(payload, b.now), b.now))
	b.plant(b.books, c.bought, c.secret)
	c.bought.readLog(b.log.Bytes()[before:])
	b.purchases, b.waiting, b.customers = append(b.purchases, c.bought), append(b.waiting, c), append(b.customers, c)
}

func keyOf(id payment.ID) []byte {
	sum := sha256.Sum256(append([]byte("purchase-v1"), id[:]...))
	return sum[:16]
}

// redeem lets one of those who wait start.
func (b *bazaar) redeem(day int) {
	i := mathrand.IntN(len(b.waiting))
	c := b.waiting[i]
	b.waiting = append(b.waiting[:i], b.waiting[i+1:]...)
	blind, err := base64.RawURLEncoding.DecodeString(b.post("/buy/signature", map[string]any{"purchase_id": payment.ID(c.Purchase).String()})["signature"])
	b.check(err)
	before := b.log.Len()
	b.post("/redeem", map[string]any{"message": text(c.Message), "signature": text(c.Unblind(b.t, blind)), "code": c.Code.Grouped()})
	c.bought.redeemed = day
	sum := sha256.Sum256(c.Nonce)
	for _, item := range []*trace{
		{bucket: "code", key: b.usage.Ring.Lookup(c.Code)},
		{bucket: "spent", key: append([]byte(c.Key.ID), sum[:]...)},
	} {
		item.day, item.purchase = day, c.bought
		b.plant(b.usage, item, c.secret)
		item.readLog(b.log.Bytes()[before:])
		b.accounts = append(b.accounts, item)
	}
}

// plant leaves what must be found, under the key of the record that it belongs to.
func (b *bazaar) plant(w *domaintest.World, tr *trace, secret []byte) {
	sum := sha256.Sum256(secret)
	value := map[string]any{"time": map[string]any{"created_at": b.now.Unix()}, "session": map[string]any{"session": sum[:]}}[b.leak]
	if value == nil {
		b.plantElsewhere(tr, sum[:])
		return
	}
	if b.leak == "time" && tr.purchase != nil { // redeemed at once, as most would be
		value = map[string]any{"created_at": tr.purchase.made()}
	}
	raw, err := json.Marshal(value)
	b.check(err)
	w.Update(b.t, func(tx store.Tx) error { return tx.Put("planted", append([]byte(tr.bucket), tr.key...), raw) })
	tr.read(raw)
}

func (tr *trace) made() float64 { return tr.numbers[0] }

// look reads the records of every trace, all keys in hand, and their places in the
// files of the day.
func (b *bazaar) look() {
	usage, books := file(b.t, b.usage.Path), file(b.t, b.books.Path)
	for w, of := range map[*domaintest.World]struct {
		traces []*trace
		raw    []byte
	}{b.usage: {b.accounts, usage}, b.books: {b.purchases, books}} {
		w.View(b.t, func(r store.Reader) error {
			for _, tr := range of.traces {
				value, err := r.Get(tr.bucket, tr.key)
				if errors.Is(err, store.ErrNotFound) {
					continue
				}
				tr.read(bytes.TrimPrefix(value, []byte{1}))
				tr.place = float64(bytes.LastIndex(of.raw, tr.key)) / float64(len(of.raw))
			}
			return nil
		})
	}
}

// read takes a record apart: every text, also decoded, with its hash, and every
// number.
func (tr *trace) read(raw []byte) {
	if tr.values == nil {
		tr.values = map[string]bool{}
	}
	var v any
	if json.Unmarshal(raw, &v) == nil {
		tr.walk(v)
	}
	tr.add(tr.key)
}

func (tr *trace) walk(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			tr.walk(e)
		}
	case []any:
		for _, e := range v {
			tr.walk(e)
		}
	case float64:
		tr.numbers = append(tr.numbers, v)
	case string:
		tr.add([]byte(v))
		if decoded, err := base64.StdEncoding.DecodeString(v); err == nil {
			tr.add(decoded)
		}
	}
}

// add notes a value, its hash, and every 8 bytes within it: enough to be no chance.
func (tr *trace) add(value []byte) {
	sum := sha256.Sum256(value)
	for _, v := range [][]byte{value, sum[:]} {
		for i := 0; i+8 <= len(v); i++ {
			tr.values[string(v[i:i+8])] = true
		}
	}
}

// shares reports whether two have a value in common that no other purchase has.
func (tr *trace) shares(other *trace, common map[string]bool) bool {
	for v := range tr.values {
		if other.values[v] && !common[v] {
			return true
		}
	}
	return false
}

// common are the values of more than one purchase, such as the name of the key.
func (b *bazaar) common() map[string]bool {
	seen, out := map[string]bool{}, map[string]bool{}
	for _, p := range b.purchases {
		for v := range p.values {
			out[v] = seen[v]
			seen[v] = true
		}
	}
	return out
}

// apart is the least distance of two numbers that could be times.
func (tr *trace) apart(other *trace) float64 {
	least := math.Inf(1)
	for _, a := range tr.numbers {
		for _, c := range other.numbers {
			if a > 1e9 && c > 1e9 {
				least = min(least, math.Abs(a-c))
			}
		}
	}
	return least
}

// night writes both files anew.
func (b *bazaar) night() {
	for _, w := range []*domaintest.World{b.usage, b.books} {
		b.check(w.Inner.Compact(context.Background(), sealed.NewResealer(w.Seal).Change))
	}
	b.look()
}
