// Package program holds coping programmes as read-only content: programme,
// part, page, block, in bokmål, nynorsk and English.
//
// It promises:
//
//   - Content is loaded whole and without a fault, or not at all, and loading
//     tells every fault of every file at once, each with file, line and remedy.
//   - The three languages have one structure: pages, blocks, options and
//     conditions are the same, only the words differ.
//   - No programme asks for free text that is kept on a server: an exercise has
//     standard answers, and a note stays in the browser or is refused.
//   - Every condition can hold, and nothing depends on the score of a mapping.
//   - Markdown becomes HTML without raw HTML, images or other schemes than
//     https; a file of hostile content costs little to refuse.
//   - An answer keeps the version and language it was given to, and counts in
//     another version only if that version still asks it in the same way. It is
//     never read as anything else.
//
// Content comes as files (see Load). The package knows nothing of accounts,
// storage or pages of the web.
package program

import "html/template"

// Text is plain text in several languages: "nb", "nn" and "en".
type Text map[string]string

// In returns the text in lang, "" if there is none.
func (t Text) In(lang string) string { return t[lang] }

// Prose is Markdown rendered as HTML that is safe to put on a page, in several
// languages. Its headings are h2 and below.
type Prose map[string]template.HTML

// In returns the HTML in lang, "" if there is none.
func (p Prose) In(lang string) template.HTML { return p[lang] }

// Program is one coping programme. It is shared and must not be changed.
type Program struct {
	// ID names the programme in data and addresses, such as "sleep".
	ID string
	// Version is that of the content; every answer keeps it.
	Version string
	Licence string
	Author  string
	// Reviewer is who has reviewed the content clinically, and when; empty
	// when nobody has.
	Reviewer string
	Title    Text
	Summary  Text
	ForWhom  Text
	Pace     Text
	// DaysBetweenParts is advice, never a lock.
	DaysBetweenParts int
	// Mapping are the ids of the tools offered before the first part and every
	// 14 days.
	Mapping []string
	Sources []string
	Parts   []Part
	// Media are the pictures and sounds, by the names of their files.
	Media map[string][]byte

	asked map[string]*Exercise
}

// Part is one of the parts, which open in order.
type Part struct {
	Number int // from 1
	Title  Text
	Aim    Text
	// Minutes is about how long it takes.
	Minutes int
	Pages   []Page

	line int // of the front matter
	end  int // of the last line
}

// Page is what is shown at a time. Its id is unique in the programme.
type Page struct {
	ID     string
	Title  Text
	Blocks []Block

	line int
}

// Kinds of blocks.
const (
	BlockText       = "text"
	BlockExercise   = "exercise"
	BlockChecklist  = "checklist"
	BlockHomework   = "homework"
	BlockMapping    = "mapping"
	BlockNote       = "note"
	BlockPicture    = "picture"
	BlockAudio      = "audio"
	BlockRecall     = "recall"
	BlockWhen       = "when"
	BlockOffer      = "offer"
	BlockCare       = "care"
	BlockEvaluation = "evaluation"
)

// Block is a piece of a page. Kind says which of the other fields are set: the
// one of that name, Prose for text, care and when, Conditions for when and
// offer.
type Block struct {
	Kind       string
	Prose      Prose
	Conditions []Condition
	Exercise   *Exercise
	Checklist  *Checklist
	Homework   *Homework
	// Instrument is the id of the mapping tool.
	Instrument string
	Note       *Note
	Media      *Media // picture or audio
	Recall     *Recall
	Offer      *Offer

	line int
}

// Kinds of exercises. An exercise in a file is one of the first five.
const (
	Single   = "single"
	Multiple = "multiple"
	Scale    = "scale"
	Ranking  = "ranking"
	Plan     = "plan"
	Ticks    = "ticks" // of a checklist: any number, also none
)

// ScaleMax is the highest number of a scale; the lowest is 0.
const ScaleMax = 10

// Exercise is a question with standard answers.
type Exercise struct {
	ID       string
	Kind     string
	Question Text
	Help     Text // often none
	Optional bool
	// Options are what is chosen, put in order or planned.
	Options []Option
	// Times are the times of day of a plan.
	Times []Option
	// Low and High are the words at the ends of a scale.
	Low, High Text
}

// Option is one possible answer.
type Option struct {
	ID   string
	Text Text
	// Feedback is shown after the option was chosen; often none.
	Feedback Text

	line int
}

// Checklist has ticks that are kept.
type Checklist struct {
	ID    string
	Title Text
	Items []Option
}

// Homework is something to do until next time.
type Homework struct {
	ID   string
	Task Text
	// Asked is the question at the next visit.
	Asked Text
}

// Note is written by the user and stays in the browser.
type Note struct {
	ID            string
	Title, Prompt Text
}

// Media is a picture or a sound that lies beside the programme.
type Media struct {
	File string
	// Alt describes a picture; Title and Transcript belong to a sound.
	Alt, Title, Transcript Text
}

// Recall shows an earlier answer again.
type Recall struct {
	Of    string // the id of an exercise or a checklist
	Text  Text
	Empty Text // shown when it was not answered
}

// Offer is a suggestion to read another page, never a lock.
type Offer struct {
	Program string // "" is this one
	Part    int
	Page    string
	Text    Text
}

// Page returns a page and the part it is in, nil if there is none of that id.
func (p *Program) Page(id string) (*Part, *Page) {
	for i := range p.Parts {
		for j := range p.Parts[i].Pages {
			if page := &p.Parts[i].Pages[j]; page.ID == id {
				return &p.Parts[i], page
			}
		}
	}
	return nil, nil
}

// Exercise returns what is asked under an id, be it an exercise, a checklist, a
// homework or a question of an evaluation; nil if nothing is.
func (p *Program) Exercise(id string) *Exercise { return p.asked[id] }
