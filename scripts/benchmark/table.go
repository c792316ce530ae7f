package main

import (
	"fmt"
	"slices"
)

// row is a line of the table. Ratio is ours to the reference; which of the two
// directions is good is in the goal.
type row struct {
	what, reference, ours, ratio, goal string
	met                                verdict
	profile                            string // the largest cost, where one was looked for
}

type verdict string

const (
	met    verdict = "met"
	missed verdict = "not met"
	shown  verdict = "shown"
)

// atLeast and atMost judge a ratio.
func atLeast(ratio, goal float64) verdict { return judge(ratio >= goal) }
func atMost(ratio, goal float64) verdict  { return judge(ratio <= goal) }

func judge(ok bool) verdict {
	if ok {
		return met
	}
	return missed
}

const columns = "%-4s %-46s %-22s %-22s %-22s %-16s %s\n"

func heading() {
	fmt.Printf(columns, "id", "what", "reference", "ours", "ratio", "goal", "")
}

func (r row) print(id string) {
	fmt.Printf(columns, id, r.what, r.reference, r.ours, r.ratio, r.goal, r.met)
	if r.profile != "" {
		fmt.Printf("     %s\n", r.profile)
	}
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
