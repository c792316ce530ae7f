package vault_test

import (
	"testing"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// BenchmarkOpen opens an account with its code: the key derivation, the master
// key, and the account's data with the keys of its categories.
func BenchmarkOpen(b *testing.B) {
	w := domaintest.Open(b)
	code, a := accesscode.New(), vault.New(w.Ring)
	a.CategoryKey(vault.Mapping)
	a.CategoryKey(vault.Activity)
	w.Update(b, a.Save)
	wrapped := a.Wrap(code)
	b.ReportAllocs()
	for b.Loop() {
		w.View(b, func(r store.Reader) error {
			master, err := vault.Unwrap(w.Ring, code, a.ID, wrapped)
			if err != nil {
				return err
			}
			_, err = vault.Open(r, w.Ring, a.ID, master)
			return err
		})
	}
}

// BenchmarkRegistration seals and opens a registration of 200 bytes under the key
// of its category, as it is done beneath the seal of the store.
func BenchmarkRegistration(b *testing.B) {
	w := domaintest.Open(b)
	a := vault.New(w.Ring)
	o := a.Current(vault.Mapping)
	key, value := make([]byte, 32), make([]byte, 200)
	sealed := o.Seal("registration", value, a.ID, key)
	b.Run("seal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			o.Seal("registration", value, a.ID, key)
		}
	})
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := o.Open("registration", sealed, a.ID, key); err != nil {
				b.Fatal(err)
			}
		}
	})
}
