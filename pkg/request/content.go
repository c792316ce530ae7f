package request

import (
	"errors"
	"slices"
	"unicode/utf8"

	"selvhjelp/pkg/accesscode"
)

// Kind says what a message is about.
type Kind string

// The kinds of messages.
const (
	Correction Kind = "correction" // of something that is recorded
	Suggestion Kind = "suggestion" // to change the service
	Evaluation Kind = "evaluation" // of the service, in standard answers alone
	OnBehalf   Kind = "behalf"     // from a professional for a user
)

// The longest texts, in characters.
const (
	MaxText     = 4000
	MaxOnBehalf = 500
)

const maxAbout, maxReference = 40, 12 // bytes

// Matters are what a professional can ask for on behalf of a user (GDPR,
// articles 15 to 17).
var Matters = []string{"access", "correction", "deletion", "other"}

// Questions are the ids of the statements of the evaluation. An answer is from 1
// (does not fit at all) to 5 (fits completely), or NoneFits.
var Questions = []string{"find", "understand", "useful", "safe", "recommend"}

// The answers to a question of the evaluation.
const (
	NoneFits = 0
	MostFits = 5
)

// Errors of Check.
var (
	ErrKind  = errors.New("request: unknown kind, matter or answer")
	ErrEmpty = errors.New("request: nothing is written or answered")
	ErrLong  = errors.New("request: the text is too long")
	ErrCode  = errors.New("request: an access code is in the text")
)

// Content is what a sender writes.
type Content struct {
	Kind         Kind           `json:"k"`
	About        string         `json:"a,omitempty"` // the category of a correction, the matter of OnBehalf
	Reference    string         `json:"r,omitempty"` // of OnBehalf, when it is given
	Text         string         `json:"t,omitempty"`
	Answers      map[string]int `json:"e,omitempty"` // of Evaluation, by question
	Language     string         `json:"l,omitempty"` // of the sender's pages
	Professional bool           `json:"p,omitempty"` // the sender is one
}

// Max is the length that the text of a kind may have, in characters.
func (k Kind) Max() int {
	switch k {
	case Evaluation:
		return 0
	case OnBehalf:
		return MaxOnBehalf
	}
	return MaxText
}

// Check reports what is wrong: ErrKind, ErrEmpty, ErrLong or ErrCode.
func (c Content) Check() error {
	switch {
	case !c.known() || len(c.About) > maxAbout || len(c.Reference) > maxReference:
		return ErrKind
	case utf8.RuneCountInString(c.Text) > c.Kind.Max():
		return ErrLong
	case c.Kind == Evaluation && len(c.Answers) == 0, (c.Kind == Correction || c.Kind == Suggestion) && c.Text == "":
		return ErrEmpty
	case accesscode.Within(c.Text):
		return ErrCode
	}
	return nil
}

// known reports whether the kind, and what goes with it, is one that there is.
func (c Content) known() bool {
	for question, value := range c.Answers {
		if !slices.Contains(Questions, question) || value < NoneFits || value > MostFits {
			return false
		}
	}
	switch c.Kind {
	case Correction:
		return c.About != ""
	case OnBehalf:
		return c.Professional && slices.Contains(Matters, c.About)
	}
	return c.Kind == Suggestion || c.Kind == Evaluation
}
