package web

import (
	"slices"

	"selvhjelp/pkg/instrument"
)

// Question is one item as a form shows it.
type Question struct {
	ID, Text, Lang, Intro, IntroLang string
	Number                           int
	Optional                         bool
	Missing                          bool
	Options                          []Answer
}

// Answer is one option of a question.
type Answer struct {
	Value  int
	Text   string
	Lang   string
	Chosen bool
}

// blankForms are the questions of all mapping tools as they stand before anybody has
// answered, by tool and item. Pages take them as they are and change none.
func blankForms(list []*instrument.Instrument, lang string) map[string]map[string]Question {
	out := map[string]map[string]Question{}
	for _, in := range list {
		out[in.ID] = map[string]Question{}
		for _, item := range in.Items {
			out[in.ID][item.ID] = question(item, lang)
		}
	}
	return out
}

func question(item instrument.Item, lang string) Question {
	q := Question{ID: item.ID, Optional: item.Optional, Options: make([]Answer, 0, len(item.Options))}
	q.Text, q.Lang = item.Text.In(lang)
	q.Intro, q.IntroLang = item.Intro.In(lang)
	for _, o := range item.Options {
		a := Answer{Value: o.Value}
		a.Text, a.Lang = o.Text.In(lang)
		q.Options = append(q.Options, a)
	}
	return q
}

// answered is the question with an answer chosen.
func (q Question) answered(value int) Question {
	q.Options = slices.Clone(q.Options)
	for i, o := range q.Options {
		q.Options[i].Chosen = o.Value == value
	}
	return q
}
