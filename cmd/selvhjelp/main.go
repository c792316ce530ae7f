// Command selvhjelp is digital self-help behind an access code: the server, and
// what its operator needs. Run it without arguments for its commands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// command is one subcommand. Its func returns errUsage for words that it does
// not know.
type command struct {
	name, args, what string
	run              func(ctx context.Context, args []string, out, diag io.Writer) error
}

var errUsage = errors.New("usage")

func commands() []command {
	return []command{
		{"demo", "[-listen ADDR] [-data DIR] [-day DAY] [-accept TOOL] [-json]", "run a demo with made-up data on this machine, or have the one that runs on a folder go on to a day", demo},
		{"serve", "-config FILE [-cpuprofile FILE]", "run the service", serve},
		{"check", "-config FILE", "check configuration, keys, content and database, and report every fault", check},
		{"keys create", "-config FILE", "make the key files of a new installation", keysCreate},
		{"business add", "-config FILE -name NAME -number NUMBER -contact NAME -email ADDRESS", "add a business and invite its first super user", businessAdd},
		{"business close", "-config FILE -number NUMBER [-confirm]", "end a business's use of the service; without -confirm only say what would go", businessClose},
		{"business list", "-config FILE | -data DIR", "list the businesses", businessList},
		{"professional invite", "-config FILE -business NUMBER -email ADDRESS [-name NAME] [-super]", "invite a professional", professionalInvite},
		{"professional reset", "-config FILE -email ADDRESS", "make a reset link for the only super user of a business", professionalReset},
		{"staff add", "-config FILE -name NAME -email ADDRESS", "invite one of the operator's own staff, who read what users write to it", staffAdd},
		{"help", "[COMMAND | CHAPTER [-lang nb|en]]", "print what a command does, or a chapter of the operator's handbook", help},
		{"keys list", "-config FILE | -data DIR [-json]", "list the seal epochs: since when, records under each, until when", keysList},
		{"sweep", "-config FILE | -data DIR [-only due] [-day DAY] [-dry-run] [-confirm] [-json]", "take the night now: do what is due, write the database anew, change keys", sweep},
		{"audit list", "-config FILE | -data DIR -business NUMBER | -operator [-from DAY] [-json]", "list who did what at a business, or among your own staff", auditList},
		{"audit verify", "-config FILE | -data DIR [-business NUMBER|operator|addresses] [-checkpoint FILE] [-json]", "verify the audit logs, and print their heads", auditVerify},
		{"addresses keygen", "-out FILE", "make the identity of an officer who opens addresses, and print its recipient", addressesKeygen},
		{"addresses release", "-config FILE -day DAY -who NAME -why TEXT [-out DIR]", "hand out the addresses of security events of a day, noted in the log", addressesRelease},
		{"addresses log", "-config FILE", "list who has had addresses released", addressesLog},
		{"addresses open", "-identity FILE -identity FILE -slip FILE BUNDLE", "open released addresses, with the identities of both officers", addressesOpen},
		{"content score", "ID [-dir DIR] [-accept TOOL] [-config FILE] < ANSWERS", "score answers to a mapping tool, both as JSON", contentScore},
		{"content check", "[-dir DIR] [-accept TOOL] [-json]", "name every fault of mapping tools and programmes, and how hard they are to read", contentCheck},
		{"content preview", "[-dir DIR] [-accept TOOL] [-listen ADDR]", "show programmes and mapping tools on this machine, loaded anew when a file changes", contentPreview},
		{"issuer rotate", "-config FILE | -data DIR [-json] [-lost] [-confirm]", "make the keys that sign what is bought and are missing, and destroy those that have had their time", issuerRotate},
		{"issuer list", "-config FILE | -data DIR [-json]", "list those keys", issuerList},
		{"issuer fingerprint", "-config FILE | -data DIR [-json]", "print their fingerprints, to compare with the page about security", issuerFingerprint},
		{"voucher print", "-config FILE | -data DIR -count N [-product ID] [-html FILE [-language nb|nn|en]] [-json]", "make vouchers to hand out, each good for one access code, one address a line or as sheets to print; nothing of them is kept", voucherPrint},
		{"ops", "nginx | caddy | systemd", "print an example for the proxy or the service manager", ops},
		{"statistics", "-config FILE | -data DIR [-from DAY] [-to DAY] [-json]", "show how the service was used on days that are over", statisticsShow},
		{"version", "", "print the version", version},
	}
}

// run carries out a command line and returns the exit status: 0, 1 for an
// error, 2 for words that it does not know.
func run(ctx context.Context, args []string, out, diag io.Writer) int {
	for _, c := range commands() {
		rest, ok := cutWords(args, c.name)
		if !ok {
			continue
		}
		switch err := c.run(ctx, rest, out, diag); {
		case errors.Is(err, errUsage):
			fmt.Fprintf(diag, "usage: selvhjelp %s %s\n", c.name, c.args)
			return 2
		case err != nil:
			fmt.Fprintf(diag, "selvhjelp %s: %v\n", c.name, err)
			return 1
		}
		return 0
	}
	unknown(args, diag)
	return 2
}

// unknown says which commands there are: those that begin like what was typed,
// or else all.
func unknown(args []string, diag io.Writer) {
	if len(args) > 0 {
		fmt.Fprintf(diag, "there is no command %q\n", strings.Join(args[:min(2, len(args))], " "))
		if text := commandHelp(args[:1]); text != "" {
			fmt.Fprint(diag, text)
			return
		}
	}
	usage(diag)
}

// cutWords takes the words of a command's name off the arguments.
func cutWords(args []string, name string) ([]string, bool) {
	words := strings.Fields(name)
	if len(args) < len(words) || !slices.Equal(args[:len(words)], words) {
		return nil, false
	}
	return args[len(words):], true
}

func usage(diag io.Writer) {
	fmt.Fprintln(diag, "selvhjelp: self-help behind an access code\n\nusage: selvhjelp COMMAND")
	for _, c := range commands() {
		fmt.Fprintf(diag, "  %-20s %s\n", c.name, c.what)
	}
}

// parse reads flags; whatever is left over, and every mistake, is errUsage
// after it has been named.
func parse(fs *flag.FlagSet, args []string, diag io.Writer) error {
	fs.SetOutput(diag)
	fs.Usage = func() {}
	if err := fs.Parse(args); err != nil {
		return errUsage
	}
	if fs.NArg() > 0 {
		fmt.Fprintf(diag, "unexpected: %q\n", fs.Arg(0))
		return errUsage
	}
	return nil
}

// required names the flags that must be there and are not.
func required(diag io.Writer, flags map[string]string) error {
	missing := false
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		if flags[name] == "" {
			fmt.Fprintf(diag, "-%s is missing\n", name)
			missing = true
		}
	}
	if missing {
		return errUsage
	}
	return nil
}
