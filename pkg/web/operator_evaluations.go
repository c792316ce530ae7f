package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/request"
	"selvhjelp/pkg/statistics"
	"selvhjelp/store"
)

type evaluationsPage struct {
	Page
	Least  int // the smallest number that is shown
	Groups []EvaluationGroup
}

// EvaluationGroup is what one kind of people has answered.
type EvaluationGroup struct {
	Who, Title string // Title is the id of a text
	Questions  []EvaluationSum
}

// EvaluationSum is how often each answer was given to a question.
type EvaluationSum struct {
	ID, Text string // Text is the id of a text
	Answers  []AnswerCount
}

// AnswerCount is how often an answer was given.
type AnswerCount struct {
	Text  string // the id of a text
	Count int
}

// evaluations shows the sums. As all evaluations are opened for them, the audit
// entry is committed before.
func (s *Server) evaluations(v *staffVisit) error {
	err := s.noted(v, s.entry(v, audit.Sums), func(tx store.Tx) error {
		tx.Essential()
		return nil
	})
	if err != nil {
		return err
	}
	page := evaluationsPage{Page: v.page, Least: statistics.Least}
	err = s.usage.View(v.UserContext(), func(r store.Reader) error {
		users, professionals, err := request.Evaluations(r, v.keys, s.now())
		page.Groups = []EvaluationGroup{
			{"users", "evaluations.users", evaluationSums(users)},
			{"professionals", "evaluations.pros", evaluationSums(professionals)},
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "operator/sums", page)
}

// evaluationSums puts sums into words, the best answer first.
func evaluationSums(sums []request.Sum) (out []EvaluationSum) {
	for _, sum := range sums {
		line := EvaluationSum{ID: sum.Question, Text: questionTexts[sum.Question]}
		for value, n := range slices.Backward(sum.Levels[:]) {
			if n > 0 {
				line.Answers = append(line.Answers, AnswerCount{levelTexts[value], n})
			}
		}
		if sum.Others > 0 {
			line.Answers = append(line.Answers, AnswerCount{"evaluations.others", sum.Others})
		}
		out = append(out, line)
	}
	return out
}
