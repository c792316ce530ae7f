package oracle_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"selvhjelp/assets"
	"selvhjelp/pkg/instrument"
)

// object is JSON.
type object = map[string]any

// question asks the other program for one score.
type question struct {
	Questionnaire object `json:"questionnaire"`
	Expression    string `json:"expression"`
	Response      object `json:"response"`

	name string // of the tool and the scale
	ours int
}

// sets is how many random sets of answers each score is compared for.
const sets = 60

func TestAnotherProgramAddsUpToTheSameScores(t *testing.T) {
	content := instrument.Content{Assets: assets.FS, Accepted: []string{"dass21"}, Pack: os.DirFS("../instrument/testdata/pack"), Name: "pack"}
	tools, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var asked []question
	for _, in := range tools.All() {
		asked = append(asked, questions(in)...)
	}
	theirs := ask(t, asked)
	if len(theirs) != len(asked) || len(asked) < 20*sets {
		t.Fatalf("%d answers to %d questions", len(theirs), len(asked))
	}
	for i, q := range asked {
		if theirs[i] != q.ours {
			t.Errorf("%s: %v is %d here and %d there", q.name, q.Response["item"], q.ours, theirs[i])
		}
	}
}

// TestAWeightThatDiffersIsFound: the comparison would notice.
func TestAWeightThatDiffersIsFound(t *testing.T) {
	content := instrument.Content{Assets: assets.FS}
	tools, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	in, _ := tools.Get("gad7")
	q := questions(in)[0]
	q.Questionnaire["item"].([]object)[0]["answerOption"].([]object)[0]["extension"].([]object)[0]["valueDecimal"] = 5
	q.Response = response(in, func(it instrument.Item) instrument.Option { return it.Options[0] })
	if got := ask(t, []question{q}); got[0] != 5 {
		t.Errorf("%d with a first answer that weighs 5", got[0])
	}
}

// questions are random complete sets of a tool with each of its scores, and the
// sets of all first and all last options.
func questions(in *instrument.Instrument) []question {
	var out []question
	form := questionnaire(in)
	r := rand.New(rand.NewPCG(1, uint64(len(in.ID))))
	for n := range sets {
		answers := map[string]int{}
		filled := response(in, func(it instrument.Item) instrument.Option {
			o := it.Options[[]int{0, len(it.Options) - 1, r.IntN(len(it.Options))}[min(n, 2)]]
			answers[it.ID] = o.Value
			return o
		})
		result := in.Score(answers)
		for _, s := range in.Lines() {
			ours := result.Score
			if s.ID != "" {
				ours = result.Scores()[s.ID]
			}
			out = append(out, question{form, expression(in, s), filled, in.ID + " " + s.ID, ours})
		}
	}
	return out
}

// expression adds up the weights of the answers that count in a score.
func expression(in *instrument.Instrument, s *instrument.Scale) string {
	var ids []string
	for _, it := range in.Items {
		if it.Scored && s.Items == nil {
			ids = append(ids, "'"+it.ID+"'")
		}
	}
	for _, id := range s.Items {
		ids = append(ids, "'"+id+"'")
	}
	return fmt.Sprintf("item.where(linkId in (%s)).answer.value.weight().sum() * %d", strings.Join(ids, " | "), s.Factor)
}

// questionnaire has a weight for each answer: turned round where the item is,
// and none where it does not apply.
func questionnaire(in *instrument.Instrument) object {
	var items []object
	for _, it := range in.Items {
		low, high := 1<<30, 0
		for _, o := range it.Options {
			if !o.NA {
				low, high = min(low, o.Value), max(high, o.Value)
			}
		}
		var options []object
		for _, o := range it.Options {
			weight := o.Value
			if it.Reverse {
				weight = high + low - o.Value
			}
			option := object{"valueCoding": coding(o)}
			if !o.NA {
				option["extension"] = []object{{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": weight}}
			}
			options = append(options, option)
		}
		items = append(items, object{"linkId": it.ID, "type": "choice", "answerOption": options})
	}
	return object{"resourceType": "Questionnaire", "url": "urn:" + in.ID, "item": items}
}

// response fills a tool in.
func response(in *instrument.Instrument, choose func(instrument.Item) instrument.Option) object {
	var items []object
	for _, it := range in.Items {
		items = append(items, object{"linkId": it.ID, "answer": []object{{"valueCoding": coding(choose(it))}}})
	}
	return object{"resourceType": "QuestionnaireResponse", "questionnaire": "urn:" + in.ID, "status": "completed", "item": items}
}

func coding(o instrument.Option) object { return object{"code": fmt.Sprint("v", o.Value)} }

// ask has the other program answer.
func ask(t *testing.T, list []question) []int {
	t.Helper()
	raw, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	modules, err := filepath.Abs("../../scripts/browser/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "testdata/score.js")
	node.Env = append(os.Environ(), "NODE_PATH="+modules)
	node.Stdin = bytes.NewReader(raw)
	var diag bytes.Buffer
	node.Stderr = &diag
	out, err := node.Output()
	if err != nil {
		t.Fatalf("no answer from fhirpath.js, which scripts/test installs: %v\n%.500s", err, diag.String())
	}
	var scores []int
	if err := json.Unmarshal(out, &scores); err != nil {
		t.Fatal(err)
	}
	return scores
}
