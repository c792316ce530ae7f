package voucher

import (
	"bytes"
	"testing"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/store"
)

func TestTheFormatOfAMarkIsFrozen(t *testing.T) {
	w := domaintest.Open(t)
	w.Update(t, func(tx store.Tx) error { return spentTable.Put(tx, []byte("key"), mark{bytes.Repeat([]byte{7}, 32)}) })
	w.View(t, func(r store.Reader) error {
		raw, err := r.Get("spent", []byte("key"))
		domaintest.Golden(t, "spent", raw)
		return err
	})
}
