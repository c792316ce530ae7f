package config_test

import (
	"bytes"
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
