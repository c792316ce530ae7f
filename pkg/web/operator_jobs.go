package web

import (
	"cmp"
	"maps"
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/retention"
	"selvhjelp/store"
)

// DueLine is how much of one kind waits for the next sweep.
type DueLine struct {
	Kind, Text string // Text is the id of a text
	Count      int
}

// dueTexts name the kinds of what falls due.
var dueTexts = map[deadline.Kind]string{
	deadline.SharingEnds: "operator.due_share",
	deadline.Retirement:  "operator.due_retire",
	deadline.Deletion:    "operator.due_delete",
	deadline.CodeLapses:  "operator.due_lapse",
	deadline.LinkLapses:  "operator.due_link",
	deadline.Erasure:     "operator.due_erase",
	deadline.NameLapses:  "operator.due_name",
	deadline.Closing:     "operator.due_close",
	deadline.RequestGoes: "operator.due_msg",
}

type jobsPage struct {
	Page
	Last     deadline.Day // of the last sweep that did all its work; 0 for none
	Late     bool         // it is not of today or yesterday
	Anew     deadline.Day // of the last night that wrote the database anew; 0 for none
	AnewLate bool
	Due      []DueLine
}

// nightly shows when the last sweep was, and what waits for the next.
func (s *Server) nightly(v *staffVisit) error {
	page := jobsPage{Page: v.page}
	report, err := retention.Sweeper{Store: s.usage, Ring: s.ring}.Preview(v.UserContext(), s.now())
	if err != nil {
		return err
	}
	err = s.usage.View(v.UserContext(), func(r store.Reader) (err error) {
		if page.Last, err = retention.LastSweep(r); err != nil {
			return err
		}
		page.Anew, err = retention.LastAnew(r)
		return err
	})
	if err != nil {
		return err
	}
	yesterday := deadline.DayOf(s.now()) - 1
	page.Late, page.AnewLate = page.Last < yesterday, page.Anew < yesterday
	for _, kind := range slices.Sorted(maps.Keys(report.Done)) {
		page.Due = append(page.Due, DueLine{string(kind), cmp.Or(dueTexts[kind], "operator.due_other"), report.Done[kind]})
	}
	return s.render(v.Ctx, fiber.StatusOK, "operator/jobs", page)
}
