package instrument

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestAnOlderVersionIsKeptBesideTheOneThatIsOffered(t *testing.T) {
	second := without(t, `version: "1"`, `version: "2"`)
	first := &fstest.MapFile{Data: []byte(small)}
	for whose, content := range map[string]Content{
		"the product's": {Assets: fstest.MapFS{"instruments/small.yaml": {Data: []byte(second)}, "instruments/older/any name.yaml": first}},
		"an operator's": {Assets: fstest.MapFS{"instruments/small.yaml": {Data: []byte(second)}}, Pack: fstest.MapFS{"instruments/older/small-1.yaml": first}},
	} {
		c, err := content.Load()
		if err != nil {
			t.Fatal(whose, err)
		}
		if in, _ := c.Get("small"); in.Version != "2" || len(c.All()) != 1 {
			t.Errorf("%s: version %s of %d tools is offered", whose, in.Version, len(c.All()))
		}
		for _, version := range []string{"1", "2"} {
			if in, ok := c.Version("small", version); !ok || in.Version != version {
				t.Errorf("%s: version %s is not there", whose, version)
			}
		}
		for _, of := range [][2]string{{"small", "3"}, {"small", ""}, {"other", "1"}} {
			if _, ok := c.Version(of[0], of[1]); ok {
				t.Errorf("%s: found version %q of %s", whose, of[1], of[0])
			}
		}
	}
}

func TestAnOlderVersionIsCheckedLikeAnyOther(t *testing.T) {
	old := without(t, `version: "1"`, `version: "0"`)
	got := faultsOfPack(t, nil, map[string]string{
		"older/a.yaml":      old,
		"older/b.yaml":      old,
		"older/faulty.yaml": strings.Replace(old, "max: 2", "max: 3", 1),
		"older/nobody.yaml": strings.NewReplacer("id: small", "id: mine", `commercial: "yes"`, `commercial: "no"`).Replace(small),
		"older/none.yaml":   without(t, "version: \"1\"\n", ""),
		"older/same.yaml":   small,
	})
	const dir = "/srv/pack/instruments/older/"
	want := []string{
		dir + `b.yaml:2: version "0" of "small" stands twice; keep one of the files`,
		dir + `faulty.yaml:2: version "0" of "small" stands twice; keep one of the files`,
		dir + "faulty.yaml:13: max is 3 but the scored items add up to 2; correct one of them",
		dir + "faulty.yaml:21: the bands end at 2, not at the highest score 3; let them cover it",
		dir + `nobody.yaml:1: there is no tool "mine" that this is an older version of; add its file to instruments, or take this one away`,
		dir + "nobody.yaml:9: the licence is not for everybody and nobody answers for it; read the terms, then add accepted_by_operator with name and day",
		dir + "none.yaml:1: the file lacks the field version; add it",
		dir + `same.yaml:2: version "1" of "small" is the one that is offered; give the newer file another version, or take this one away`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestScoresAreComparedWithThoseThatCountTheSame(t *testing.T) {
	read := func(old, replacement string) *Instrument {
		c, err := Load(folder(map[string]string{"small.yaml": strings.NewReplacer(old, replacement).Replace(small)}), "tools")
		if err != nil {
			t.Fatal(err)
		}
		return c.list[0]
	}
	in := read("", "")
	for change, want := range map[[2]string]bool{
		{"Tired", "Weary"}:                                  true,
		{"Yes", "Indeed"}:                                   true,
		{"id: q2,", "id: q3,"}:                              false,
		{"id: q2,", "id: q2, reverse: true,"}:               false,
		{"higher_is_worse: true", "higher_is_worse: false"}: false,
	} {
		if got := in.CountsAs(read(change[0], change[1])); got != want {
			t.Errorf("%q: compared %v, want %v", change, got, want)
		}
	}
}
