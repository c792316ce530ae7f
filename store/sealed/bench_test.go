package sealed

import (
	"crypto/cipher"
	"crypto/rand"
	"slices"
	"testing"
	"time"
)

// oneKey is the key of every epoch: Keys that take no time.
type oneKey struct{ aead cipher.AEAD }

func (k oneKey) Current() (Epoch, cipher.AEAD) { return 1, k.aead }
func (k oneKey) Key(Epoch) (cipher.AEAD, bool) { return k.aead, true }

// BenchmarkSealOpen seals and opens a registration of 200 bytes, and does the
// same to its padded bytes with AES-GCM and a random nonce alone. They take
// turns; the median of the rounds' ratios is what counts.
func BenchmarkSealOpen(b *testing.B) {
	key, value := make([]byte, 32), make([]byte, 200)
	x := &box{keys: oneKey{newKey(1)}}
	ours := func() error {
		_, err := x.open("reg", key, x.seal("reg", key, value))
		return err
	}
	aead, place := newKey(1), append([]byte("reg\x00"), key...)
	plain, nonce := make([]byte, Padded(len(value))), make([]byte, nonceSize)
	record := make([]byte, 0, len(plain)+tagSize)
	alone := func() error {
		rand.Read(nonce)
		_, err := aead.Open(plain[:0], nonce, aead.Seal(record, nonce, plain, place), place)
		return err
	}
	b.ReportAllocs()
	var ratios []float64
	for b.Loop() {
		ratios = append(ratios, seconds(b, ours)/seconds(b, alone))
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "ours/aes-gcm")
}

// seconds is what 1000 calls take.
func seconds(b *testing.B, fn func() error) float64 {
	start := time.Now()
	for range 1000 {
		if err := fn(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start).Seconds()
}
