package main

import (
	"context"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// demoCourses are the programmes that users of the demo have begun: the parts
// that they are through, and the pages of the part after these. What they took
// along from the last part has not been asked about yet.
var demoCourses = []struct {
	state, program string
	parts, pages   int
}{
	{"sharing", "sleep", 3, 2},
	{"private", "anxiety", 1, 3},
	{"asked", "anxiety", 3, 2},
}

// courses lets the users go through their programmes, a part a week.
func (s seeder) courses(ctx context.Context, w demoWorld) error {
	for _, c := range demoCourses {
		p, ok := s.programs.Get(c.program)
		if !ok { // an operator's content may have others
			continue
		}
		err := s.usage.Update(ctx, func(tx store.Tx) error {
			a, err := s.account(tx, w, c.state)
			if err != nil {
				return err
			}
			if err := s.course(tx, a, p, c.parts, c.pages); err != nil {
				return err
			}
			return a.Save(tx)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// course reads and answers the parts, and the pages of the part after these.
func (s seeder) course(tx store.Tx, a *vault.Account, p *program.Program, parts, pages int) error {
	place := registration.Place{Program: p.ID, Seen: map[string]int{}}
	for i, part := range p.Parts[:min(parts+1, len(p.Parts))] {
		at := s.now.AddDate(0, 0, 7*(i-parts)-1)
		list := part.Pages
		if i == parts {
			list = list[:min(pages, len(list)-1)]
			place.Page = part.Pages[len(list)].ID
		}
		answers := program.Answers{}
		for _, page := range list {
			place.Seen[page.ID] = int(deadline.DayOf(at))
			for _, b := range page.Blocks {
				if e := asksOf(p, b); e != nil && (b.Homework == nil || i < parts-1) {
					answers[e.ID] = madeUpAnswer(p, e, i, at)
				}
			}
		}
		after, err := registration.SaveAnswers(tx, a, &place, answers, nil, at)
		if err != nil {
			return err
		}
		if err := registration.SaveProgress(tx, a, p, place, after, at); err != nil {
			return err
		}
	}
	return nil
}

// asksOf is what a block asks, nil for most.
func asksOf(p *program.Program, b program.Block) *program.Exercise {
	switch {
	case b.Checklist != nil:
		return p.Exercise(b.Checklist.ID)
	case b.Homework != nil:
		return p.Exercise(b.Homework.ID)
	}
	return b.Exercise
}

// madeUpAnswer answers an exercise; n makes some differ.
func madeUpAnswer(p *program.Program, e *program.Exercise, n int, at time.Time) program.Answer {
	a := program.Answer{Kind: e.Kind, Version: p.Version, Language: "nb", At: at.Unix()}
	switch e.Kind {
	case program.Scale:
		number := 4 + n%4
		a.Number = &number
	case program.Ranking:
		for _, o := range e.Options {
			a.Order = append(a.Order, o.ID)
		}
	case program.Plan:
		for weekday := 1; weekday <= 5; weekday += 2 {
			a.Plan = append(a.Plan, program.Day{Weekday: weekday, Activities: []string{e.Options[0].ID}, Time: e.Times[0].ID})
		}
	case program.Single:
		a.Chosen = []string{e.Options[n%2].ID}
	default:
		a.Chosen = []string{e.Options[0].ID, e.Options[1].ID}
	}
	return a
}
