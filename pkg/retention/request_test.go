package retention

import (
	"testing"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/request"
	"selvhjelp/store"
)

func TestAMessageGoesAfterHalfAYearWhateverBecameOfIt(t *testing.T) {
	w := domaintest.Open(t)
	b, _, _ := w.Business(t, now)
	w.Update(t, func(tx store.Tx) error {
		return request.Send(tx, b, request.NewTicket(nil, ""), request.Content{Kind: request.Suggestion, Text: "larger letters"}, now)
	})
	s := Sweeper{w.Store, w.Ring}
	first := (deadline.DayOf(now) + request.KeptAtMost).Start()
	for _, step := range []struct {
		name string
		done int
		left int
	}{{"the day before", 0, 1}, {"on the day", 1, 0}} {
		at := first.AddDate(0, 0, step.done-1)
		report, err := s.Sweep(t.Context(), at, true)
		if err != nil || report.Done[deadline.RequestGoes] != step.done || w.Count(t, "msg") != step.left {
			t.Errorf("%s: done %v, %d left, %v", step.name, report.Done, w.Count(t, "msg"), err)
		}
		w.View(t, func(r store.Reader) error {
			if day, err := LastSweep(r); day != deadline.DayOf(at) {
				t.Errorf("%s: the last sweep was on %s, %v", step.name, day, err)
			}
			return nil
		})
	}
}
