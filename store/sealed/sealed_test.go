package sealed

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"selvhjelp/store"
	"selvhjelp/store/bolt"
	"selvhjelp/store/storetest"
)

// ring is a set of keys; the highest epoch is the current one.
type ring map[Epoch]cipher.AEAD

func (r ring) Current() (Epoch, cipher.AEAD) {
	var current Epoch
	for e := range r {
		current = max(current, e)
	}
	return current, r[current]
}

func (r ring) Key(e Epoch) (cipher.AEAD, bool) { k, ok := r[e]; return k, ok }

// newKey returns the key of 32 times the byte b.
func newKey(b byte) cipher.AEAD {
	block, err := aes.NewCipher(bytes.Repeat([]byte{b}, 32))
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func openBolt(t *testing.T, dir string, maxBytes int64) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(filepath.Join(dir, "db"), bolt.Options{NoSync: true, MaxBytes: maxBytes})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestSealedKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, dir string) store.Store {
		return New(openBolt(t, dir, 0), ring{1: newKey(1)})
	})
}

func TestSealedWithItsLimitReached(t *testing.T) {
	storetest.Full(t, func(t *testing.T, dir string, maxBytes int64) store.Store {
		return New(openBolt(t, dir, maxBytes), ring{1: newKey(1)})
	})
}

// golden is the record of "mood: fine" under epoch 7, whose key is 32 times
// 0x07, in bucket "own" under key "k1", with the nonce "nonce-twelve". It was
// made with another AES-GCM (Python's cryptography).
const golden = "000000076e6f6e63652d7477656c766543afe121e9c5fa2a63a0587d0323ee04" +
	"9080d383a1987607a3af440d6151aad6f7f11cbd70de66b9939b336e3935432a" +
	"504d9249f462b5d66b8be5f50404b1de6c3b75812ef4c1aaa202a7eb818bbdd7"

func TestTheFormatStaysAsItIs(t *testing.T) {
	record, err := hex.DecodeString(golden)
	if err != nil {
		t.Fatal(err)
	}
	b := &box{keys: ring{7: newKey(7)}}
	got, err := b.open("own", []byte("k1"), record)
	if err != nil || string(got) != "mood: fine" {
		t.Errorf("the golden record opens as %q, %v", got, err)
	}
	if fresh := b.seal("own", []byte("k1"), []byte("mood: fine")); len(fresh) != len(record) {
		t.Errorf("a fresh record has %d bytes, the golden one %d", len(fresh), len(record))
	}
}

func TestTheSameValueNeverLooksTheSame(t *testing.T) {
	b := &box{keys: ring{7: newKey(7)}}
	first := bytes.Clone(b.seal("own", []byte("k"), []byte("v")))
	second := b.seal("own", []byte("k"), []byte("v"))
	if bytes.Equal(first[epochSize:headerSize], second[epochSize:headerSize]) {
		t.Error("a nonce came twice")
	}
	if !bytes.Equal(first[:epochSize], []byte{0, 0, 0, 7}) {
		t.Errorf("the record begins with % x, not its epoch", first[:epochSize])
	}
}

func TestWhatDoesNotOpenSaysSo(t *testing.T) {
	keys := ring{1: newKey(1), 2: newKey(2)}
	record := (&box{keys: ring{1: newKey(1)}}).seal("own", []byte("k"), []byte("mood: fine"))
	changed := func(i int, by byte) []byte {
		c := bytes.Clone(record)
		c[i] ^= by
		return c
	}
	for name, test := range map[string]struct {
		bucket, key string
		record      []byte
		want        error
	}{
		"another key":          {"own", "l", record, ErrOpen},
		"another bucket":       {"reg", "k", record, ErrOpen},
		"moved border":         {"ow", "n\x00k", record, ErrOpen},
		"another epoch's key":  {"own", "k", changed(3, 1^2), ErrOpen},
		"a destroyed epoch":    {"own", "k", changed(3, 1^3), ErrNoKey},
		"a flipped nonce":      {"own", "k", changed(epochSize, 1), ErrOpen},
		"a flipped byte":       {"own", "k", changed(headerSize, 1), ErrOpen},
		"a flipped tag":        {"own", "k", changed(len(record)-1, 1), ErrOpen},
		"cut by one":           {"own", "k", record[:len(record)-1], ErrOpen},
		"cut to its header":    {"own", "k", record[:headerSize], ErrOpen},
		"nothing":              {"own", "k", nil, ErrOpen},
		"one more byte at end": {"own", "k", append(bytes.Clone(record), 0), ErrOpen},
	} {
		value, err := (&box{keys: keys}).open(test.bucket, []byte(test.key), test.record)
		if !errors.Is(err, test.want) || value != nil {
			t.Errorf("%s: %v, want %v", name, err, test.want)
			continue
		}
		if !strings.Contains(err.Error(), test.bucket+" record") {
			t.Errorf("%s: %q does not name the bucket", name, err)
		}
	}
}

func TestOpenTakesOneAllocation(t *testing.T) {
	b := &box{keys: ring{1: newKey(1)}}
	value := make([]byte, 200)
	record := b.seal("own", []byte("k"), value)
	n := testing.AllocsPerRun(100, func() {
		if _, err := b.open("own", []byte("k"), record); err != nil {
			t.Error(err)
		}
	})
	if n > 1 {
		t.Errorf("opening takes %v allocations, want the result alone", n)
	}
	if n := testing.AllocsPerRun(100, func() { b.seal("own", []byte("k"), value) }); n > 0 {
		t.Errorf("sealing takes %v allocations, want none", n)
	}
}
