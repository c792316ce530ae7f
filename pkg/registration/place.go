package registration

import (
	"errors"
	"maps"
	"slices"
	"time"

	"selvhjelp/pkg/program"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Place is how far a programme was read. It is never shared.
type Place struct {
	Program string         `json:"p"`
	Seen    map[string]int `json:"s,omitempty"` // day number on which each page was first gone on from, by its id
	Page    string         `json:"g,omitempty"` // to go on with
	OpenAll bool           `json:"o,omitempty"` // the order of the parts is lifted
	Ahead   []string       `json:"h,omitempty"` // ids of pages that were gone on from before their turn, because a professional had sent them
	// Begun are answers that were ticked and not saved yet, by exercise; one
	// without anything takes an answer away. Nothing follows from them.
	Begun program.Answers `json:"b,omitempty"`
	// Opinions are what is thought of the parts (program.IsOpinion).
	Opinions program.Answers `json:"e,omitempty"`
	Changed  int64           `json:"c"` // seconds since 1970
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

// SaveProgress stores how far a programme was read, and what its summary says
// with these answers; the caller saves the account.
func SaveProgress(tx store.Tx, a *vault.Account, p *program.Program, place Place, answers program.Answers, now time.Time) error {
	if err := SavePlace(tx, a, place, now); err != nil {
		return err
	}
	pr := place.Progress(answers)
	course := ProgramCourse{Version: p.Version, Parts: len(p.Parts), Last: now.Unix()}
	for _, pp := range p.Overview(pr) {
		if pp.Done {
			course.Done = append(course.Done, pp.Part.Number)
		}
	}
	course.Set, course.Homework = p.CountHomework(pr)
	course.Answered = answers.Newest()
	return SaveCourse(tx, a, p.ID, course)
}

// Progress is how far somebody with these answers, opinions or not, has come.
func (p Place) Progress(answers program.Answers) program.Progress {
	all := maps.Clone(answers)
	maps.Copy(all, p.Opinions)
	return program.Progress{Answers: all, Seen: p.Seen, At: p.Page, OpenAll: p.OpenAll, Ahead: p.Ahead}
}

// Places returns how far each programme was read.
func Places(r store.Reader, a *vault.Account) ([]Place, error) {
	list, err := listOwn[Place](r, a, draftTable, "draft")
	return slices.DeleteFunc(list, func(p Place) bool { return p.Program == "" }), err // unfinished mappings
}

// placeName is never the name of an instrument: that has no space.
func placeName(id string) []byte { return []byte("programme " + id) }

// Begin notes answers that were ticked and not saved, unless they say what is
// saved.
func (p *Place) Begin(ticked, saved program.Answers) {
	if p.Begun == nil {
		p.Begun = program.Answers{}
	}
	for exercise, answer := range ticked {
		old, answered := saved[exercise]
		if answered && old.Same(answer) || !answered && answer.Empty() {
			delete(p.Begun, exercise)
		} else {
			p.Begun[exercise] = answer
		}
	}
}

// take notes that answers are saved, and keeps the opinions among them.
func (p *Place) take(answers program.Answers, gone []string) {
	for _, exercise := range gone {
		delete(p.Begun, exercise)
		delete(p.Opinions, exercise)
	}
	for exercise, answer := range answers {
		delete(p.Begun, exercise)
		if program.IsOpinion(exercise) {
			if p.Opinions == nil {
				p.Opinions = program.Answers{}
			}
			p.Opinions[exercise] = answer
		}
	}
}
