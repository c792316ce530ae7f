package main_test

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// ban says what packages must never import. A pattern is an import path, or
// "path/..." for the path and all below it; paths of ours begin with "./".
type ban struct {
	who     []string // the packages that the ban binds
	but     []string // those among them that it does not
	what    []string // what is banned
	allowed []string // what is not, although it matches
	direct  bool     // only their own import lines count, not what these bring along
	because string
}

var (
	domain = []string{"./pkg/..."}
	shell  = []string{"./pkg/web/...", "./pkg/config/...", "./pkg/retention/...", "./pkg/control/...",
		"./pkg/webtest", "./pkg/domaintest", "./pkg/mailtest"}
	helpers = []string{"./pkg/webtest", "./pkg/domaintest", "./pkg/mailtest", "./store/storetest"} // of tests alone
	stripe  = []string{"github.com/stripe/stripe-go/..."}
)

var bans = []ban{
	{
		who:     []string{"./pkg/accesscode", "./pkg/attest", "./pkg/instrument", "./pkg/program", "./pkg/render", "./pkg/strict", "./pkg/useragent"},
		what:    []string{"./..."},
		allowed: []string{"./pkg/strict"}, // how files are read
		because: "codes, signatures, tools, programmes and what is written into pages are judged by reading one package",
	},
	{
		who:     []string{"./pkg/statistics"},
		what:    []string{"./pkg/..."},
		allowed: []string{"./pkg/statistics", "./pkg/deadline", "./pkg/useragent"},
		because: "what counts requests has no way to an account, a session or an address",
	},
	{
		who:     []string{"./store"},
		what:    []string{"./..."},
		because: "the contract names nobody who keeps or uses it",
	},
	{
		who:     []string{"./store/..."},
		what:    []string{"./pkg/...", "./cmd/..."},
		because: "a backend keeps bytes and knows no word of the domain",
	},
	{
		who:     []string{"./store/sealed"},
		what:    []string{"./pkg/keyring"},
		because: "whoever seals is handed keys and does not fetch them",
	},
	{
		who:     []string{"./pkg/netaddr"},
		what:    []string{"github.com/gofiber/fiber/...", "./pkg/web/..."},
		because: "where a request comes from is read beneath the web, by one package",
	},
	{
		who:     domain,
		but:     append(slices.Clone(shell), "./pkg/netaddr"),
		what:    []string{"github.com/gofiber/fiber/...", "github.com/valyala/fasthttp/..."},
		because: "what a request is, only package web knows: its strings are reused for the next person's request",
	},
	{
		who:     domain,
		but:     append(slices.Clone(shell), "./pkg/payment", "./pkg/paymentfake"), // a client, and the server it speaks to
		what:    []string{"net/http"},
		direct:  true,
		because: "what a request is, only package web knows",
	},
	{
		who:     domain,
		but:     shell,
		what:    []string{"go.etcd.io/bbolt/...", "github.com/jackc/pgx/...", "./store/..."},
		allowed: []string{"./store", "./store/sealed", "./store/packed"}, // sealed names the keys that keyring holds, packed a form of records; they keep nothing themselves
		because: "the domain is written against the contract, so that every backend will do",
	},
	{
		who:     domain,
		but:     shell,
		what:    []string{"github.com/robfig/cron/..."},
		because: "time is a value: nothing in the domain happens because a clock ticks",
	},
	{
		who:     []string{"./..."},
		but:     []string{"./pkg/payment"},
		what:    stripe,
		direct:  true,
		because: "what is said to the payment provider stands in one package",
	},
	{
		who:     domain,
		but:     append(slices.Clone(shell), "./pkg/payment"),
		what:    stripe,
		because: "the domain does not know who takes the money",
	},
	{
		who:     []string{"./..."},
		but:     []string{"./pkg/mail"},
		what:    []string{"github.com/wneessen/go-mail/..."},
		direct:  true,
		because: "what is said to a mail server stands in one package",
	},
	{
		who:     []string{"./pkg/mail"},
		what:    []string{"./..."},
		because: "an access code is never in a letter: who sends letters knows none",
	},
	{
		who:     []string{"./pkg/payment/..."},
		what:    []string{"./pkg/accesscode", "./pkg/account", "./pkg/voucher"},
		because: "what takes payment must have no way to the code or the account that was bought",
	},
	{
		who:     []string{"./pkg/payment/...", "./pkg/token"},
		what:    []string{"./pkg/keyring", "./pkg/vault", "./pkg/session", "./pkg/netaddr", "./pkg/web/..."},
		because: "what takes payment has no key of the usage side, and does not know who asks",
	},
	{
		who:     []string{"./pkg/voucher"},
		what:    append([]string{"./pkg/payment", "./pkg/paymentfake"}, stripe...),
		because: "what makes the account that was bought must have no way to the payment",
	},
	{
		who:     []string{"./..."},
		but:     []string{"./cmd/selvhjelp"},
		what:    []string{"./pkg/paymentfake"},
		because: "where no money moves is the demo's to say alone",
	},
	{
		who:     []string{"./..."},
		but:     helpers,
		what:    []string{"testing"},
		direct:  true, // fiber brings it along
		because: "what serves people contains no testing tools",
	},
	{
		who:     []string{"./..."},
		but:     helpers,
		what:    append([]string{"github.com/chromedp/chromedp"}, helpers...),
		because: "what serves people contains no testing tools",
	},
}

// imports is what one package imports: itself, and with all that follows.
type imports struct {
	direct, all []string
}

func TestRoomsKeepTheirDirection(t *testing.T) {
	broken, bound := check(bans, ourPackages(t))
	for _, complaint := range broken {
		t.Error(complaint)
	}
	if bound == 0 {
		t.Error("no ban binds any package: the patterns are wrong")
	}
}

// TestPlantedImportIsReported is the control: the same check on made-up
// packages finds exactly what was planted.
func TestPlantedImportIsReported(t *testing.T) {
	planted := map[string]imports{
		"./pkg/payment": {direct: []string{"./pkg/receipt", "github.com/stripe/stripe-go/v76"},
			all: []string{"./pkg/receipt", "./pkg/account", "github.com/stripe/stripe-go/v76", "net/http"}},
		"./pkg/overview": {direct: []string{"net/http"}, all: []string{"net/http"}},
		"./pkg/consent":  {direct: []string{"./store"}, all: []string{"./store"}},
		"./store/bolt":   {direct: []string{"./store", "go.etcd.io/bbolt"}, all: []string{"./store", "go.etcd.io/bbolt"}},
		"./pkg/web":      {direct: []string{"github.com/gofiber/fiber/v2"}, all: []string{"github.com/gofiber/fiber/v2"}},
	}
	want := []string{
		"./pkg/overview imports net/http: what a request is, only package web knows",
		"./pkg/payment reaches ./pkg/account: what takes payment must have no way to the code or the account that was bought",
	}
	got, bound := check(bans, planted)
	if !slices.Equal(got, want) || bound == 0 {
		t.Errorf("reported %q by %d bindings, want %q", got, bound, want)
	}
}

// check returns a line for every package that breaks a ban, and how often a ban bound a
// package at all.
func check(bans []ban, packages map[string]imports) (broken []string, bound int) {
	for _, b := range bans {
		for _, name := range slices.Sorted(maps.Keys(packages)) {
			if !matches(b.who, name) || matches(b.but, name) {
				continue
			}
			bound++
			if complaint := b.complaint(name, packages[name]); complaint != "" {
				broken = append(broken, complaint)
			}
		}
	}
	return broken, bound
}

// complaint names the first thing that a package must not import, or is empty.
func (b ban) complaint(name string, its imports) string {
	reached, verb := its.all, " reaches "
	if b.direct {
		reached, verb = its.direct, " imports "
	}
	for _, dependency := range reached {
		if matches(b.what, dependency) && !matches(b.allowed, dependency) {
			return name + verb + dependency + ": " + b.because
		}
	}
	return ""
}

func matches(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		above, all := strings.CutSuffix(pattern, "/...")
		return path == above || all && strings.HasPrefix(path, above+"/")
	})
}

// ourPackages asks the go command what every package of this module imports,
// tests left out. The test cache does not see what that command reads: run
// with -count=1, as scripts/test does.
func ourPackages(t *testing.T) map[string]imports {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list",
		"-f", `{{.ImportPath}}|{{join .Imports " "}}|{{join .Deps " "}}`, "selvhjelp/...")
	var stderr strings.Builder
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	packages := map[string]imports{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), "|")
		packages[short(fields[0])] = imports{direct: shortAll(fields[1]), all: shortAll(fields[2])}
	}
	return packages
}

func shortAll(paths string) []string {
	var all []string
	for path := range strings.FieldsSeq(paths) {
		all = append(all, short(path))
	}
	return all
}

// short writes "./" for the name of this module.
func short(path string) string {
	if below, ours := strings.CutPrefix(path, "selvhjelp/"); ours {
		return "./" + below
	}
	return path
}
