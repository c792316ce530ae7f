package registration_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// plaintext opens a stored record with its own seal and drops the fill.
func plaintext(t *testing.T, value []byte, open func(sealed []byte) ([]byte, error)) []byte {
	t.Helper()
	if value[0] != 1 {
		t.Fatalf("format byte %d", value[0])
	}
	plain, err := open(value[1:])
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimRight(plain, " ")
}

func TestTheFormatsOfMappingsAndTheirHistoryAreFrozen(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	m := registration.Mapping{Instrument: "phq9", Version: "1.0", Language: "nn", Answers: map[string]int{"q1": 3, "q9": 1}, Score: 4, Band: "minimal", Risk: true, At: now.Unix()}
	id := registration.ID(bytes.Repeat([]byte{'I'}, 16))
	update(t, w, a, func(tx store.Tx) error { return registration.Save(tx, a, id, m) })
	m.ID = id
	update(t, w, a, func(tx store.Tx) error { return registration.Correct(tx, a, m, now.Add(time.Hour)) })

	reg, sum, hist := values(t, w, "reg")[0], values(t, w, "sum")[0], values(t, w, "hist")[0]
	o := a.Current(vault.Mapping)
	domaintest.Golden(t, "mapping", plaintext(t, reg.Value, func(b []byte) ([]byte, error) { return o.Open("registration", b, a.ID, reg.Key) }))
	packed := plaintext(t, sum.Value, func(b []byte) ([]byte, error) { return o.Open("summary", b, a.ID, sum.Key) })
	domaintest.Golden(t, "summary-versions", []byte(hex.EncodeToString(packed)))
	domaintest.Golden(t, "replaced", plaintext(t, hist.Value, func(b []byte) ([]byte, error) { return a.Master.Open("history", b, a.ID[:], hist.Key) }))
}

func TestTheFormatOfScalesIsFrozen(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	m := registration.Mapping{Instrument: "dass21", Version: "1", Language: "en", Answers: map[string]int{"q1": 3}, At: now.Unix(), NoTotal: true,
		Scales: map[string]int{"stress": 6, "anxiety": 0}, ScaleBands: map[string]string{"stress": "normal", "anxiety": "normal"}}
	save(t, w, a, m)
	reg, sum := values(t, w, "reg")[0], values(t, w, "sum")[0]
	o := a.Current(vault.Mapping)
	domaintest.Golden(t, "scales", plaintext(t, reg.Value, func(b []byte) ([]byte, error) { return o.Open("registration", b, a.ID, reg.Key) }))
	packed := plaintext(t, sum.Value, func(b []byte) ([]byte, error) { return o.Open("summary", b, a.ID, sum.Key) })
	domaintest.Golden(t, "scales_summary-versions", []byte(hex.EncodeToString(packed)))
	var before registration.Summary
	if err := before.UnmarshalBinary(beforeVersions(t, "scales_summary-packed")); err != nil {
		t.Fatal(err)
	}
	want := m.Point()
	want.Version = ""
	if diff := cmp.Diff(want, before.Courses["dass21"].Last); diff != "" {
		t.Error(diff)
	}
}

func TestNoFieldOfASummaryIsForgotten(t *testing.T) {
	domaintest.KeepsEveryField[registration.Summary](t)
}

// TestASummaryOfBeforeIsRead: one from before it was packed, which it is with the
// next mapping, and one from before it named versions.
func TestASummaryOfBeforeIsRead(t *testing.T) {
	plain, err := os.ReadFile(filepath.Join("testdata", "summary.golden"))
	if err != nil {
		t.Fatal(err)
	}
	isRead(t, bytes.TrimSpace(plain))
	isRead(t, beforeVersions(t, "summary-packed"))
}

// beforeVersions is a summary that was packed before it named versions.
func beforeVersions(t *testing.T, name string) []byte {
	t.Helper()
	digits, err := os.ReadFile(filepath.Join("testdata", name+".golden"))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := hex.DecodeString(strings.TrimSpace(string(digits)))
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func isRead(t *testing.T, old []byte) {
	t.Helper()
	w := domaintest.Open(t)
	a := newUser(t, w)
	m := mapping("phq9", 4, now)
	m.Band, m.Risk, m.Corrected = "minimal", true, now.Add(time.Hour).Unix()
	save(t, w, a, m)
	want := summary(t, w, a.Scope())
	c := want.Courses["phq9"]
	c.First.Version, c.Previous.Version, c.Last.Version = "", "", ""
	key, o := values(t, w, "sum")[0].Key, a.Current(vault.Mapping)
	w.Update(t, func(tx store.Tx) error {
		return tx.Put("sum", key, append([]byte{1}, o.Seal("summary", old, a.ID, key)...))
	})
	if diff := cmp.Diff(want, summary(t, w, a.Scope())); diff != "" {
		t.Error(diff)
	}
	save(t, w, a, mapping("phq9", 5, now.AddDate(0, 0, 14)))
	if c := summary(t, w, a.Scope()).Courses["phq9"]; c.Count != 2 || cmp.Diff(want.Courses["phq9"].First, c.First) != "" || c.Last.Version != "1.0" {
		t.Errorf("after another mapping: %+v", c)
	}
	if plain, err := o.Open("summary", values(t, w, "sum")[0].Value[1:], a.ID, key); err != nil || plain[0] != 2 {
		t.Error("the summary was not packed", err)
	}
}

func TestTheFormatsOfVisitsAreFrozen(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	v := registration.Visit{ID: registration.ID(bytes.Repeat([]byte{'V'}, 16)), At: now.Unix(), System: "windows", Browser: "firefox"}
	record(t, w, a, v)
	stretch(t, w, a, v.ID, now.Add(12*time.Minute))
	reg, sum := values(t, w, "reg")[0], values(t, w, "sum")[0]
	o := a.Current(vault.Activity)
	domaintest.Golden(t, "visit", plaintext(t, reg.Value, func(b []byte) ([]byte, error) { return o.Open("registration", b, a.ID, reg.Key) }))
	packed := plaintext(t, sum.Value, func(b []byte) ([]byte, error) { return o.Open("summary", b, a.ID, sum.Key) })
	domaintest.Golden(t, "visits-packed", []byte(hex.EncodeToString(packed)))

	old, err := os.ReadFile(filepath.Join("testdata", "visits.golden"))
	if err != nil {
		t.Fatal(err)
	}
	want := summaryOfVisits(t, w, a)
	put(t, w, "sum", sum.Key, append([]byte{1}, o.Seal("summary", bytes.TrimSpace(old), a.ID, sum.Key)...))
	if diff := cmp.Diff(want, summaryOfVisits(t, w, a)); diff != "" {
		t.Error("one of before it was packed: ", diff)
	}
}

func summaryOfVisits(t *testing.T, w *domaintest.World, a *vault.Account) (sum registration.Visits) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		sum, err = registration.VisitSummary(r, a.Scope())
		return err
	})
	return sum
}

func TestNoFieldOfTheSummaryOfVisitsIsForgotten(t *testing.T) {
	domaintest.KeepsEveryField[registration.Visits](t)
}

// TestVisitsOfTheFirstFormatAreRead: they were one a day, with the time of the
// first login alone.
func TestVisitsOfTheFirstFormatAreRead(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	visit(t, w, a, now)
	o := a.Current(vault.Activity)
	for bucket, old := range map[string]struct{ kind, golden string }{"reg": {"registration", "visit_day"}, "sum": {"summary", "visits_day"}} {
		plain, err := os.ReadFile(filepath.Join("testdata", old.golden+".golden"))
		if err != nil {
			t.Fatal(err)
		}
		key := values(t, w, bucket)[0].Key
		put(t, w, bucket, key, append([]byte{1}, o.Seal(old.kind, plain, a.ID, key)...))
	}
	if got := visits(t, w, a); len(got) != 1 || !got[0].Time().Equal(now) || got[0].Minutes != 0 || got[0].System != "" {
		t.Errorf("%+v", got)
	}
	w.View(t, func(r store.Reader) error {
		sum, err := registration.VisitSummary(r, a.Scope())
		if sum.Count != 1 || !sum.Time().Equal(now) {
			t.Errorf("%+v", sum)
		}
		_, on, err2 := registration.GoingOn(r, a.Scope(), registration.NewVisit(now.Add(time.Minute)))
		if on {
			t.Error("a visit goes on from a day")
		}
		return errors.Join(err, err2)
	})
	visit(t, w, a, now.AddDate(0, 0, 1))
	if visitSum(t, w, a).Count != 2 {
		t.Error("the next visit is not counted on")
	}
}

func TestTheFormatOfADraftIsFrozen(t *testing.T) {
	w := domaintest.Open(t)
	a := newUser(t, w)
	d := registration.Draft{Instrument: "phq9", Version: "1.0", Answers: map[string]int{"q1": 3}, Started: now.Unix()}
	w.Update(t, func(tx store.Tx) error { return registration.SaveDraft(tx, a, d, now.Add(time.Hour)) })
	e := values(t, w, "draft")[0]
	domaintest.Golden(t, "draft", plaintext(t, e.Value, func(b []byte) ([]byte, error) { return a.Master.Open("draft", b, a.ID[:], e.Key) }))
}
