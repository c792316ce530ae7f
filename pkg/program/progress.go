package program

import (
	"slices"
	"strconv"
	"strings"
)

// Answers to a homework, in the order they are offered.
var HomeworkAnswers = []string{"yes", "partly", "no", "not_yet"}

// EvaluationQuestions are asked at the end of each part, and answered by one of
// EvaluationAnswers.
var (
	EvaluationQuestions = []string{"useful", "understandable", "recommend"}
	EvaluationAnswers   = []string{"very", "quite", "little", "not"}
)

// EvaluationID is the id under which a question about a part is answered. No
// content can have it, for it holds a dot.
func EvaluationID(part int, question string) string {
	return "part" + strconv.Itoa(part) + "." + question
}

// IsOpinion reports whether what is asked under an id is a question about a part.
func IsOpinion(id string) bool { return strings.Contains(id, ".") }

// Progress is how far somebody has come in a programme.
type Progress struct {
	// Answers may hold some that no longer count.
	Answers Answers
	// Seen tells on which day, counted from 1 January 1970, each page was first
	// gone on from, by its id.
	Seen map[string]int
	// At is the id of the page that was open last, "" for none.
	At string
	// OpenAll lifts the order of the parts.
	OpenAll bool
	// Lift is what somebody else has lifted of it, for now.
	Lift Lift
	// Ahead are the ids of the pages that were seen thanks to that alone.
	Ahead []string
}

// PartProgress is how far somebody has come in one part.
type PartProgress struct {
	Part *Part
	// Open is set when the part can be read, and InOrder when it can without
	// the lift.
	Open, InOrder bool
	// Done is set when all its pages were seen and all its exercises that are
	// not optional were answered.
	Done                bool
	PagesSeen           int
	Exercises, Answered int // that are not optional
}

// Overview returns the progress in each part. A part opens when the one before
// it is done, and once begun it stays open, whatever a new version asks for
// besides. What is read ahead counts as done, but has begun no part.
func (p *Program) Overview(pr Progress) []PartProgress {
	counting := p.Counting(pr.Answers)
	parts := make([]PartProgress, len(p.Parts))
	begun := false
	for i := len(p.Parts) - 1; i >= 0; i-- {
		parts[i] = p.Parts[i].progress(counting, pr.Seen)
		begun = begun || p.Parts[i].begun(pr)
		parts[i].InOrder = begun || i == 0 || pr.OpenAll
	}
	for i := range parts {
		pp := &parts[i]
		pp.InOrder = pp.InOrder || i > 0 && parts[i-1].InOrder && parts[i-1].Done
		pp.Open = pp.InOrder || pr.Lift.All || slices.Contains(pr.Lift.Parts, pp.Part.Number)
	}
	return parts
}

// begun reports whether a page was seen, and not ahead of its order.
func (part *Part) begun(pr Progress) bool {
	return slices.ContainsFunc(part.Pages, func(page Page) bool {
		_, seen := pr.Seen[page.ID]
		return seen && !slices.Contains(pr.Ahead, page.ID)
	})
}

// progress counts what is done of a part.
func (part *Part) progress(answers Answers, seen map[string]int) PartProgress {
	pp := PartProgress{Part: part}
	for _, page := range part.Pages {
		if _, ok := seen[page.ID]; ok {
			pp.PagesSeen++
		}
		asked, answered := page.count(answers)
		pp.Exercises += asked
		pp.Answered += answered
	}
	pp.Done = pp.PagesSeen == len(part.Pages) && pp.Answered == pp.Exercises
	return pp
}

// count counts the exercises of a page that are not optional, and those that
// are answered.
func (page *Page) count(answers Answers) (asked, answered int) {
	for _, b := range page.Blocks {
		if b.Exercise == nil || b.Exercise.Optional {
			continue
		}
		asked++
		if _, ok := answers[b.Exercise.ID]; ok {
			answered++
		}
	}
	return asked, answered
}

// Resume returns where to go on: the page that was open last, if it is still
// there and can be read; otherwise the first page of an open part that was not
// seen or not answered; otherwise the last page.
func (p *Program) Resume(pr Progress) (*Part, *Page) {
	overview := p.Overview(pr)
	if part, page := p.Page(pr.At); page != nil && overview[part.Number-1].Open {
		return part, page
	}
	counting := p.Counting(pr.Answers)
	for _, pp := range overview {
		if !pp.Open || pp.Done {
			continue
		}
		for i := range pp.Part.Pages {
			page := &pp.Part.Pages[i]
			_, seen := pr.Seen[page.ID]
			if asked, answered := page.count(counting); !seen || answered < asked {
				return pp.Part, page
			}
		}
	}
	last := &p.Parts[len(p.Parts)-1]
	return last, &last.Pages[len(last.Pages)-1]
}

// DueHomework returns the homework to ask about on a day, counted from 1 January
// 1970: what was set on an earlier day, and not answered yet or on an earlier
// day with "not yet".
func (p *Program) DueHomework(pr Progress, today int) []*Homework {
	var due []*Homework
	counting := p.Counting(pr.Answers)
	for _, part := range p.Parts {
		for _, page := range part.Pages {
			day, seen := pr.Seen[page.ID]
			if !seen || day >= today {
				continue
			}
			for _, b := range page.Blocks {
				if b.Homework != nil && waiting(counting, b.Homework.ID, today) {
					due = append(due, b.Homework)
				}
			}
		}
	}
	return due
}

func waiting(answers Answers, id string, today int) bool {
	a, answered := answers[id]
	return !answered || slices.Contains(a.Chosen, "not_yet") && int(a.At/secondsADay) < today
}

const secondsADay = 24 * 60 * 60

// gather builds the index of what is asked.
func (p *Program) gather() {
	p.asked = map[string]*Exercise{}
	for i := range p.Parts {
		part := &p.Parts[i]
		for _, page := range part.Pages {
			for _, b := range page.Blocks {
				if e := b.asks(); e != nil {
					p.asked[e.ID] = e
				}
			}
		}
		for _, question := range EvaluationQuestions {
			id := EvaluationID(part.Number, question)
			p.asked[id] = &Exercise{ID: id, Kind: Single, Optional: true, Options: engine(EvaluationAnswers)}
		}
	}
}

// asks returns what a block asks, nil for most.
func (b Block) asks() *Exercise {
	switch {
	case b.Checklist != nil:
		return &Exercise{ID: b.Checklist.ID, Kind: Ticks, Optional: true, Question: b.Checklist.Title, Options: b.Checklist.Items}
	case b.Homework != nil:
		return &Exercise{ID: b.Homework.ID, Kind: Single, Optional: true, Question: b.Homework.Asked, Options: engine(HomeworkAnswers)}
	}
	return b.Exercise
}

// engine makes options of answers whose words are not content.
func engine(ids []string) []Option {
	options := make([]Option, len(ids))
	for i, id := range ids {
		options[i].ID = id
	}
	return options
}

// CountHomework returns how much homework was set on pages that were seen, and
// how much of it was done or partly done.
func (p *Program) CountHomework(pr Progress) (set, done int) {
	counting := p.Counting(pr.Answers)
	for _, part := range p.Parts {
		for _, page := range part.Pages {
			if _, seen := pr.Seen[page.ID]; !seen {
				continue
			}
			for _, b := range page.Blocks {
				if b.Homework == nil {
					continue
				}
				set++
				if a := counting[b.Homework.ID].Chosen; slices.Contains(a, "yes") || slices.Contains(a, "partly") {
					done++
				}
			}
		}
	}
	return set, done
}
