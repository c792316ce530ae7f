package config_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"selvhjelp/pkg/config"
)

const example = "../../config.example.toml"

// values leaves out where a Config was read from.
var values = cmpopts.IgnoreUnexported(config.Config{})

func TestTheExampleIsTheDefault(t *testing.T) {
	got, err := config.Load(example)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Default(), got, values); diff != "" {
		t.Errorf("default (-) and example (+) differ:\n%s", diff)
	}
}

func TestTheExampleHasEveryKey(t *testing.T) {
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys(reflect.TypeFor[config.Config]()) {
		if !bytes.Contains(data, []byte("\n"+key)) {
			t.Errorf("%s is missing", key)
		}
	}
}

// TestTheCommentAboutChangesIsAnExampleToo: without its marks it is taken.
func TestTheCommentAboutChangesIsAnExampleToo(t *testing.T) {
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	_, entry, found := strings.Cut(string(data), "#\t[[policy.change]]\n")
	entry, _, _ = strings.Cut(entry, "\n\n")
	text := "[policy]\nprivacy_version = \"2027-01-15\"\n[[policy.change]]\n" + strings.ReplaceAll(entry, "#\t", "")
	c, err := config.Parse("c.toml", []byte(text))
	if !found || err != nil || len(c.Policy.Change) != 1 || c.Policy.Change[0].Text.EN == "" {
		t.Errorf("%v, %+v", err, c.Policy)
	}
}

func TestEveryFaultOfAChangeIsToldAtOnce(t *testing.T) {
	const text = "[policy]\nprivacy_version = \"2027-01-15\"\n[[policy.change]]\ndate = \"2027-01-16\"\ntext.nb = \"b\"\ntext.en = \" \"\n" +
		"[[policy.change]]\ndate = \"soon\"\nauthor = \"x\"\ntext.nb = 1\n"
	_, err := config.Parse("c.toml", []byte(text))
	for _, want := range []string{
		"c.toml:4: policy.change[0].date: after policy.privacy_version",
		"c.toml:3: policy.change[0].text.nn: empty",
		"c.toml:6: policy.change[0].text.en: empty",
		"c.toml:8: policy.change[1].date: not a date",
		"c.toml:9: policy.change[1].author: unknown key",
		"c.toml:10: policy.change[1].text.nb: not what belongs here; write text in quotes",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in\n%v", want, err)
		}
	}
	_, err = config.Parse("c.toml", []byte("[policy.change]\ndate = \"2026-11-21\"\n"))
	if err == nil || !strings.Contains(err.Error(), "write a line [[policy.change]] in double brackets") {
		t.Errorf("single brackets: %v", err)
	}
}

// keys returns the start of the line of each key in the tables of t.
func keys(t reflect.Type) (lines []string) {
	for table := range t.Fields() {
		if !table.IsExported() {
			continue
		}
		of := table.Type
		if of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		for field := range of.Fields() {
			if field.Type.Kind() == reflect.Slice && field.Type.Elem().Kind() == reflect.Struct {
				lines = append(lines, fmt.Sprintf("#\t[[%s.%s]]", table.Tag.Get("toml"), field.Tag.Get("toml")))
				continue
			}
			lines = append(lines, field.Tag.Get("toml"))
		}
	}
	return lines
}

func TestEveryKeyOfTheExampleIsExplained(t *testing.T) {
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	settings, _, _ := strings.Cut(string(data), "[[crisis]]")
	for paragraph := range strings.SplitSeq(settings, "\n\n") {
		if strings.Contains(paragraph, " = ") && !strings.HasPrefix(paragraph, "# ") {
			t.Errorf("without a comment:\n%s", paragraph)
		}
	}
}

func TestAnEmptyFileIsTheDefault(t *testing.T) {
	got, err := config.Parse("empty.toml", nil)
	if diff := cmp.Diff(config.Default(), got, values); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestAListInTheFileReplacesTheDefaultOne(t *testing.T) {
	c, err := config.Parse("c.toml", []byte(`
[server]
trusted_proxies = ["127.0.0.1", "10.1.0.0/16"]
[[crisis]]
number = "+47 800 00 000"
name = { nb = "Vakt", nn = "Vakt", en = "Duty" }
what = { nb = "Ring", nn = "Ring", en = "Call" }
when = { nb = "Alltid", nn = "Alltid", en = "Always" }
last_checked = "2026-10-31"
`))
	if err != nil || len(c.Crisis) != 1 || len(c.Server.TrustedProxies) != 2 {
		t.Fatalf("%v, %d numbers, %d proxies", err, len(c.Crisis), len(c.Server.TrustedProxies))
	}
	if day := c.Crisis[0].LastChecked.Time().YearDay(); day != 304 {
		t.Errorf("checked on day %d of the year", day)
	}
}

func TestAFileThatIsNotThereIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	if _, err := config.Load(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
}

func TestOnlyAServiceForThisMachineIsOnLoopback(t *testing.T) {
	for _, c := range []struct {
		listen, base string
		want         bool
	}{
		{"127.0.0.1:8080", "http://127.0.0.1:8080", true},
		{"[::1]:80", "http://localhost", true},
		{"localhost:80", "http://[::1]:80", true},
		{":8080", "http://127.0.0.1:8080", false},
		{"0.0.0.0:8080", "http://127.0.0.1:8080", false},
		{"127.0.0.1:8080", "https://selvhjelp.example", false},
		{"nonsense", "http://127.0.0.1:8080", false},
	} {
		conf := config.Default()
		conf.Server.Listen, conf.Server.BaseURL = c.listen, c.base
		if conf.Loopback() != c.want {
			t.Errorf("%s as %s: %v", c.listen, c.base, !c.want)
		}
	}
}
