package registration_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func TestCategoriesCannotBeToldApartAtRest(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	worst := mapping("phq9", 27, now)
	worst.Band, worst.Risk = "moderately_severe", true
	worst.ID = save(t, w, a, worst)
	update(t, w, a, func(tx store.Tx) error { return registration.Correct(tx, a, worst, now) })
	best := mapping("gad7", 0, now)
	best.Answers = map[string]int{"q1": 0}
	save(t, w, a, best)
	for day := range 5 {
		visit(t, w, a, now.AddDate(0, 0, day))
	}
	sizes, prefixes := map[int]bool{}, map[string]bool{}
	for _, e := range stored(t, w, "reg") {
		sizes[len(e.Value)], prefixes[string(e.Key[:16])] = true, true
		if len(e.Key) != 32 {
			t.Errorf("a key has %d bytes", len(e.Key))
		}
	}
	if len(sizes) != 1 || len(prefixes) != 1 || len(stored(t, w, "reg")) != 7 {
		t.Errorf("sizes %v and %d prefixes tell the records apart", sizes, len(prefixes))
	}
}

func TestTheOrderAtRestTellsNothingOfTheOrderOfSaving(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	var last []byte
	rising := 0
	for i := range 64 {
		id := save(t, w, a, mapping("phq9", 1, now.Add(time.Duration(i)*time.Second)))
		if bytes.Compare(last, id[:]) < 0 {
			rising++
		}
		last = id[:]
	}
	if rising > 56 || rising < 8 { // 32 expected; either is a chance of 1e-9
		t.Errorf("%d of 64 keys are larger than the one before", rising)
	}
}

func TestNothingRestsInTheClear(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	save(t, w, a, mapping("sentinel-tool", 11, now))
	d := registration.Draft{Instrument: "sentinel-draft", Answers: map[string]int{"sentinel-item": 1}}
	w.Update(t, func(tx store.Tx) error { return registration.SaveDraft(tx, a, d, now) })
	for _, bucket := range []string{"own", "reg", "sum", "draft"} {
		for _, e := range stored(t, w, bucket) {
			all := append(e.Key, e.Value...)
			for _, secret := range [][]byte{[]byte("sentinel"), a.ID[:], a.Master.Bytes(), a.Current(vault.Mapping).Key.Bytes()} {
				if bytes.Contains(all, secret) {
					t.Errorf("a secret rests in the clear in %s", bucket)
				}
			}
		}
	}
}

func TestADraftsStorageKeyNeedsTheMasterKey(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	for _, instrument := range []string{"phq9", "gad7"} {
		w.Update(t, func(tx store.Tx) error {
			return registration.SaveDraft(tx, a, registration.Draft{Instrument: instrument}, now)
		})
	}
	impostor := *a
	impostor.Master = vault.NewKey()
	w.View(t, func(r store.Reader) error {
		for _, instrument := range []string{"phq9", "gad7"} {
			d, err := registration.LoadDraft(r, &impostor, instrument)
			if err != nil || d.Started != 0 {
				t.Errorf("the server's keys and the account's id find the draft: %v", err)
			}
		}
		if _, err := registration.Drafts(r, &impostor); !errors.Is(err, vault.ErrOpen) {
			t.Errorf("drafts under another master key: %v", err)
		}
		return nil
	})
	for _, e := range stored(t, w, "draft") {
		for _, instrument := range []string{"phq9", "gad7"} {
			if bytes.Contains(e.Key, a.Index("draft", []byte(instrument))) {
				t.Error("the storage key can be computed without the master key")
			}
		}
	}
}

// TestASummaryDoesNotTellHowManyToolsWereUsed, up to three of them, nor whose
// category it is.
func TestASummaryDoesNotTellHowManyToolsWereUsed(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	visit(t, w, a, now)
	sizes := map[int]bool{}
	for week, tool := range []string{"phq9", "phq9", "gad7", "audit"} {
		save(t, w, a, mapping(tool, 20, now.AddDate(0, 0, 14*week)))
		for _, e := range stored(t, w, "sum") {
			sizes[len(e.Value)] = true
		}
	}
	if len(sizes) != 1 || len(stored(t, w, "sum")) != 2 {
		t.Errorf("sizes %v tell summaries apart", sizes)
	}
}
