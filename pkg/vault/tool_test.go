package vault_test

import (
	"fmt"
	"slices"
	"testing"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store/sealed"
)

// handed are the versions that a business gets of a category.
func handed(a *vault.Account, category string) (out []int) {
	for _, o := range a.Handed(category) {
		out = append(out, o.Version)
	}
	return out
}

func TestNoKeyFromBeforeASplitIsHandedToAnybody(t *testing.T) {
	a := vault.New(domaintest.Open(t).Ring)
	a.Current(vault.Mapping)
	a.Rotate(vault.Mapping)
	if got := handed(a, vault.Mapping); !slices.Equal(got, []int{2, 1}) {
		t.Fatal("before:", got)
	}
	a.Split([]string{"phq9", "gad7"})
	a.Rotate(vault.Mapping)
	if got := handed(a, vault.Mapping); !slices.Equal(got, []int{4, 3}) || len(a.Versions(vault.Mapping)) != 4 {
		t.Error("after:", got)
	}
	a.Forget(vault.Mapping)
	a.Rotate(vault.Mapping)
	if got := handed(a, vault.Mapping); !slices.Equal(got, []int{5, 4}) {
		t.Error("once nothing is under them:", got)
	}
}

func TestAToolThatIsJoinedLosesItsKeyOnceNothingIsUnderIt(t *testing.T) {
	a := vault.New(domaintest.Open(t).Ring)
	a.Split([]string{"phq9"})
	first := a.Current(vault.Tool("phq9"))
	if a.Home("phq9") != vault.Tool("phq9") || a.Home("gad7") != vault.Mapping || a.Joined(vault.Tool("phq9")) {
		t.Error("a tool by itself has no home of its own")
	}
	a.Join("phq9")
	a.Rotate(vault.Tool("phq9")) // there is no key to replace
	if a.Home("phq9") != vault.Mapping || len(a.Tools()) != 0 || !a.Joined(vault.Tool("phq9")) || a.Latest(first) {
		t.Error("a tool that was joined is still apart")
	}
	a.Split([]string{"phq9"}) // before anything has moved
	if again := a.Versions(vault.Tool("phq9")); len(again) != 2 || !a.Latest(again[0]) || again[1] != first {
		t.Error("a tool that is apart again has lost the key that its records are under")
	}
	a.Join("phq9")
	a.Forget(vault.Tool("phq9"))
	if a.Data.Categories[vault.Tool("phq9")] != nil {
		t.Error("an empty category is left")
	}
}

// TestTheSizeOfAnAccountTellsHowManyToolsAreApartAndNoMore: neither which, nor
// with whom they are shared.
func TestTheSizeOfAnAccountTellsHowManyToolsAreApartAndNoMore(t *testing.T) {
	w := domaintest.Open(t)
	size := func(shared bool, tools ...string) int {
		a := vault.New(w.Ring)
		s := &vault.Service{Business: make([]byte, 16), Reference: "7KQ2M9"}
		a.Data.Services = []*vault.Service{s}
		a.Split(tools)
		if shared {
			s.Grant, s.Key, s.Since, s.Yes = make([]byte, 32), make([]byte, 32), 20514, 20600
			for _, tool := range tools {
				s.Categories = append(s.Categories, vault.Tool(tool))
			}
		}
		w.Update(t, a.Save)
		return len(ownRecord(t, w, a))
	}
	for n := range 8 {
		var short, long []string
		for i := range n {
			short, long = append(short, fmt.Sprint(i)), append(long, fmt.Sprintf("a_tool_with_a_very_long_name_%d", i))
		}
		sizes := []int{size(false, short...), size(true, short...), size(false, long...), size(true, long...)}
		if slices.Sort(sizes); sizes[0] != sizes[3] {
			t.Errorf("%d tools: sizes %v", n, sizes)
		}
	}
	if sealed.Padded(size(false)) == sealed.Padded(size(false, "1", "2", "3", "4", "5", "6", "7", "8")) {
		t.Error("eight tools take the room of none: the test sees nothing")
	}
}
