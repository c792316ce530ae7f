package main

import (
	"context"

	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/request"
	"selvhjelp/store"
)

// demoEvaluations is how many evaluations the demo's staff have read: enough that
// their sums show something, and leave something out.
const demoEvaluations = 24

// evaluations stores them. Their senders have deleted their accounts.
func (s seeder) evaluations(ctx context.Context, keys *organization.Keys) error {
	return s.usage.Update(ctx, func(tx store.Tx) error {
		for n := range demoEvaluations {
			answers := map[string]int{"find": 5 - n/13, "understand": 4 - n/20, "useful": 4 - n/12 - n/19, "safe": 5}
			ticket, err := s.send(tx, request.Content{Kind: request.Evaluation, Answers: answers, Language: "nb"}, 2+n)
			if err != nil {
				return err
			}
			if err := request.Close(tx, keys, request.IDOf(ticket), s.now); err != nil {
				return err
			}
		}
		return nil
	})
}
