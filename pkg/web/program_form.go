package web

import (
	"maps"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/program"
)

// exerciseField is the name of a form's field for an exercise: "a." before its
// id, so that no exercise takes the name of a field of ours; what follows a
// second dot is an option of a ranking or a day of a plan.
const exerciseField = "a."

// asked returns what a page asks: exercises, checklists, and at the end of a
// part the questions of the evaluation.
func asked(p *program.Program, part int, page *program.Page) (out []*program.Exercise) {
	for _, b := range page.Blocks {
		switch {
		case b.Exercise != nil:
			out = append(out, b.Exercise)
		case b.Checklist != nil:
			out = append(out, p.Exercise(b.Checklist.ID))
		case b.Kind == program.BlockEvaluation:
			for _, question := range program.EvaluationQuestions {
				out = append(out, p.Exercise(program.EvaluationID(part, question)))
			}
		}
	}
	return out
}

// filledIn is what a form says of exercises.
type filledIn struct {
	given program.Answers
	begun program.Answers // rankings that lack a place, as far as they go
	wrong []string        // exercises whose answer is none, in the order of the page
	gone  program.Answers // what was left empty
}

// exerciseAnswers reads the answers of a form.
func (s *Server) exerciseAnswers(c *fiber.Ctx, p *program.Program, lang string, list []*program.Exercise) filledIn {
	out := filledIn{given: program.Answers{}, begun: program.Answers{}, gone: program.Answers{}}
	for _, e := range list {
		a := exerciseAnswer(c, e)
		a.Kind, a.Version, a.Language, a.At = e.Kind, p.Version, lang, s.now().Unix()
		switch {
		case a.Empty():
			out.gone[e.ID] = a
		case p.Check(e.ID, a) == nil:
			out.given[e.ID] = a
		default:
			out.wrong = append(out.wrong, e.ID)
			if e.Kind == program.Ranking {
				out.begun[e.ID] = a
			}
		}
	}
	return out
}

// shown is what is filled in, be it an answer or not: what was left empty is
// filled in with nothing.
func (f filledIn) shown() program.Answers {
	all := maps.Clone(f.given)
	maps.Copy(all, f.begun)
	maps.Copy(all, f.gone)
	return all
}

// exerciseAnswer reads what a form says of one exercise; it may be no answer.
func exerciseAnswer(c *fiber.Ctx, e *program.Exercise) (a program.Answer) {
	name := exerciseField + e.ID
	switch e.Kind {
	case program.Scale:
		if text := field(c, name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				n = -1 // is refused
			}
			a.Number = &n
		}
	case program.Ranking:
		a.Order = ranked(c, name, e.Options)
	case program.Plan:
		a.Plan = planned(c, name)
	default:
		a.Chosen = values(c, name)
	}
	return a
}

// ranked puts the options in the order of the places they were given. Two at
// one place, or one without, leave a gap, and a list with a gap is no answer.
func ranked(c *fiber.Ctx, name string, options []program.Option) []string {
	places := make([]string, len(options))
	var order []string
	for _, o := range options {
		text := field(c, name+"."+o.ID)
		if text == "" {
			continue
		}
		order = append(order, o.ID)
		if n, err := strconv.Atoi(text); err == nil && 1 <= n && n <= len(places) {
			places[n-1] = o.ID
		}
	}
	if len(order) == 0 {
		return nil
	}
	return places
}

// planned reads the days of a plan that have something.
func planned(c *fiber.Ctx, name string) (plan []program.Day) {
	for n := range weekdays {
		day := name + "." + strconv.Itoa(n+1)
		if activities := values(c, day); len(activities) > 0 {
			plan = append(plan, program.Day{Weekday: n + 1, Activities: activities, Time: field(c, day+".time")})
		}
	}
	return plan
}
