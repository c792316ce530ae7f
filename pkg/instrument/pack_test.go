package instrument

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// faultsOfPack loads an operator's files beside a product of one tool, and
// returns each line of the error.
func faultsOfPack(t *testing.T, accepted []string, files map[string]string) []string {
	t.Helper()
	product := fstest.MapFS{"instruments/small.yaml": {Data: []byte(small)},
		"instruments/licensed/paid.yaml": {Data: []byte(without(t, "id: small", "id: paid"))}}
	pack := fstest.MapFS{}
	for name, text := range files {
		pack["instruments/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	_, err := Content{Assets: product, Accepted: accepted, Pack: pack, Name: "/srv/pack"}.Load()
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

// restricted is an operator's tool that not everybody may use.
func restricted(t *testing.T, accepted string) string {
	text := strings.Replace(without(t, "id: small", "id: mine"), `commercial: "yes"`, `commercial: "no"`, 1)
	return strings.Replace(text, "notice: {nb: Fri, nn: Fri, en: Free}", "notice: {nb: Fri, nn: Fri, en: Free}"+accepted, 1)
}

func TestAToolThatIsNotForEverybodyNeedsSomebodyWhoAnswersForIt(t *testing.T) {
	for accepted, want := range map[string][]string{
		"": {"/srv/pack/instruments/mine.yaml:9: the licence is not for everybody and nobody answers for it; read the terms, then add accepted_by_operator with name and day"},
		", accepted_by_operator: {name: Kari, day: soon}":       {"/srv/pack/instruments/mine.yaml:9: day is not a day; write one such as 2026-01-31"},
		", accepted_by_operator: {name: Kari}":                  {"/srv/pack/instruments/mine.yaml:9: accepted_by_operator lacks the field day; add it"},
		", accepted_by_operator: {name: Kari, day: 2026-10-01}": nil,
	} {
		got := faultsOfPack(t, nil, map[string]string{"mine.yaml": restricted(t, accepted)})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", accepted, diff)
		}
	}
}

func TestALicensedToolIsLoadedOnlyWhenItsLicenceIsAccepted(t *testing.T) {
	assets := os.DirFS("../../assets")
	c, err := Content{Assets: assets}.Load()
	if err != nil {
		t.Fatal(err)
	}
	if _, loaded := c.Get("dass21"); loaded {
		t.Error("loaded although nobody accepted the licence")
	}
	if c, err = (Content{Assets: assets, Accepted: []string{"dass21", "dass21"}}).Load(); err != nil {
		t.Fatal(err)
	}
	if _, loaded := c.Get("dass21"); !loaded {
		t.Error("not loaded although the licence is accepted")
	}
	want := []string{`content.accept_licences: no tool "small" waits for its licence to be accepted; write paid`}
	if diff := cmp.Diff(want, faultsOfPack(t, []string{"paid", "small"}, nil)); diff != "" {
		t.Error(diff)
	}
}

func TestFaultsOfProductLicencesAndPackAreToldTogether(t *testing.T) {
	got := faultsOfPack(t, []string{"nothing"}, map[string]string{
		"small.yaml": small, "mine.yaml": without(t, "id: small", "id: yours"), "open.yaml": "id: ["})
	want := []string{
		`content.accept_licences: no tool "nothing" waits for its licence to be accepted; write paid`,
		`/srv/pack/instruments/mine.yaml:1: id "yours" is not the name of the file; give both the same`,
		"/srv/pack/instruments/open.yaml:1: not valid YAML: sequence end token ']' not found; correct the line",
		"/srv/pack/instruments/small.yaml:1: the product has a tool of that id; give yours another",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAPackWithoutToolsIsNoFault(t *testing.T) {
	if got := faultsOfPack(t, nil, nil); got != nil {
		t.Error(got)
	}
}

// notShipped are tools whose owners do not let others hand them out, or let
// them only on terms that a free program cannot keep. An operator who may use
// one can load it; it is never part of the product.
var notShipped = regexp.MustCompile(`(?i)^(isi|hads|bdi|bai|oq[-_]?45|ors|srs|spin|mini[-_]?spin|pdss|pss|rcads|s?wemwbs|sf[-_]?(36|12)|eq[-_]?5d|y[-_]?bocs|oci|core[-_]?10|who[-_]?5|audit|wsas|oasis|odsis|madrs|bis|pcl|itq|aaq)`)

func TestWhatOthersOwnIsNotInTheProduct(t *testing.T) {
	n := 0
	err := fs.WalkDir(os.DirFS("../../assets/instruments"), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
			if notShipped.MatchString(path.Base(name)) {
				t.Errorf("%s is in the product", name)
			}
		}
		return err
	})
	if err != nil || n < 5 {
		t.Fatal(n, err)
	}
	for _, in := range everything(t).All() {
		title, _ := in.ShortTitle.In("en")
		if ofPack := in.Source == "placeholder"; !ofPack && (notShipped.MatchString(in.ID) || notShipped.MatchString(title)) {
			t.Errorf("%s, %q, is in the product", in.ID, title)
		}
	}
}

func TestWhatIsLoadedByItselfMayBeUsedByEverybody(t *testing.T) {
	c, err := Load(os.DirFS("../../assets"), "instruments")
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range c.All() {
		if in.Licence.Commercial != "yes" {
			t.Errorf("%s: the licence is %q", in.ID, in.Licence.Commercial)
		}
	}
}

func TestAnOperatorMayLoadWhatIsNotShipped(t *testing.T) {
	for _, id := range []string{"isi", "hads"} {
		text := strings.Replace(restricted(t, ", accepted_by_operator: {name: Kari, day: 2026-10-01}"), "id: mine", "id: "+id, 1)
		if got := faultsOfPack(t, nil, map[string]string{id + ".yaml": text}); got != nil {
			t.Error(got)
		}
	}
}
