package registration

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/program"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Exercise is the answer to one exercise of a programme, to a homework or to a
// question of an evaluation. Each is a record of its own, so that who lacks the
// keys cannot tell it from a visit; only the plan of a full week takes more
// room.
type Exercise struct {
	ID       ID             `json:"-"`
	Program  string         `json:"p"`
	Exercise string         `json:"e"`
	Answer   program.Answer `json:"a"`
}

// Place is how far a programme was read. It is never shared.
type Place struct {
	Program string         `json:"p"`
	Seen    map[string]int `json:"s,omitempty"` // day number on which each page was first gone on from, by its id
	Page    string         `json:"g,omitempty"` // to go on with
	OpenAll bool           `json:"o,omitempty"` // the order of the parts is lifted
	Ahead   []string       `json:"h,omitempty"` // ids of pages that were gone on from before their turn, because a professional had sent them
	Changed int64          `json:"c"`           // seconds since 1970
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

// SaveAnswers stores answers to exercises of a programme and removes those to
// the exercises gone; the caller saves the account. An answer that says the same
// as the one before leaves it as it was; one that says something else takes its
// place, and what it replaced goes into the account's history. It returns all
// answers to the programme as they are then.
func SaveAnswers(tx store.Tx, a *vault.Account, id string, answers program.Answers, gone []string, now time.Time) (program.Answers, error) {
	list, err := Exercises(tx, a.Scope())
	if err != nil {
		return nil, err
	}
	before := map[string]Exercise{}
	for _, e := range list {
		if e.Program == id {
			before[e.Exercise] = e
		}
	}
	after := AnswersOf(list, id)
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
		if answered && old.Answer.Same(answer) {
			continue
		}
		after[exercise] = answer
		if err := replace(tx, a, old, answered, Exercise{Program: id, Exercise: exercise, Answer: answer}, now); err != nil {
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

// LoadPlace returns how far a programme was read.
func LoadPlace(r store.Reader, a *vault.Account, id string) (Place, error) {
	key := ownKey(a, placeName(id))
	sealed, err := draftTable.Get(r, key)
	if errors.Is(err, store.ErrNotFound) {
		return Place{}.of(id), nil
	} else if err != nil {
		return Place{}, err
	}
	p, err := openOwn[Place](a, "draft", key, sealed)
	return p.of(id), err
}

// SavePlace stores how far a programme was read.
func SavePlace(tx store.Tx, a *vault.Account, p Place, now time.Time) error {
	p.Changed = now.Unix()
	return putOwn(tx, a, draftTable, "draft", ownKey(a, placeName(p.Program)), p)
}

// Places returns how far each programme was read.
func Places(r store.Reader, a *vault.Account) ([]Place, error) {
	list, err := listOwn[Place](r, a, draftTable, "draft")
	return slices.DeleteFunc(list, func(p Place) bool { return p.Program == "" }), err // unfinished mappings
}

// placeName is never the name of an instrument: that has no space.
func placeName(id string) []byte { return []byte("programme " + id) }

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
