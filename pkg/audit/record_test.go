package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/store"
)

// TestReadingFromADayIsReadingAllAndSkipping the days before.
func TestReadingFromADayIsReadingAllAndSkipping(t *testing.T) {
	w := domaintest.Open(t)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		o := &office{w, rt, binary.BigEndian.AppendUint64(nil, uint64(run))}
		day := deadline.Day(100)
		for range rapid.IntRange(0, 12).Draw(rt, "entries") {
			day += deadline.Day(rapid.IntRange(0, 2).Draw(rt, "days later"))
			o.record(days(day)...)
		}
		from := deadline.Day(rapid.IntRange(98, int(day)+2).Draw(rt, "from"))
		var want []audit.Entry
		for _, e := range o.read(0) {
			if e.Day >= from {
				want = append(want, e)
			}
		}
		if diff := cmp.Diff(want, o.read(from)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// TestTheRecordsStayAsTheyAre: the hash of a chain depends on every byte.
func TestTheRecordsStayAsTheyAre(t *testing.T) {
	got, err := json.Marshal(audit.Entry{Number: 9, Day: 20510, Who: []byte("professional"), Name: "kari", Role: "super user", What: audit.Person, Grant: []byte("grant"), Count: 3})
	const want = `{"d":20510,"w":"cHJvZmVzc2lvbmFs","n":"kari","r":"super user","a":"person","g":"Z3JhbnQ=","c":3}`
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		t.Errorf("an entry (%v):\n%s", err, diff)
	}
	head := audit.Head{Count: 2, Hash: []byte{0xab, 1}}
	if got, err := json.Marshal(head); string(got) != `{"n":2,"h":"qwE="}` || err != nil {
		t.Errorf("a head: %s, %v", got, err)
	}
	if head.String() != "2:ab01" {
		t.Errorf("a checkpoint: %s", head)
	}
}

// TestTheChainIsTheDocumentedOne computes it a second time, from the records:
// the hash of the hash before and H(salt || entry).
func TestTheChainIsTheDocumentedOne(t *testing.T) {
	o := open(t)
	o.record(days(1, 2)...)
	var hash []byte
	o.View(t, func(r store.Reader) error {
		for n := range 2 {
			s, err := entries.Get(r, o.key(n+1))
			if err != nil {
				return err
			}
			if len(s.Salt) != 16 || !strings.HasPrefix(string(s.Entry), `{"d":`) {
				t.Error("an entry does not rest as JSON beside 16 bytes of salt")
			}
			leaf := sha256.Sum256(append(s.Salt, s.Entry...))
			sum := sha256.Sum256(append(hash, leaf[:]...))
			hash = sum[:]
		}
		return nil
	})
	if got := o.head(); got.Count != 2 || !bytes.Equal(got.Hash, hash) {
		t.Error("the head is not the hash over both entries")
	}
}
