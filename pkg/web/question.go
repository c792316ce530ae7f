package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"selvhjelp/pkg/instrument"
)

// Question is one item as a form shows it.
type Question struct {
	ID, Text, Lang, Intro, IntroLang string
	Number                           int
	Optional                         bool
	Missing                          bool
	Options                          []Answer
	Field                            template.HTML // the question written out, in a form for every day
}

// Answer is one option of a question.
type Answer struct {
	Value  int
	Text   string
	Lang   string
	Chosen bool
}

// blankForms are the questions of all mapping tools that are offered as they stand before anybody has
// answered, by tool and item. Pages take them as they are and change none.
func (s *Server) blankForms(lang string) map[*instrument.Instrument]map[string]Question {
	out := map[*instrument.Instrument]map[string]Question{}
	for _, in := range s.instruments.All() {
		out[in] = s.blankForm(in, lang)
	}
	return out
}

func (s *Server) blankForm(in *instrument.Instrument, lang string) map[string]Question {
	out := map[string]Question{}
	offered, _ := s.instruments.Get(in.ID) // which an older version is shown in place of
	daily := offered != nil && offered.Place == instrument.Daily
	for _, item := range in.Items {
		q := question(item, lang)
		if daily {
			q.Field = s.written(q, lang)
		}
		out[item.ID] = q
	}
	return out
}

// written is a question with its options as a list to choose from.
func (s *Server) written(q Question, lang string) template.HTML {
	var b strings.Builder
	err := s.field.Execute(&b, struct {
		Question
		Choose string
	}{q, s.texts[lang].get("tools.choose")})
	if err != nil {
		panic(fmt.Errorf("templates/field.html: %w", err)) // the same at every start
	}
	return template.HTML(b.String())
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

// answered is a question with an answer chosen.
func (s *Server) answered(q Question, value int, lang string) Question {
	q.Options = slices.Clone(q.Options)
	for i, o := range q.Options {
		q.Options[i].Chosen = o.Value == value
	}
	if q.Field != "" {
		q.Field = s.written(q, lang)
	}
	return q
}
