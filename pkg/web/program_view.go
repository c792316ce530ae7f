package web

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"selvhjelp/pkg/program"
)

// BlockView is a block of a programme's page in one language. Kind says which
// of the other fields are set.
type BlockView struct {
	Kind       string
	HTML       template.HTML
	Exercise   *ExerciseView // an exercise, a checklist, a homework that is asked about, or a question of the evaluation
	Title      string        // of a homework, a mapping, a note, a sound or what is recalled
	Text       string        // of a note or a homework, why something is offered, alt, transcript
	Href       string        // of a mapping, an offer, a picture or a sound
	Recalled   []string      // the earlier answer in words
	Note       *Note         // a note to write; nil in a preview
	Conditions []string      // for a preview: what it is shown for
}

// ExerciseView is a question with standard answers.
type ExerciseView struct {
	ID, Kind, Question, Help, Low, High string
	Optional, Wrong                     bool
	Options                             []OptionView
	Numbers                             []OptionView // of a scale
	Days                                []DayView    // of a plan
	Feedback                            []string     // on what was chosen
}

// OptionView is one possible answer.
type OptionView struct {
	ID, Text string
	Chosen   bool
	Places   []OptionView // of a ranking: the places that it can have
}

// DayView is one day of a plan.
type DayView struct {
	Number         int // 1 Monday to 7 Sunday
	Options, Times []OptionView
}

// programView says for whom a page is made.
type programView struct {
	p       *program.Program
	page    Page
	answers program.Answers // that count
	begun   program.Answers // ticked and not saved: shown in place of those, and nothing follows from them
	seen    map[string]int  // pages; empty where they are nobody else's
	wrong   []string        // exercises whose answer could not be read
	titles  func(program, page string) (title, heading string)
	tool    func(id string) string
	note    func(n *program.Note) *Note // nil in a preview
	preview bool                        // shows everything, whatever the answers are
}

// blocks makes the view of a page.
func (v programView) blocks(page *program.Page, part int) []BlockView {
	var out []BlockView
	for _, b := range page.Blocks {
		if v.preview || program.Holds(b.Conditions, v.answers) {
			out = append(out, v.block(b, part)...)
		}
	}
	return out
}

func (v programView) block(b program.Block, part int) []BlockView {
	lang := v.page.Lang
	view := BlockView{Kind: b.Kind, HTML: b.Prose.In(lang)}
	if v.preview {
		for _, c := range b.Conditions {
			view.Conditions = append(view.Conditions, c.String())
		}
	}
	switch b.Kind {
	case program.BlockExercise:
		view.Exercise = v.exercise(b.Exercise)
	case program.BlockChecklist:
		view.Exercise = v.exercise(v.p.Exercise(b.Checklist.ID))
	case program.BlockHomework:
		view.Text = b.Homework.Task.In(lang)
	case program.BlockMapping:
		view.Title, view.Href = v.tool(b.Instrument), "/me/mapping/"+b.Instrument
	case program.BlockNote:
		view.Title, view.Text = b.Note.Title.In(lang), b.Note.Prompt.In(lang)
		if v.note != nil {
			view.Note = v.note(b.Note)
		}
	case program.BlockPicture, program.BlockAudio:
		view.Title, view.Href = b.Media.Title.In(lang), "/me/programs/"+v.p.ID+"/media/"+b.Media.File
		view.Text = b.Media.Alt.In(lang) + b.Media.Transcript.In(lang)
	case program.BlockRecall:
		view.Title = b.Recall.Text.In(lang)
		if view.Recalled = v.inWords(b.Recall.Of); view.Recalled == nil {
			view.Text = b.Recall.Empty.In(lang)
		}
	case program.BlockOffer:
		view.Text = b.Offer.Text.In(lang)
		view.Title, view.Href = v.offered(b.Offer)
	case program.BlockEvaluation:
		return v.evaluation(part)
	}
	return []BlockView{view}
}

// offered is the heading and the address of what is offered; of another
// programme its title comes first.
func (v programView) offered(o *program.Offer) (title, href string) {
	if o.Program == "" {
		_, heading := v.titles(v.p.ID, o.Page)
		return heading, pagePath(v.p.ID, o.Part, o.Page)
	}
	title, heading := v.titles(o.Program, o.Page)
	return title + ": " + heading, pagePath(o.Program, o.Part, o.Page)
}

func pagePath(program string, part int, page string) string {
	return "/me/programs/" + program + "/" + strconv.Itoa(part) + "/" + page
}

// evaluation are the questions at the end of a part, which are ours.
func (v programView) evaluation(part int) []BlockView {
	out := []BlockView{{Kind: program.BlockEvaluation}}
	for _, question := range program.EvaluationQuestions {
		e := v.exercise(v.p.Exercise(program.EvaluationID(part, question)))
		e.Question = v.page.T(evaluationTexts[question])
		for i := range e.Options {
			e.Options[i].Text = v.page.T(evaluationTexts[e.Options[i].ID])
		}
		out = append(out, BlockView{Kind: program.BlockExercise, Exercise: e})
	}
	return out
}

// The texts of what the engine asks itself.
var (
	evaluationTexts = map[string]string{
		"useful": "program.useful", "understandable": "program.understandable", "recommend": "program.recommend",
		"very": "program.very", "quite": "program.quite", "little": "program.little", "not": "program.not",
	}
	homeworkTexts = map[string]string{
		"yes": "program.did", "partly": "program.partly", "no": "program.did_not", "not_yet": "program.not_yet",
	}
	weekdays = []string{"program.monday", "program.tuesday", "program.wednesday", "program.thursday", "program.friday", "program.saturday", "program.sunday"}
)

// homework asks about a homework.
func (v programView) homework(h *program.Homework) *ExerciseView {
	e := v.exercise(v.p.Exercise(h.ID))
	e.Help = h.Task.In(v.page.Lang)
	for i := range e.Options {
		e.Options[i].Text = v.page.T(homeworkTexts[e.Options[i].ID])
	}
	return e
}

// exercise is a question with what was answered before.
func (v programView) exercise(e *program.Exercise) *ExerciseView {
	lang := v.page.Lang
	a, saved := v.answers[e.ID], v.answers[e.ID].Chosen
	if begun, ok := v.begun[e.ID]; ok && begun.Kind == e.Kind {
		a = begun
	}
	view := &ExerciseView{ID: e.ID, Kind: e.Kind, Question: e.Question.In(lang), Help: e.Help.In(lang),
		Low: e.Low.In(lang), High: e.High.In(lang), Optional: e.Optional, Wrong: slices.Contains(v.wrong, e.ID)}
	for _, o := range e.Options {
		ov := OptionView{ID: o.ID, Text: o.Text.In(lang), Chosen: slices.Contains(a.Chosen, o.ID)}
		if e.Kind == program.Ranking {
			ov.Places = numbers(1, len(e.Options), 1+slices.Index(a.Order, o.ID))
		}
		view.Options = append(view.Options, ov)
		if feedback := o.Feedback.In(lang); feedback != "" && (slices.Contains(saved, o.ID) || v.preview) {
			view.Feedback = append(view.Feedback, feedback)
		}
	}
	switch e.Kind {
	case program.Scale:
		chosen := -1
		if a.Number != nil {
			chosen = *a.Number
		}
		view.Numbers = numbers(0, program.ScaleMax, chosen)
	case program.Plan:
		view.Days = days(e, a.Plan, lang)
	}
	return view
}

// numbers are the options from one number to another.
func numbers(from, to, chosen int) (out []OptionView) {
	for n := from; n <= to; n++ {
		out = append(out, OptionView{ID: strconv.Itoa(n), Text: strconv.Itoa(n), Chosen: n == chosen})
	}
	return out
}

func days(e *program.Exercise, plan []program.Day, lang string) (out []DayView) {
	for n := range weekdays {
		day := DayView{Number: n + 1}
		i := slices.IndexFunc(plan, func(d program.Day) bool { return d.Weekday == n+1 })
		var planned program.Day
		if i >= 0 {
			planned = plan[i]
		}
		for _, o := range e.Options {
			day.Options = append(day.Options, OptionView{ID: o.ID, Text: o.Text.In(lang), Chosen: slices.Contains(planned.Activities, o.ID)})
		}
		for _, o := range e.Times {
			day.Times = append(day.Times, OptionView{ID: o.ID, Text: o.Text.In(lang), Chosen: planned.Time == o.ID})
		}
		out = append(out, day)
	}
	return out
}

// Weekday is the name of the day.
func (p Page) Weekday(number int) string { return p.T(weekdays[number-1]) }

// inWords is an answer as its user reads it, a line for each piece; nil if there
// is none.
func (v programView) inWords(id string) (out []string) {
	e, lang := v.p.Exercise(id), v.page.Lang
	a, answered := v.answers[id]
	if e == nil || !answered {
		return nil
	}
	for _, option := range slices.Concat(a.Chosen, a.Order) {
		out = append(out, named(e.Options, option, lang))
	}
	if a.Number != nil {
		out = append(out, v.page.T("program.of_ten", "Number", *a.Number))
	}
	for _, d := range a.Plan {
		var activities []string
		for _, id := range d.Activities {
			activities = append(activities, named(e.Options, id, lang))
		}
		out = append(out, v.page.Weekday(d.Weekday)+", "+named(e.Times, d.Time, lang)+": "+strings.Join(activities, ", "))
	}
	return out
}

func named(options []program.Option, id, lang string) string {
	for _, o := range options {
		if o.ID == id {
			return o.Text.In(lang)
		}
	}
	return id
}

// exerciseOn is a question on a page, for its template.
type exerciseOn struct {
	Page     Page
	Exercise *ExerciseView
}

// blockOn is a block on a page, for its template.
type blockOn struct {
	Page  Page
	Block BlockView
}

// Ask is a question on this page.
func (p Page) Ask(e *ExerciseView) exerciseOn { return exerciseOn{p, e} }

// Show is a block on this page.
func (p Page) Show(b BlockView) blockOn { return blockOn{p, b} }
