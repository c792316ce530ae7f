package account

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// b is n times the byte c.
func b(c byte, n int) []byte { return bytes.Repeat([]byte{c}, n) }

func TestTheFormatsOfCodesAreFrozen(t *testing.T) {
	w := domaintest.Open(t)
	for name, rec := range frozen() {
		w.Update(t, func(tx store.Tx) error { return codeTable.Put(tx, b('L', 16), rec) })
		w.View(t, func(r store.Reader) error {
			raw, err := r.Get("code", b('L', 16))
			domaintest.Golden(t, name+"-packed", []byte(hex.EncodeToString(raw)))
			return err
		})
	}
	w.Update(t, func(tx store.Tx) error { return openTable.Put(tx, b('O', 16), opening{b('D', 16)}) })
	golden(t, w, "opening", "open", b('O', 16))
}

// frozen are the records of the golden files.
func frozen() map[string]record {
	return map[string]record{
		"issued":  {Issued: &issued{Business: b('B', 16), Open: b('O', 16), Reference: b('R', 34), UseBy: 20879}},
		"account": {Account: &account{ID: b('I', 16), Generation: 1, Master: vault.Wrapped{Salt: b('S', 16), Key: b('K', 60)}}},
	}
}

func TestCodesOfBeforeTheyWerePackedAreRead(t *testing.T) {
	w := domaintest.Open(t)
	for name, want := range frozen() {
		old, err := os.ReadFile(filepath.Join("testdata", name+".golden"))
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range [][]byte{bytes.TrimSpace(old), mustPack(t, want)} {
			w.Update(t, func(tx store.Tx) error { return tx.Put("code", b('L', 16), raw) })
			w.View(t, func(r store.Reader) error {
				got, err := codeTable.Get(r, b('L', 16))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
				return err
			})
		}
	}
}

func TestACodeThatIsDamagedIsAnError(t *testing.T) {
	for name, rec := range frozen() {
		whole := mustPack(t, rec)
		for n := range len(whole) - 64 {
			if _, err := codeTable.Decode(whole[:n]); err == nil {
				t.Errorf("%s: %d of %d bytes are taken", name, n, len(whole))
			}
		}
	}
}

// TestNothingTellsWhetherACodeIsTaken: both kinds are of one length.
func TestNothingTellsWhetherACodeIsTaken(t *testing.T) {
	if issued, taken := len(mustPack(t, frozen()["issued"])), len(mustPack(t, frozen()["account"])); issued != taken {
		t.Errorf("%d and %d bytes", issued, taken)
	}
}

// mustPack is the record as it rests before it is sealed.
func mustPack(t *testing.T, rec record) []byte {
	t.Helper()
	raw, err := rec.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte{1}, raw...)
}

func golden(t *testing.T, w *domaintest.World, name, bucket string, key []byte) {
	t.Helper()
	w.View(t, func(r store.Reader) error {
		raw, err := r.Get(bucket, key)
		domaintest.Golden(t, name, raw)
		return err
	})
}
