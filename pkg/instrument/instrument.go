// Package instrument holds mapping tools: their items, their scoring and their
// bands, exactly as published.
//
// It promises:
//
//   - A score is the published sum over a complete set, times the published
//     factor. An incomplete set has no score and no band: nothing is filled in
//     or averaged. A tool has a total, scales of some of its items, or both.
//   - Items that are not scored never count, nor does "not applicable"; an item
//     that is asked the other way round counts the other way round. An answer to
//     a risk item is seen even in an incomplete set.
//   - Every score from the lowest to the highest possible one lies in exactly
//     one band, or the published rule over the answers finds exactly one.
//   - A tool is loaded whole and without a fault, or not at all, and loading
//     tells every fault of every file at once.
//   - A tool whose licence does not let everybody use it is loaded only when the
//     operator has answered for it by name or by its id.
//   - A version that has been replaced is kept beside the one that is offered,
//     for what was begun or recorded in it. Nobody begins in it, and scores of
//     versions that count otherwise are not compared.
//   - A file of hostile content costs little to refuse.
//
// A band is a way to follow oneself over time. It is never a diagnosis, and
// the texts say so.
//
// Content comes as files (see Load). The package knows nothing of accounts,
// storage or pages.
package instrument

import "slices"

// Text is a text in several languages: "nb", "nn" and "en".
type Text map[string]string

// In returns the text in lang together with the language it really is in:
// where there is no nynorsk, nn falls back to nb, and a language that is
// missing otherwise falls back to nb and then to en. No text at all is "" in
// lang itself.
func (t Text) In(lang string) (text, textLang string) {
	for _, l := range []string{lang, "nb", "en"} {
		if s, ok := t[l]; ok {
			return s, l
		}
	}
	return "", lang
}

// Option is one possible answer to an item and the value it counts for.
type Option struct {
	Value int
	Text  Text
	// NA marks "not applicable": an answer that counts as nothing.
	NA bool
}

// Item is one question.
type Item struct {
	ID      string
	Text    Text
	Options []Option
	// Risk marks an item where any answer above 0 calls for help at once.
	Risk bool
	// Optional marks an item that may be left unanswered.
	Optional bool
	// Scored marks an item that counts in a score.
	Scored bool
	// Reverse marks an item that is asked the other way round: the highest
	// value counts as the lowest.
	Reverse bool
	// ShowIfAnyAbove asks the item only when any scored item was answered
	// with a value above it; -1 asks always.
	ShowIfAnyAbove int
	// Intro is our own line before the item, often none.
	Intro Text
}

func (it Item) accepts(value int) bool {
	return slices.ContainsFunc(it.Options, func(o Option) bool { return o.Value == value })
}

// Licence says by what right a tool is shown.
type Licence struct {
	ID, Holder string
	// Commercial is "yes", "no" or "ask".
	Commercial string
	// Evidence is the address where the terms can be read.
	Evidence string
	// Notice is what the person who answers must be shown.
	Notice Text
	// Accepted says who of the operator answers for the use.
	Accepted Acceptance
}

// Acceptance is somebody's word that the terms of a licence are kept.
type Acceptance struct {
	Name string
	Day  string // as 2026-01-31
}

// Places of a tool among the others; most have none.
const (
	First = "first" // recommended, on the start page
	Daily = "daily" // a short form for every day, on the start page
)

// Instrument is one mapping tool. It is shared and must not be changed.
type Instrument struct {
	// ID names the tool in data and addresses, such as "phq9".
	ID      string
	Version string
	// Source says where the wording comes from.
	Source            string
	Title, ShortTitle Text
	// Stem is the question that the items complete.
	Stem Text
	// Period is the time the answers are about.
	Period    Text
	Citations []string
	Licence   Licence
	// TextStatus says for each language whether a person has compared the
	// published wording with its source: "verified" or "unverified".
	TextStatus map[string]string
	// PublishedIn are the languages of the wording; none is bokmål and English.
	PublishedIn []string
	Items       []Item
	// Total is the score over all scored items, nil where there is none.
	Total *Scale
	// Scales are scores over some of the items, often none.
	Scales []Scale
	// Place is where the tool is offered: First, Daily or "".
	Place string
	// MinIntervalDays is how many days should lie between two answers.
	MinIntervalDays int
}

// Unverified reports whether the published wording that a reader of lang is
// shown has yet to be compared with its source by a person.
func (in *Instrument) Unverified(lang string) bool {
	status, _ := Text(in.TextStatus).In(lang)
	return status != "verified"
}
