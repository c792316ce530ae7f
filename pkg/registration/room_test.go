package registration_test

import (
	"testing"

	"selvhjelp/assets"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/registration"
	"selvhjelp/store"
)

// TestEveryShippedToolTakesTheSameRoom, with the highest answers and corrected:
// at rest a check-in looks like a PHQ-9, and like a visit.
func TestEveryShippedToolTakesTheSameRoom(t *testing.T) {
	tools, err := instrument.Load(assets.FS, "instruments")
	if err != nil {
		t.Fatal(err)
	}
	w := domaintest.Open(t)
	a := newUser(t, w)
	visit(t, w, a, now)
	for _, in := range tools.All() {
		answers := map[string]int{}
		for _, it := range in.Items {
			for _, o := range it.Options {
				answers[it.ID] = max(answers[it.ID], o.Value)
			}
		}
		r := in.Score(answers)
		m := registration.Mapping{Instrument: in.ID, Version: in.Version, Language: "nb", Answers: answers, Score: r.Score, Band: r.BandKey(),
			Risk: r.Risk, At: now.Unix(), Scales: r.Scores(), ScaleBands: r.ScaleBands(), NoTotal: in.Total == nil}
		m.ID = save(t, w, a, m)
		update(t, w, a, func(tx store.Tx) error { return registration.Correct(tx, a, m, now) })
	}
	sizes := map[int]int{}
	for _, e := range stored(t, w, "reg") {
		sizes[len(e.Value)]++
	}
	if len(sizes) != 1 {
		t.Errorf("records by size: %v", sizes)
	}
}
