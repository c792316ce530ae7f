package closing_test

import (
	"bytes"
	"os"
	"testing"

	"selvhjelp/pkg/organization"
	"selvhjelp/store"
	"selvhjelp/store/sealed"
)

// TestNoBytesOfThePeopleAreLeft reads the raw files: the sealed records of
// people, keys and log lie there before, and not after a compaction.
func TestNoBytesOfThePeopleAreLeft(t *testing.T) {
	c := build(t)
	rests := c.atRest(t)
	for bucket, n := range found(t, c.Path, rests) {
		if n != len(rests[bucket]) {
			t.Fatalf("the control: %d of %d records of %s are found where they rest", n, len(rests[bucket]), bucket)
		}
	}
	c.begin(t)
	c.finish(t)
	if err := c.Inner.Compact(t.Context(), sealed.NewResealer(c.Seal).Change); err != nil {
		t.Fatal(err)
	}
	for bucket, n := range found(t, c.Path, rests) {
		if n != 0 {
			t.Errorf("%d records of %s lie in the compacted file", n, bucket)
		}
	}
	for _, secret := range []string{c.super.Email, "nils.nyansatt", "Nils Nyansatt", c.Number, c.Recipient, c.Recovery} {
		for bucket, values := range everything(t, c.Store, c.other.ID) {
			for _, v := range values {
				if bytes.Contains(v, []byte(secret)) {
					t.Errorf("with all keys of the server, a name, address or key is readable in %s", bucket)
				}
			}
		}
	}
}

// found counts how many of the values lie in a raw file, by bucket.
func found(t *testing.T, path string, rests map[string][][]byte) map[string]int {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for bucket, values := range rests {
		out[bucket] = 0
		for _, v := range values {
			if bytes.Contains(raw, v) {
				out[bucket]++
			}
		}
	}
	return out
}

// atRest are the sealed bytes of what must go.
func (c *clinic) atRest(t *testing.T) map[string][][]byte {
	t.Helper()
	out := map[string][][]byte{}
	keep := map[string]string{"staff": "", "member": string(c.Ring.Index("member", c.other.ID[:])), "audit": "", "link": "", "issued": "",
		"grant": string(c.Ring.Index("grant", c.other.ID[:]))}
	err := c.Inner.View(t.Context(), func(r store.Reader) error {
		for bucket, others := range keep {
			for e, err := range r.Range(bucket, []byte{0}, nil) {
				if err != nil {
					return err
				}
				mine := bucket != "staff" || bytes.Equal(e.Key, c.super.ID[:])
				if mine && (others == "" || !bytes.HasPrefix(e.Key, []byte(others))) {
					out[bucket] = append(out[bucket], bytes.Clone(e.Value))
				}
			}
		}
		return nil
	})
	if err != nil || len(out) != len(keep) {
		t.Fatalf("%d kinds of records at rest, %v", len(out), err)
	}
	return out
}

// everything is what can be read with the server's keys, but for the record of
// one business, which is called the same.
func everything(t *testing.T, s store.Store, but organization.ID) map[string][][]byte {
	t.Helper()
	out := map[string][][]byte{}
	err := s.View(t.Context(), func(r store.Reader) error {
		for _, bucket := range []string{"org", "staff", "mail", "member", "link", "issued", "audit", "code", "due"} {
			for e, err := range r.Range(bucket, []byte{0}, nil) {
				if err != nil {
					return err
				}
				if !bytes.Equal(e.Key, but[:]) {
					out[bucket] = append(out[bucket], bytes.Clone(e.Value))
				}
			}
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("nothing was read: %v", err)
	}
	return out
}
