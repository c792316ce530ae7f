package config_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"selvhjelp/pkg/config"
)

// mistakes returns one line per mistake in text, without what to do.
func mistakes(t *testing.T, text string) []string {
	t.Helper()
	_, err := config.Parse("c.toml", []byte(text))
	if err == nil {
		t.Fatalf("no mistake in\n%s", text)
	}
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		if !strings.Contains(line, "; ") {
			t.Errorf("no remedy in %q", line)
		}
		lines[i], _, _ = strings.Cut(line, ";")
	}
	return lines
}

// planted has a mistake wherever a line ends in a comment, which is how its
// report begins.
const planted = `
colour = "green" # colour: unknown key
[server]
listen = "127.0.0.1" # server.listen: not an IP address with a port
request_timeout = 15 # server.request_timeout: not what belongs here
max_body_bytes = "64 kilo" # server.max_body_bytes: not what belongs here
concurrency = "many" # server.concurrency: not what belongs here
concurrency = 5 # server.concurrency: already on line 7
Read_Timeout = "5s" # server.Read_Timeout: unknown key
trusted_proxies = ["0.0.0.0/0"] # server.trusted_proxies: not an IP address or range
[data]
dir = "/srv/selvhjelp"
max_bytes = "1KiB" # data.max_bytes: too small or too large
[keys]
seal_keys_file = "/srv/selvhjelp/keys/seal.keys" # keys.seal_keys_file: inside data.dir
[addresses]
officers = ["age1pq1x", "age1pq1y"] # addresses.officers: not the recipients of two different officers
[services] # services: unknown key
name = "not looked at"
[service]
default_language = "no" # service.default_language: not a language
[operator]
organisation_number = "974760674" # operator.organisation_number: not a Norwegian organisation number
[[crisis]]
number = "911"
name = { nb = "a", nn = "a", en = "a" }
what = { nb = "b", nn = "b", en = "b" }
when = { nb = "c", nn = "c", en = "c", se = "c" } # crisis[0].when.se: unknown key
last_checked = "2026-02-30" # crisis[0].last_checked: not a date
[[crisis]]
number = "ring" # crisis[1].number: not a telephone number
name = { nb = "a", nn = "a", en = "a" }
what = { nb = "b", nn = "b", en = "b" }
when.nb = "c"
when.nn = "c"
when.en = "" # crisis[1].when.en: empty
last_checked = "2026-02-28"
[policy]
privacy_version = 2026-11-21 # policy.privacy_version: not what belongs here
`

func TestEveryMistakeIsReportedAtOnceWithItsLine(t *testing.T) {
	reports := mistakes(t, planted)
	var want []string
	for i, line := range strings.Split(planted, "\n") {
		if _, comment, ok := strings.Cut(line, " # "); ok {
			want = append(want, fmt.Sprintf("c.toml:%d: %s", i+1, comment))
		}
	}
	if len(reports) != len(want) {
		t.Errorf("%d mistakes of %d:\n%s", len(reports), len(want), strings.Join(reports, "\n"))
	}
	all := "\n" + strings.Join(reports, "\n")
	for _, w := range want {
		if !strings.Contains(all, "\n"+w) {
			t.Errorf("not reported: %s", w)
		}
	}
}

func TestEveryMistakeCanBeTakenApart(t *testing.T) {
	_, err := config.Parse("c.toml", []byte("[server]\nlisten = 1\nxx = 1\n"))
	if p, ok := errors.AsType[config.Problem](err); !ok || p.Key != "server.listen" || p.Line != "c.toml:2" || !p.Fatal {
		t.Errorf("%+v", p)
	}
}

func TestALineThatIsNotTOMLHidesOnlyWhatFollows(t *testing.T) {
	got := mistakes(t, "xx = 1\n[server]\nbase_url = 'https://x.example'\nlisten = 127.0.0.1:80\nyy = 1\n")
	if len(got) != 2 || !strings.HasPrefix(got[0], "c.toml:1: xx: ") || !strings.HasPrefix(got[1], "c.toml:4: not TOML: ") {
		t.Error(strings.Join(got, "\n"))
	}
}

func TestAnEntryInheritsNothingFromTheDefaultOne(t *testing.T) {
	if got := mistakes(t, "[[crisis]]\nname.nb = 'Vakt'\n"); len(got) != 10 {
		t.Errorf("%d of 10 gaps:\n%s", len(got), strings.Join(got, "\n"))
	}
}

func TestTablesOfTheWrongKindAreMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"[crisis]\nnumber = '1'\n":                      "c.toml:1: crisis: in single brackets",
		"[[server]]\nlisten = '1'\n":                    "c.toml:1: server[0]: not what belongs here",
		"[server.listen]\nx = 1\n":                      "c.toml:1: server.listen: not what belongs here",
		"server = 1\n":                                  "c.toml:1: server: not what belongs here",
		"[data]\n[data]\n":                              "c.toml:2: data: already on line 1",
		"data.dir = '/a'\n[data]\nruntime_dir = '/b'\n": "c.toml:2: data: set in two ways",
		"crisis = []\n":                                 "c.toml:1: crisis: no number to call in a crisis",
		"'' = 1\n":                                      `c.toml:1: "": unknown key`,
		"[server]\ntrusted_proxies = [\n '127.0.0.1',\n 5,\n]\n": "c.toml:2: server.trusted_proxies: not what belongs here",
	} {
		if got := mistakes(t, text); len(got) != 1 || got[0] != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestNoMessageRepeatsAValueOrGarblesATerminal(t *testing.T) {
	const secret = "AGE-SECRET-KEY"
	text := strings.ReplaceAll(planted, `"`+"\n", secret+`"`+"\n") + "\"\\u001b[2J" + strings.Repeat("k", 500) + "\" = '" + secret + "'\n"
	_, err := config.Parse("c.toml", []byte(text))
	if err == nil || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "\x1b") {
		t.Error(err)
	}
	if longest(err.Error()) > 250 {
		t.Error("a message is as long as a hostile key")
	}
}

func longest(text string) (most int) {
	for line := range strings.SplitSeq(text, "\n") {
		most = max(most, len(line))
	}
	return most
}

func TestHostileFilesEndInAMessage(t *testing.T) {
	for name, text := range map[string]string{
		"huge":          strings.Repeat("# nothing\n", 10_000),
		"invalid UTF-8": "[service]\nname = \"\xff\xfe\"\n",
		"UTF-16":        "\xff\xfe[\x00d\x00a\x00t\x00a\x00]\x00",
		"binary":        "\x7fELF\x02\x01\x01\x00\x00\x00",
		"deep lists":    "a = " + strings.Repeat("[", 60_000),
		"deep keys":     strings.Repeat("a.", 30_000) + "a = 1",
		"many mistakes": strings.Repeat("[[crisis]]\nnumber=1\n", 3_000),
		"no end":        "[server]\nlisten = '''\n",
		"carriage":      "[data]\rdir = '/a'\r",
	} {
		_, err := config.Parse("c.toml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), "c.toml:") || !utf8.ValidString(err.Error()) {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	data, err := os.ReadFile(example)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(planted))
	f.Add([]byte("[[crisis]]\n[crisis.name]\nnb=1\n[crisis.\"\"]\n"))
	report := regexp.MustCompile(`^f\.toml(:[0-9]+)?: .+; .+$`)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse("f.toml", data)
		if err == nil {
			for _, p := range c.Check() {
				if p.Fatal {
					t.Errorf("accepted in spite of %v", p)
				}
			}
			return
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if !report.MatchString(line) {
				t.Errorf("not a report: %q", line)
			}
		}
	})
}
