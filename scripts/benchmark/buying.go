package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cloudflare/circl/blindsign/blindrsa"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/paymentfake"
	"selvhjelp/pkg/token"
)

const (
	product       = "access"
	webhookSecret = "whsec_of_the_benchmark"
	buyers        = 8
)

// P18: signing what was bought against the private operation of RSA, and what a
// purchase takes from the order to the access code.
func purchases(b *bench) ([]row, error) {
	sign, err := b.signing()
	if err != nil {
		return nil, err
	}
	rows, err := b.buying()
	return append([]row{sign}, rows...), err
}

// order is what a buyer's browser draws, and what becomes of it.
type order struct {
	Message   encoded `json:"message"`
	Signature encoded `json:"signature"`
	Code      string  `json:"code"`
	id        encoded // of the purchase
	blinded   encoded
	client    blindrsa.Client
	state     blindrsa.State
}

// encoded are bytes as scripts write them.
type encoded []byte

func (e encoded) MarshalText() ([]byte, error) {
	return base64.RawURLEncoding.AppendEncode(nil, e), nil
}

func (e *encoded) UnmarshalText(text []byte) (err error) {
	*e, err = base64.RawURLEncoding.DecodeString(string(text))
	return err
}

func newOrder(key token.Key) (*order, error) {
	o := &order{Code: accesscode.New().Grouped(), id: make([]byte, 16)}
	nonce := make([]byte, token.NonceLen)
	rand.Read(o.id)
	rand.Read(nonce)
	o.Message = key.Message(nonce)
	var err error
	if o.client, err = blindrsa.NewClient(blindrsa.SHA384PSSDeterministic, key.Public); err == nil {
		o.blinded, o.state, err = o.client.Blind(rand.Reader, o.Message)
	}
	return o, err
}

// shop is a server that sells, with a provider that moves no money.
type shop struct {
	*server
	key   token.Key
	fake  *paymentfake.Server
	front *http.Server
	asked atomic.Int64
}

func (b *bench) openShop() (*shop, error) {
	w, err := newWorld(filepath.Join(b.dir, "shop"))
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	sh, at := &shop{}, "http://"+l.Addr().String()
	sh.fake = paymentfake.New(paymentfake.Options{URL: at, Secret: webhookSecret, Now: time.Now, Deliver: sh.deliver})
	sh.front = &http.Server{Handler: sh.fake, ReadHeaderTimeout: time.Second}
	go func() { _ = sh.front.Serve(l) }() // ends with close
	if sh.key, err = w.sell(at); err == nil {
		err = w.close()
	}
	if err == nil {
		sh.server, err = b.start(w)
	}
	return sh, err
}

// sell makes what selling takes, through a provider at an address.
func (w *world) sell(at string) (token.Key, error) {
	keys := filepath.Join(w.dir, "keys")
	_, key, err := newTokens(filepath.Join(keys, "issuer.keys"))
	if err == nil {
		_, _, err = newTokens(filepath.Join(keys, "refund.keys"))
	}
	w.sells = fmt.Sprintf(shopConfig, keys, at, product)
	return key, errors.Join(err,
		os.WriteFile(filepath.Join(keys, "stripe.key"), []byte(webhookSecret), 0o600),
		os.WriteFile(filepath.Join(keys, "webhook.secret"), []byte(webhookSecret), 0o600))
}

// shopConfig is filled with the folder of keys, the provider and the product.
const shopConfig = `[payment]
secret_key_file = "%[1]s/stripe.key"
webhook_secret_file = "%[1]s/webhook.secret"
issuer_keys_file = "%[1]s/issuer.keys"
refund_keys_file = "%[1]s/refund.keys"
api_base = %[2]q
[[payment.product]]
id = %[3]q
price = 49000
currency = "nok"
name = {nb = "Tilgang", nn = "Tilgang", en = "Access"}
about = {nb = "En tilgangskode.", nn = "Ein tilgangskode.", en = "An access code."}
`

func (sh *shop) close() {
	sh.stop()
	_ = sh.front.Close()
}

// deliver sends a message of the provider; the server asks when one is lost.
func (sh *shop) deliver(payload []byte, header string) {
	r, err := http.NewRequest(http.MethodPost, "http://"+sh.address+"/stripe/webhook", bytes.NewReader(payload))
	if err != nil {
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Stripe-Signature", header)
	if resp, err := http.DefaultClient.Do(r); err == nil {
		_ = resp.Body.Close()
	}
}

// buying measures purchases up to the token, and what redeeming them takes.
func (b *bench) buying() ([]row, error) {
	sh, err := b.openShop()
	if err != nil {
		return nil, err
	}
	defer sh.close()
	tokens := make(chan *order, 100_000)
	until := time.Now().Add(4 * time.Second)
	bought, err := sh.crowd(func(c *client) (bool, error) {
		o, err := sh.buy(c)
		tokens <- o
		return err == nil && time.Now().Before(until), err
	})
	close(tokens)
	if err != nil {
		return nil, err
	}
	redeemed, err := sh.crowd(func(c *client) (bool, error) {
		o, more := <-tokens
		if !more {
			return false, nil
		}
		return true, sh.ask(c, "/redeem", o, nil)
	})
	both := float64(bought.requests) / (bought.wall + redeemed.wall)
	return []row{
		{what: "purchases, from the order to the token", ours: fmt.Sprintf("%.0f/s, %.0f µs", bought.perSecond(), bought.cpuEach()), ratio: fmt.Sprintf("end to end %.0f/s", both), met: shown},
		{what: "  redeeming them", ours: fmt.Sprintf("%.0f/s, %.0f µs", redeemed.perSecond(), redeemed.cpuEach()), met: shown},
	}, err
}

// crowd has buyers do something over and over until they say no.
func (sh *shop) crowd(do func(c *client) (bool, error)) (load, error) {
	var done atomic.Int64
	var failed atomic.Pointer[error]
	cpu, began := sh.cpu(), time.Now()
	var wg sync.WaitGroup
	for range buyers {
		wg.Go(func() {
			c, err := dial(sh.address)
			for more := true; more && err == nil; {
				if more, err = do(c); more {
					done.Add(1)
				}
			}
			if err != nil {
				failed.Store(&err)
			}
		})
	}
	wg.Wait()
	l := load{requests: int(done.Load()), wall: time.Since(began).Seconds(), cpu: sh.cpu() - cpu}
	if err := failed.Load(); err != nil {
		return l, *err
	}
	return l, nil
}

// buy orders, pays, fetches the signature and makes the token of it.
func (sh *shop) buy(c *client) (*order, error) {
	o, err := newOrder(sh.key)
	if err != nil {
		return o, err
	}
	var begun struct {
		Checkout string `json:"checkout_url"`
	}
	err = sh.ask(c, "/buy", map[string]any{"product": product, "key_id": sh.key.ID, "purchase_id": o.id, "blinded": o.blinded}, &begun)
	if err == nil {
		err = sh.fake.Pay(path.Base(begun.Checkout))
	}
	var got struct{ Signature encoded }
	if err == nil {
		err = sh.ask(c, "/buy/signature", map[string]any{"purchase_id": o.id}, &got)
	}
	if err == nil {
		o.Signature, err = o.client.Finalize(o.state, got.Signature)
	}
	return o, err
}

// ask posts JSON, each time from another address, so that no limit cuts it short.
func (sh *shop) ask(c *client, to string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	n := sh.asked.Add(1)
	request := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nX-Forwarded-For: 10.%d.%d.%d\r\nContent-Length: %d\r\n\r\n%s",
		to, n>>16&0xff, n>>8&0xff, n&0xff, len(raw), raw)
	a, err := c.do(request, true)
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("%s: status %d: %s", to, a.status, a.body)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(a.body, into)
	}
	return err
}
