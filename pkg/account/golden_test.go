package account

import (
	"bytes"
	"testing"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// b is n times the byte c.
func b(c byte, n int) []byte { return bytes.Repeat([]byte{c}, n) }

func TestTheFormatsOfCodesAreFrozen(t *testing.T) {
	w := domaintest.Open(t)
	for name, rec := range map[string]record{
		"issued":  {Issued: &issued{Business: b('B', 16), Open: b('O', 16), Reference: b('R', 34), UseBy: 20879}},
		"account": {Account: &account{ID: b('I', 16), Generation: 1, Master: vault.Wrapped{Salt: b('S', 16), Key: b('K', 60)}}},
	} {
		w.Update(t, func(tx store.Tx) error { return codeTable.Put(tx, b('L', 16), rec) })
		golden(t, w, name, "code", b('L', 16))
	}
	w.Update(t, func(tx store.Tx) error { return openTable.Put(tx, b('O', 16), opening{b('D', 16)}) })
	golden(t, w, "opening", "open", b('O', 16))
}

func golden(t *testing.T, w *domaintest.World, name, bucket string, key []byte) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		raw, err := r.Get(bucket, key)
		domaintest.Golden(t, name, raw)
		return err
	})
}
