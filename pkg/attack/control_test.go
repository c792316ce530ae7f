package attack

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// TestStorageKeysTieNoBucketsTogether: without the server's keys nobody sees
// which records of different kinds belong to one account or business. A
// professional's id stands beside the business's wraps; both are unnamed.
func TestStorageKeysTieNoBucketsTogether(t *testing.T) {
	w := build(t)
	stolen := steal(t, w.Path)
	seen, common := map[string]string{}, map[string]bool{}
	for name, entries := range stolen {
		for _, e := range entries {
			for i := range max(0, len(e.Key)-15) {
				piece := string(e.Key[i : i+16])
				if other := cmp.Or(seen[piece], name); other != name {
					common[strings.Join(slices.Sorted(slices.Values([]string{name, other})), " and ")] = true
				}
				seen[piece] = name
			}
		}
	}
	if !common["member and staff"] || len(common) > 1 {
		t.Errorf("pieces of keys in common: %v", common)
	}
}

// TestTheNightTakesWhatWasEnded: the sealed bytes of withdrawn and deleted
// records lie in the free pages of the file until it is compacted. That they do
// is the control.
func TestTheNightTakesWhatWasEnded(t *testing.T) {
	w := build(t)
	day, night := file(t, w.day), file(t, w.Path)
	still := map[string]bool{}
	for _, entries := range steal(t, w.Path) {
		for _, e := range entries {
			still[string(e.Value)] = true
		}
	}
	ended, before, after := 0, 0, 0
	for _, entries := range w.before {
		for _, e := range entries {
			if still[string(e.Value)] {
				continue
			}
			ended++
			before += bytes.Count(day, e.Value)
			after += bytes.Count(night, e.Value)
		}
	}
	t.Logf("of %d ended records %d lay in the file by day, %d after the night", ended, before, after)
	if before == 0 || after > 0 {
		t.Error("want some by day and none after the night")
	}
}

// TestARegistrationInTheClearIsFound, by A in the raw file: a value that was
// put past the seal layer.
func TestARegistrationInTheClearIsFound(t *testing.T) {
	w := build(t)
	own := w.users["own"]
	put(t, w.Inner, "reg", vault.NewKey().Bytes(), map[string]any{"a": map[string]int{own.answer(): 1}})
	w.night()
	if !holds(file(t, w.Path), own.answer()) {
		t.Error("the searcher does not see a registration in the clear")
	}
	if holds(file(t, w.Path), own.draft()) {
		t.Error("the searcher sees what is not there")
	}
}

// TestAReferenceInACodesRecordIsFound by B, beneath the seal.
func TestAReferenceInACodesRecordIsFound(t *testing.T) {
	w := build(t)
	own := w.users["own"]
	id := own.ref.ID
	put(t, w.Store, "code", vault.NewKey().Bytes(), map[string]any{"a": map[string]any{"i": id[:], "r": own.reference}})
	w.night()
	x := newThief(t, w)
	if x.rob(); !x.knows(own.reference) {
		t.Error("the searcher does not see a reference in a code's record")
	}
	if x.knows(w.users["kept"].reference) || holds(file(t, w.Path), own.reference) {
		t.Error("the searcher sees what is not there")
	}
}

// TestAKeyInTheWrongRecordIsUsed by B: a category's key and a master key that
// lie beneath the seal, deep inside another record, open what is under them.
func TestAKeyInTheWrongRecordIsUsed(t *testing.T) {
	w := build(t)
	self := w.users["selfmade"]
	put(t, w.Store, "due", vault.NewKey().Bytes(), map[string]any{"t": []any{map[string]any{"k": self.ref.Master.Bytes()}}})
	w.night()
	x := newThief(t, w)
	if x.rob(); !x.knows(self.answer()) || !x.knows(self.draft()) || x.knows(w.users["own"].answer()) {
		t.Error("the thief does not use a master key that it finds, or reads more than that one opens")
	}
}

// TestAKeyThatWasNotReplacedIsUsed: the keys of an ended grant would open the
// account if withdrawing did not give its categories new ones.
func TestAKeyThatWasNotReplacedIsUsed(t *testing.T) {
	w := build(t)
	x := newThief(t, w)
	kept := w.users["kept"]
	w.View(t, func(r store.Reader) error {
		a, err := vault.Open(r, w.Ring, kept.ref.ID, kept.ref.Master)
		if err == nil {
			x.takeKey(a.Current(vault.Mapping).Key.Bytes())
		}
		return err
	})
	if x.rob(); !x.knows(kept.answer()) || x.of[kept.ref.ID]["registration"] != 2 || x.knows(kept.draft()) {
		t.Error("a category's key does not open its registrations, or more than those")
	}
}

// put stores a record where no function of the domain would.
func put(t *testing.T, s store.Store, bucket string, key []byte, record any) {
	t.Helper()
	plain, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx store.Tx) error { return tx.Put(bucket, key, append([]byte{1}, plain...)) })
	if err != nil {
		t.Fatal(err)
	}
}
