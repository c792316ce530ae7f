package keyring_test

import (
	"bytes"
	"sync"
	"testing"

	"selvhjelp/pkg/accesscode"
)

// TestNoRequestGetsTheKeyOfAnother: what the keys are computed with is lent
// from one request to the next.
func TestNoRequestGetsTheKeyOfAnother(t *testing.T) {
	r, index := ring(t, goodRoot), child(t, "index-v1")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				id := accesscode.New().Data()
				framed := append([]byte("own\x00\x00\x00\x00\x13"), id...)
				if got := r.Index("own", id); !bytes.Equal(got, hmacOf(index, framed)[:16]) {
					t.Error("an index is not its own")
				}
			}
		})
	}
	all.Wait()
}

// BenchmarkIndex shows what a storage key costs: the key itself is allocated.
func BenchmarkIndex(b *testing.B) {
	r, id := ring(b, goodRoot), make([]byte, 16)
	b.ReportAllocs()
	for b.Loop() {
		r.Index("own", id)
	}
}
