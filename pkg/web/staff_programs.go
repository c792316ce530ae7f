package web

import (
	"slices"
	"strconv"
	"time"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/registration"
)

// ProgramCell is how far somebody has come in a programme that they have used.
type ProgramCell struct {
	ID, Title                 string
	Done, Parts               int
	HomeworkDone, HomeworkSet int
	Last                      time.Time // of the last use
}

// HomeworkOpen is how much homework was set and is not done.
func (c ProgramCell) HomeworkOpen() int { return c.HomeworkSet - c.HomeworkDone }

func programCell(p *program.Program, c registration.ProgramCourse, lang string) ProgramCell {
	return ProgramCell{p.ID, p.Title.In(lang), len(c.Done), c.Parts, c.Homework, c.Set, time.Unix(c.Last, 0)}
}

// programCells are those of the programmes that somebody has used, of those
// there are.
func (s *Server) programCells(sum registration.Programs, lang string) (out []ProgramCell) {
	for _, p := range s.catalogue.All() {
		if course, used := sum.Courses[p.ID]; used {
			out = append(out, programCell(p, course, lang))
		}
	}
	return out
}

// programsIn are the ids of the programmes that somebody in the caseload has
// used, and shares.
func (s *Server) programsIn(rows []overview.Row) (ids []string) {
	for _, p := range s.catalogue.All() {
		used := slices.ContainsFunc(rows, func(r overview.Row) bool {
			_, ok := r.Programs.Courses[p.ID]
			return ok
		})
		if used {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// programNames are the columns of a programme in a table, after "program_", its
// id and another underscore.
var programNames = []string{"parts_done", "parts", "homework_done", "homework_set", "last"}

// programValues are the values of those columns.
func programValues(page Page, cells []ProgramCell, id string) []string {
	i := slices.IndexFunc(cells, func(c ProgramCell) bool { return c.ID == id })
	if i < 0 {
		return make([]string, len(programNames))
	}
	c := cells[i]
	return []string{strconv.Itoa(c.Done), strconv.Itoa(c.Parts), strconv.Itoa(c.HomeworkDone), strconv.Itoa(c.HomeworkSet), page.ISO(c.Last)}
}

// DueTool is a mapping tool that somebody has used and can use again.
type DueTool struct {
	ID, Title string
	Since     time.Time
}

// dueSince is when a tool that was used can be used again, and whether that time
// has come. A daily check-in is never due.
func (s *Server) dueSince(in *instrument.Instrument, c *registration.Course) (time.Time, bool) {
	since := c.Last.Time().AddDate(0, 0, in.MinIntervalDays)
	return since, in.Place != instrument.Daily && !s.now().Before(since)
}

// dueTools are the tools that are due for somebody.
func (s *Server) dueTools(sum registration.Summary, lang string) (out []DueTool) {
	for _, in := range s.instruments.All() {
		c := sum.Courses[in.ID]
		if c == nil {
			continue
		}
		if since, due := s.dueSince(in, c); due {
			title, _ := in.ShortTitle.In(lang)
			out = append(out, DueTool{in.ID, title, since})
		}
	}
	return out
}
