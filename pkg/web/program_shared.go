package web

import (
	"slices"
	"time"

	"selvhjelp/pkg/registration"
)

// SharedProgram is a programme as a professional sees it: how far its user has
// come, and the answers in words.
type SharedProgram struct {
	ProgramCell
	Own []OwnPart
}

// sharedProgramsPage is a page of programmes alone.
type sharedProgramsPage struct {
	Page
	Programs []SharedProgram
}

// PersonProgramFacts are the facts about a programme that is shared.
type PersonProgramFacts struct {
	Program      string          `json:"programme"`
	Version      string          `json:"version"`
	Parts        int             `json:"parts"`
	Done         []int           `json:"parts_done"`
	HomeworkSet  int             `json:"homework_set"`
	HomeworkDone int             `json:"homework_done"`
	Last         string          `json:"last"` // day
	Answers      []ExerciseFacts `json:"answers"`
}

// sharedPrograms are the programmes that somebody has used, of those there are.
func (s *Server) sharedPrograms(page Page, list []registration.Exercise, sum registration.Programs) (out []SharedProgram) {
	for _, p := range s.catalogue.All() {
		course, used := sum.Courses[p.ID]
		if !used {
			continue
		}
		view := programView{p: p, page: page, answers: p.Counting(registration.AnswersOf(list, p.ID))}
		out = append(out, SharedProgram{programCell(p, course, page.Lang), withAnswers(ownAnswers(view))})
	}
	return out
}

// withAnswers leaves out what was not answered: homework of parts that may not have
// been read.
func withAnswers(parts []OwnPart) (out []OwnPart) {
	for _, part := range parts {
		part.Answers = slices.DeleteFunc(part.Answers, func(a OwnAnswer) bool { return a.Lines == nil })
		if len(part.Answers) > 0 {
			out = append(out, part)
		}
	}
	return out
}

// programFacts are the programmes that somebody shares, for a file.
func (s *Server) programFacts(page Page, list []registration.Exercise, sum registration.Programs) (out []PersonProgramFacts) {
	for _, p := range s.catalogue.All() {
		course, used := sum.Courses[p.ID]
		if !used {
			continue
		}
		f := PersonProgramFacts{Program: p.ID, Version: course.Version, Parts: course.Parts, Done: append([]int{}, course.Done...),
			HomeworkSet: course.Set, HomeworkDone: course.Homework, Last: page.ISO(time.Unix(course.Last, 0)), Answers: []ExerciseFacts{}}
		for _, x := range list {
			if x.Program == p.ID {
				facts := recordFacts(x.ID, x)
				facts.At = page.ISO(x.Answer.Time())
				f.Answers = append(f.Answers, facts)
			}
		}
		out = append(out, f)
	}
	return out
}
