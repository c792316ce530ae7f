package registration

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"time"

	"selvhjelp/pkg/program"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Exercise is the answer to one exercise of a programme or to a homework. Each is a record of its own, so that who lacks the
// keys cannot tell it from a visit; only the plan of a full week takes more
// room.
type Exercise struct {
	ID       ID             `json:"-"`
	Program  string         `json:"p"`
	Exercise string         `json:"e"`
	Answer   program.Answer `json:"a"`
}

// Programs is the summary of the programme category.
type Programs struct {
	Courses map[string]ProgramCourse `json:"p,omitempty"` // by programme
}

// ProgramCourse is how far somebody has come in one programme.
type ProgramCourse struct {
	Version  string `json:"v"`           // of the content
	Parts    int    `json:"n"`           // that the programme has
	Done     []int  `json:"d,omitempty"` // numbers of the parts that are done
	Set      int    `json:"s,omitempty"` // homework that was set
	Homework int    `json:"h,omitempty"` // of it, that was done or partly done
	Last     int64  `json:"t"`           // of the last use, seconds since 1970
	Answered int64  `json:"a,omitempty"` // of the newest answer, seconds since 1970; 0 for none
}

// Exercises returns the answers that the scope opens, oldest first.
func Exercises(r store.Reader, s vault.Scope) ([]Exercise, error) {
	var out []Exercise
	for p, err := range all(r, s.Of(vault.Programme), false) {
		if err != nil {
			return nil, err
		}
		e, err := decode[Exercise](p.data)
		if err != nil {
			return nil, err
		}
		e.ID = p.id
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Exercise) int {
		return cmp.Or(cmp.Compare(a.Answer.At, b.Answer.At), slices.Compare(a.ID[:], b.ID[:]))
	})
	return out, nil
}

// AnswersOf returns the answers among them to a programme.
func AnswersOf(list []Exercise, id string) program.Answers {
	answers := program.Answers{}
	for _, e := range list {
		if e.Program == id {
			answers[e.Exercise] = e.Answer
		}
	}
	return answers
}

// SaveAnswers stores answers to exercises of the programme whose place it is and
// removes those to the exercises gone; the caller saves the place and the
// account. An answer that says the same as the one before leaves it as it was;
// one that says something else takes its place, and what it replaced goes into
// the account's history. What is thought of a part goes into the place alone,
// which nobody else can open. It returns all answers to the programme as they are
// then.
func SaveAnswers(tx store.Tx, a *vault.Account, place *Place, answers program.Answers, gone []string, now time.Time) (program.Answers, error) {
	list, err := Exercises(tx, a.Scope())
	if err != nil {
		return nil, err
	}
	before := map[string]Exercise{}
	for _, e := range list {
		if e.Program == place.Program {
			before[e.Exercise] = e
		}
	}
	place.take(answers, gone)
	after := AnswersOf(list, place.Program)
	maps.Copy(after, place.Opinions)
	for _, exercise := range gone {
		if old, ok := before[exercise]; ok {
			delete(after, exercise)
			if err := removeAnswer(tx, a, old.ID); err != nil {
				return nil, err
			}
		}
	}
	for exercise, answer := range answers {
		old, answered := before[exercise]
		if program.IsOpinion(exercise) || answered && old.Answer.Same(answer) {
			continue
		}
		after[exercise] = answer
		if err := replace(tx, a, old, answered, Exercise{Program: place.Program, Exercise: exercise, Answer: answer}, now); err != nil {
			return nil, err
		}
	}
	return after, nil
}

// replace stores an answer, in place of the one before if there is one.
func replace(tx store.Tx, a *vault.Account, old Exercise, answered bool, e Exercise, now time.Time) error {
	e.ID = NewID()
	if answered {
		e.ID = old.ID
		if err := keep(tx, a, Replaced{Of: old.ID[:], Exercise: &old}, now); err != nil {
			return err
		}
	}
	return put(tx, a, vault.Programme, regKey(a, e.ID), e)
}

func removeAnswer(tx store.Tx, a *vault.Account, id ID) error {
	return errors.Join(regTable.Delete(tx, regKey(a.Scope(), id)), forget(tx, a, id))
}

// ProgramSummary reads the summary of the programmes; it is empty when there is
// none or the scope does not cover them.
func ProgramSummary(r store.Reader, s vault.Scope) (Programs, error) {
	return readSummary[Programs](r, s, vault.Programme)
}

// SaveCourse brings the summary up to date; the caller saves the account.
func SaveCourse(tx store.Tx, a *vault.Account, id string, course ProgramCourse) error {
	sum, err := ProgramSummary(tx, a.Scope())
	if err != nil {
		return err
	}
	if sum.Courses == nil {
		sum.Courses = map[string]ProgramCourse{}
	}
	sum.Courses[id] = course
	return putSummary(tx, a, vault.Programme, sum)
}

// DeleteProgram removes every answer to a programme, what they replaced, how far
// it was read and what the summary says of it; the caller saves the account.
func DeleteProgram(tx store.Tx, a *vault.Account, id string) error {
	list, err := Exercises(tx, a.Scope())
	if err != nil {
		return err
	}
	sum, err := ProgramSummary(tx, a.Scope())
	if err != nil {
		return err
	}
	tx.Essential()
	for _, e := range list {
		if e.Program != id {
			continue
		}
		if err := removeAnswer(tx, a, e.ID); err != nil {
			return err
		}
	}
	if err := draftTable.Delete(tx, ownKey(a, placeName(id))); err != nil {
		return err
	}
	if _, ok := sum.Courses[id]; !ok {
		return nil
	}
	delete(sum.Courses, id)
	return putSummary(tx, a, vault.Programme, sum)
}
