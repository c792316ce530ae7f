package web

import (
	"maps"
	"slices"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// ProgramFacts are the facts about one programme. Page, Seen, Ahead, OpenAll and
// Changed are how far it was read; Version, Parts, Done, HomeworkSet,
// HomeworkDone, Last and Answered are what the summary says of it. Unfinished
// are answers that were ticked and not saved.
type ProgramFacts struct {
	Program      string            `json:"programme"`
	Answers      []ExerciseFacts   `json:"answers"`
	Replaced     []ExerciseFacts   `json:"replaced"`
	Unfinished   []ExerciseFacts   `json:"unfinished"`
	Opinions     []ExerciseFacts   `json:"opinions"` // of the parts
	Seen         map[string]string `json:"pages"`    // days, by page
	Page         string            `json:"page,omitempty"`
	Ahead        []string          `json:"pages_ahead,omitempty"` // read before their turn
	OpenAll      bool              `json:"all_open,omitempty"`
	Changed      string            `json:"changed,omitempty"`
	Version      string            `json:"version,omitempty"`
	Parts        int               `json:"parts"`
	Done         []int             `json:"parts_done"`
	HomeworkSet  int               `json:"homework_set"`
	HomeworkDone int               `json:"homework_done"`
	Last         string            `json:"last,omitempty"`
	Answered     string            `json:"answered,omitempty"` // the newest answer
}

// ExerciseFacts are the facts about one answer.
type ExerciseFacts struct {
	ID         string    `json:"id,omitempty"`
	Exercise   string    `json:"exercise"`
	Kind       string    `json:"kind"`
	Version    string    `json:"version"`
	Language   string    `json:"language"`
	At         string    `json:"at"`                    // RFC 3339
	ReplacedAt string    `json:"replaced_at,omitempty"` // by a later answer
	Chosen     []string  `json:"chosen,omitempty"`
	Number     []int     `json:"number,omitempty"` // one, of a scale
	Order      []string  `json:"order,omitempty"`
	Plan       []DayFact `json:"plan,omitempty"`
}

// DayFact is what is planned for one day of the week.
type DayFact struct {
	Weekday    int      `json:"weekday"` // 1 Monday to 7 Sunday
	Activities []string `json:"activities"`
	Time       string   `json:"time"`
}

// programsFacts gathers facts by programme.
type programsFacts map[string]*ProgramFacts

func (all programsFacts) of(id string) *ProgramFacts {
	if all[id] == nil {
		all[id] = &ProgramFacts{Program: id, Answers: []ExerciseFacts{}, Replaced: []ExerciseFacts{},
			Unfinished: []ExerciseFacts{}, Opinions: []ExerciseFacts{}, Seen: map[string]string{}, Done: []int{}}
	}
	return all[id]
}

// exportPrograms collects them: answers, what they replaced, how far one was
// read, and the summary.
func exportPrograms(r store.Reader, a *vault.Account, e *Everything) error {
	list, err := registration.Exercises(r, a.Scope())
	if err != nil {
		return err
	}
	history, err := registration.History(r, a)
	if err != nil {
		return err
	}
	places, err := registration.Places(r, a)
	if err != nil {
		return err
	}
	sum, err := registration.ProgramSummary(r, a.Scope())
	all := programsFacts{}
	for _, x := range list {
		f := all.of(x.Program)
		f.Answers = append(f.Answers, recordFacts(x.ID, x))
	}
	for _, h := range history {
		if h.Exercise != nil {
			all.of(h.Exercise.Program).replaced(h)
		}
	}
	for _, p := range places {
		all.of(p.Program).read(p)
	}
	for id, c := range sum.Courses {
		all.of(id).summed(c)
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		e.Programs = append(e.Programs, *all[id])
	}
	return err
}

func (f *ProgramFacts) replaced(h registration.Replaced) {
	facts := recordFacts(h.ID, *h.Exercise)
	facts.ReplacedAt = stamp(h.At)
	f.Replaced = append(f.Replaced, facts)
}

func (f *ProgramFacts) read(p registration.Place) {
	f.Page, f.Ahead, f.OpenAll, f.Changed = p.Page, p.Ahead, p.OpenAll, stamp(p.Changed)
	for page, day := range p.Seen {
		f.Seen[page] = deadline.Day(day).String()
	}
	f.Unfinished, f.Opinions = append(f.Unfinished, answerFacts(p.Begun)...), append(f.Opinions, answerFacts(p.Opinions)...)
}

func (f *ProgramFacts) summed(c registration.ProgramCourse) {
	f.Version, f.Parts, f.HomeworkSet, f.HomeworkDone = c.Version, c.Parts, c.Set, c.Homework
	f.Last, f.Answered = stamp(c.Last), stamp(c.Answered)
	f.Done = append(f.Done, c.Done...)
}

func recordFacts(id registration.ID, x registration.Exercise) ExerciseFacts {
	f := exerciseFacts(x.Exercise, x.Answer)
	f.ID = id.String()
	return f
}

// answerFacts are the facts about answers that have no record of their own.
func answerFacts(answers program.Answers) (out []ExerciseFacts) {
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		out = append(out, exerciseFacts(id, answers[id]))
	}
	return out
}

func exerciseFacts(exercise string, a program.Answer) ExerciseFacts {
	f := ExerciseFacts{Exercise: exercise, Kind: a.Kind, Version: a.Version, Language: a.Language, At: stamp(a.At),
		Chosen: a.Chosen, Order: a.Order, Plan: planFacts(a.Plan)}
	if a.Number != nil {
		f.Number = []int{*a.Number}
	}
	return f
}

func planFacts(plan []program.Day) (out []DayFact) {
	for _, d := range plan {
		out = append(out, DayFact{d.Weekday, d.Activities, d.Time})
	}
	return out
}
