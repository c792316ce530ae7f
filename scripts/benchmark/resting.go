package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
	"selvhjelp/store/sealed"
)

// P14: bytes at rest.
func atRest(b *bench) ([]row, error) {
	w, err := newWorld(filepath.Join(b.dir, "rest"))
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(w.dir)
	const accounts, each = 5000, 12
	sizes := make([]int64, 3)
	var made []*vault.Account
	steps := []func(tx store.Tx) error{
		func(store.Tx) error { return nil },
		func(tx store.Tx) (err error) { made, err = w.accountsWithKeys(tx, accounts); return err },
		func(tx store.Tx) error { return saveEach(tx, w, made, each) },
	}
	for i, step := range steps {
		if err := errors.Join(w.usage.Update(b.ctx, step), w.db.Compact(b.ctx, sealed.NewResealer(w.seal).Change)); err != nil {
			return nil, errors.Join(err, w.close())
		}
		sizes[i] = w.bytes()
	}
	account := float64(sizes[1]-sizes[0]) / accounts
	registration := float64(sizes[2]-sizes[1]) / (accounts * each)
	year, err := w.year(b.ctx, made)
	return []row{
		{what: "bytes at rest, account with four category keys", ours: fmt.Sprintf("%.0f B", account), goal: "<= 900 B", met: atMost(account, 900)},
		{what: "bytes at rest, PHQ-9 (its summary included)", ours: fmt.Sprintf("%.0f B", registration), goal: "<= 420 B", met: atMost(registration, 420)},
		{what: "file after a year of saving and nights", reference: "compacted copy", ratio: fmt.Sprintf("%.2fx", year), goal: "<= 1.3x", met: atMost(year, 1.3)},
	}, errors.Join(err, w.close())
}

// accountsWithKeys makes accounts whose four categories have their keys.
func (w *world) accountsWithKeys(tx store.Tx, count int) (made []*vault.Account, err error) {
	for range count {
		a, _, err := account.Create(tx, w.ring, account.Start{Code: accesscode.New(), Language: "nb"}, w.now)
		if err != nil {
			return nil, err
		}
		for _, category := range []string{vault.Activity, vault.Mapping, "programme", "diary"} {
			a.Current(category)
		}
		if err := a.Save(tx); err != nil {
			return nil, err
		}
		made = append(made, a)
	}
	return made, nil
}

// saveEach saves some registrations of every account.
func saveEach(tx store.Tx, w *world, made []*vault.Account, each int) error {
	for _, a := range made {
		for n := range each {
			if err := registration.Save(tx, a, registration.NewID(), filled(w.now.AddDate(0, 0, 14*n))); err != nil {
				return err
			}
		}
	}
	return nil
}

// year saves every day and compacts every night, and compares the file before
// the last night with the one after it.
func (w *world) year(ctx context.Context, made []*vault.Account) (float64, error) {
	var before int64
	for day := range 365 {
		for n := range 40 {
			a := made[(day*40+n)%len(made)]
			err := w.usage.Update(ctx, func(tx store.Tx) error {
				return registration.Save(tx, a, registration.NewID(), filled(w.now.AddDate(0, 0, 200+day)))
			})
			if err != nil {
				return 0, err
			}
		}
		before = w.bytes()
		if day%30 == 29 || day == 364 { // the nights between would change nothing here but the time this takes
			if err := w.db.Compact(ctx, sealed.NewResealer(w.seal).Change); err != nil {
				return 0, err
			}
		}
	}
	return float64(before) / float64(w.bytes()), nil
}

// P17: sealing and opening a record against the primitive.
func sealing(b *bench) ([]row, error) {
	key := make([]byte, 32)
	rand.Read(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	value := make([]byte, 300)
	plain := make([]byte, sealed.Padded(len(value)))
	var ratios []float64
	var ours, primitive testing.BenchmarkResult
	for range b.rounds {
		primitive = testing.Benchmark(func(t *testing.B) { sealAlone(t, aead, plain) })
		ours = testing.Benchmark(func(t *testing.B) { sealRecord(t, aead, value) })
		ratios = append(ratios, float64(ours.NsPerOp())/float64(primitive.NsPerOp()))
	}
	return []row{{
		what: "seal and open one record of 300 bytes", reference: fmt.Sprintf("AES-GCM %d ns", primitive.NsPerOp()),
		ours:  fmt.Sprintf("%d ns, %d allocations", ours.NsPerOp(), ours.AllocsPerOp()),
		ratio: fmt.Sprintf("%.2fx", median(ratios)), goal: "<= 2x", met: atMost(median(ratios), 2),
	}}, nil
}

func sealAlone(t *testing.B, aead cipher.AEAD, plain []byte) {
	nonce, place := make([]byte, 12), make([]byte, 20)
	out := make([]byte, 0, len(plain)+16)
	for t.Loop() {
		rand.Read(nonce)
		out = aead.Seal(out[:0], nonce, plain, place)
		if _, err := aead.Open(nil, nonce, out, place); err != nil {
			t.Fatal(err)
		}
	}
}

// sealRecord writes and reads records in one transaction over memory.
func sealRecord(t *testing.B, aead cipher.AEAD, value []byte) {
	t.ReportAllocs()
	key := make([]byte, 16)
	err := sealed.New(memoryStore{}, oneKey{aead}).Update(t.Context(), func(tx store.Tx) error {
		for t.Loop() {
			if err := tx.Put("b", key, value); err != nil {
				return err
			}
			if _, err := tx.Get("b", key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// oneKey has one epoch.
type oneKey struct{ aead cipher.AEAD }

func (k oneKey) Current() (sealed.Epoch, cipher.AEAD)   { return 1, k.aead }
func (k oneKey) Key(e sealed.Epoch) (cipher.AEAD, bool) { return k.aead, e == 1 }

// memoryStore holds one record, so that nothing but sealing is measured.
type memoryStore struct{}

type memoryTx struct{ value []byte }

func (memoryStore) View(context.Context, func(store.Reader) error) error {
	return errors.ErrUnsupported
}
func (memoryStore) Update(_ context.Context, fn func(store.Tx) error) error {
	return fn(&memoryTx{})
}
func (memoryStore) Close() error { return nil }

func (m *memoryTx) Get(string, []byte) ([]byte, error) { return m.value, nil }
func (m *memoryTx) Put(_ string, _, value []byte) error {
	m.value = append(m.value[:0], value...)
	return nil
}
func (*memoryTx) Delete(string, []byte) error { return nil }
func (*memoryTx) Essential()                  {}
func (*memoryTx) Range(string, []byte, []byte) iter.Seq2[store.Entry, error] {
	return func(func(store.Entry, error) bool) {}
}
