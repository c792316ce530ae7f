package instrument

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// ours are the tools that come with the product.
func ours(t *testing.T) []*Instrument {
	t.Helper()
	return slices.DeleteFunc(everything(t).All(), func(in *Instrument) bool { return in.Source == "placeholder" })
}

// TestTheWordingIsFrozen: no published word is changed by accident.
func TestTheWordingIsFrozen(t *testing.T) {
	for _, in := range ours(t) {
		golden := "testdata/" + in.ID + ".en.golden"
		if *update {
			if err := os.WriteFile(golden, []byte(wording(in)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), wording(in)); diff != "" {
			t.Errorf("%s: %s", in.ID, diff)
		}
	}
}

// wording is what somebody who answers in English reads.
func wording(in *Instrument) string {
	var b strings.Builder
	say := func(indent string, what any, text Text) {
		s, _ := text.In("en")
		fmt.Fprintf(&b, "%s%v %s\n", indent, what, s)
	}
	say("", "stem", in.Stem)
	for _, it := range in.Items {
		say("", it.ID, it.Text)
		for _, o := range it.Options {
			say("  ", o.Value, o.Text)
		}
	}
	return b.String()
}

func TestWhatThePapersSayBesidesTheBands(t *testing.T) {
	type facts struct{ Cutoff, Change, Days, Items int }
	for id, want := range map[string]facts{"phq9": {10, 6, 14, 10}, "gad7": {10, 4, 14, 7}} {
		in := shipped(t, id)
		got := facts{in.Total.Cutoffs[0].Score, in.Total.ChangeThreshold, in.MinIntervalDays, len(in.Items)}
		if got != want || !in.Total.HigherIsWorse || len(in.Total.Cutoffs) != 1 {
			t.Errorf("%s: %+v, want %+v and higher is worse", id, got, want)
		}
		for _, it := range in.Items {
			ninth, tenth := id == "phq9" && it.ID == "q9", it.ID == "q10"
			if it.Risk != ninth || it.Scored == tenth || it.Optional != tenth || (it.ShowIfAnyAbove == 0) != tenth {
				t.Errorf("%s: %+v", id, it)
			}
		}
	}
}

func TestEveryBandSaysThatItIsNoDiagnosis(t *testing.T) {
	words := map[string]string{"nb": "ingen diagnose", "nn": "ingen diagnose", "en": "not a diagnosis"}
	for _, in := range ours(t) {
		for _, s := range in.Lines() {
			for _, b := range s.Bands {
				for lang, want := range words {
					if text, is := b.Explanation.In(lang); !strings.Contains(text, want) || is != lang {
						t.Errorf("%s %s %s in %s: %s", in.ID, s.ID, b.Key, lang, text)
					}
				}
			}
		}
	}
}

func TestTheLicenceNoticeIsShownInFull(t *testing.T) {
	for _, id := range []string{"phq9", "gad7", "phq4"} {
		notice, _ := shipped(t, id).Licence.Notice.In("en")
		if !strings.HasSuffix(notice, "No permission required to reproduce, translate, display or distribute.") {
			t.Errorf("%s: %s", id, notice)
		}
	}
	for _, id := range []string{"k10", "k6"} {
		notice, _ := shipped(t, id).Licence.Notice.In("en")
		if !strings.HasPrefix(notice, "© World Health Organization 2003.") {
			t.Errorf("%s: %s", id, notice)
		}
	}
}

func TestNynorskShowsTheBokmaalItemsAndSaysSo(t *testing.T) {
	in := shipped(t, "phq9")
	nb, _ := in.Items[0].Text.In("nb")
	if text, lang := in.Items[0].Text.In("nn"); text != nb || lang != "nb" {
		t.Errorf("%q in %s", text, lang)
	}
	if _, lang := in.Title.In("nn"); lang != "nn" {
		t.Errorf("the title is in %s", lang)
	}
	if text, lang := in.Items[0].Intro.In("nn"); text != "" || lang != "nn" {
		t.Errorf("no text is %q in %s", text, lang)
	}
}

func TestAWordingIsUnverifiedUntilAPersonHasComparedIt(t *testing.T) {
	in := &Instrument{TextStatus: map[string]string{"nb": "unverified", "en": "verified"}}
	for lang, want := range map[string]bool{"nb": true, "nn": true, "en": false} {
		if in.Unverified(lang) != want {
			t.Errorf("%s: %v, want %v", lang, !want, want)
		}
	}
	in.TextStatus["nn"] = "verified"
	if in.Unverified("nn") {
		t.Error("nn has a status of its own")
	}
	if !(&Instrument{}).Unverified("nb") {
		t.Error("no status is not verified")
	}
	for _, in := range ours(t) {
		if in.Licence.ID != "CC BY 4.0" && !in.Unverified("nb") {
			t.Errorf("%s: the wording was never compared", in.ID)
		}
	}
}
