package domaintest

import (
	"crypto/rand"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/cloudflare/circl/blindsign/blindrsa"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/token"
)

// Product is what Tokens has keys for.
const Product = "access"

// Tokens are the two rings of an installation that sells Product, with keys
// for the year of now. The keys are drawn once for all tests of a package.
func Tokens(t testing.TB, now time.Time) (issuer, refund *token.Ring) {
	t.Helper()
	paths := drawn(now.UTC().Year())
	var rings [2]*token.Ring
	for i, text := range paths {
		path := filepath.Join(t.TempDir(), "token.keys")
		must(t, writeFile(path, text))
		var err error
		rings[i], err = token.Open(path)
		must(t, err)
	}
	return rings[0], rings[1]
}

var (
	drawnMu   sync.Mutex
	drawnText = map[int][2][]byte{}
)

// drawn are the texts of two key files of a year.
func drawn(year int) [2][]byte {
	drawnMu.Lock()
	defer drawnMu.Unlock()
	if text, ok := drawnText[year]; ok {
		return text
	}
	var out [2][]byte
	var wg sync.WaitGroup
	for i := range out {
		wg.Go(func() { out[i] = drawFile(year) })
	}
	wg.Wait()
	drawnText[year] = out
	return out
}

// Buyer is what a buyer's browser draws and computes.
type Buyer struct {
	Key            token.Key
	Purchase       []byte // its id, P
	Nonce, Message []byte
	Code           accesscode.Code
	Blinded        []byte
	client         blindrsa.Client
	state          blindrsa.State
}

// NewBuyer begins a purchase under a key.
func NewBuyer(t T, key token.Key) *Buyer {
	t.Helper()
	b := &Buyer{Key: key, Purchase: make([]byte, 16), Nonce: make([]byte, token.NonceLen), Code: accesscode.New()}
	rand.Read(b.Purchase)
	rand.Read(b.Nonce)
	b.Message = key.Message(b.Nonce)
	var err error
	b.client, err = blindrsa.NewClient(blindrsa.SHA384PSSDeterministic, key.Public)
	must(t, err)
	b.Blinded, b.state, err = b.client.Blind(rand.Reader, b.Message)
	must(t, err)
	return b
}

// Unblind takes the blinding off a signature, which must fit.
func (b *Buyer) Unblind(t T, signature []byte) []byte {
	t.Helper()
	out, err := b.client.Finalize(b.state, signature)
	must(t, err)
	return out
}
