package registration_test

import (
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// BenchmarkSave opens an account and saves a finished mapping of it, as a
// request does inside its transaction; nothing waits for the disk.
func BenchmarkSave(b *testing.B) {
	w := domaintest.Open(b)
	a, at := newUser(b, w), now
	save(b, w, a, mapping("phq9", 8, at))
	b.ReportAllocs()
	for b.Loop() {
		at = at.Add(time.Second)
		w.Update(b, func(tx store.Tx) error {
			opened, err := vault.Open(tx, w.Ring, a.ID, a.Master)
			if err != nil {
				return err
			}
			if err := registration.Save(tx, opened, registration.NewID(), mapping("phq9", 8, at)); err != nil {
				return err
			}
			return opened.Save(tx)
		})
	}
}
