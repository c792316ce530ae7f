package web

import (
	"testing"
	"time"

	"selvhjelp/pkg/registration"
)

// BenchmarkStartPage renders the start page of somebody who has filled in one
// mapping of two.
func BenchmarkStartPage(b *testing.B) {
	common := commonForTest(b)["nb"]
	common.Path, common.User, common.Ends = "/me", true, time.Unix(1e9, 0)
	page := homePage{Page: common, Tools: []Tool{
		{ID: "gad7", Title: "GAD-7", Items: 7, Due: true},
		{ID: "phq9", Title: "PHQ-9", Items: 9, Done: true, Words: "12 av 27 (moderat)",
			Last: registration.Point{At: 1e9, Score: 12, Band: "moderate"}, DueOn: time.Unix(2e9, 0)},
	}}
	program := compiled(b, "user/home", common)
	out := make([]byte, 0, 16<<10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := program.Append(out, page); err != nil {
			b.Fatal(err)
		}
	}
}
