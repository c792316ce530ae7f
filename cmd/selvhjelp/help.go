package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"selvhjelp/assets"
)

// topics are the chapters of the handbook, in the order in which it is read.
var topics = []string{"operate", "people", "rights", "lost-code", "threats"}

// help prints a chapter of the handbook, or which there are; or what a command
// is for.
func help(_ context.Context, args []string, out, diag io.Writer) error {
	if text := commandHelp(args); text != "" {
		_, err := io.WriteString(out, text)
		return err
	}
	topic := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		topic, args = args[0], args[1:]
	}
	flags := flag.NewFlagSet("help", flag.ContinueOnError)
	lang := flags.String("lang", handbookLanguage(os.Getenv), "")
	if err := parse(flags, args, diag); err != nil {
		return err
	}
	if topic == "" {
		usage(out)
		_, err := fmt.Fprintf(out, "\na command: selvhjelp help COMMAND\nthe handbook: selvhjelp help %s [-lang nb|en]\n", strings.Join(topics, "|"))
		return err
	}
	text, err := assets.FS.ReadFile("help/" + topic + "." + *lang + ".md")
	if err != nil {
		fmt.Fprintf(diag, "there is no chapter %q in %q; the chapters are %s, in nb and en\n", topic, *lang, strings.Join(topics, ", "))
		return errUsage
	}
	_, err = out.Write(text)
	return err
}

// commandHelp says how the commands that begin with the given words are used,
// and what they do; nothing for no words or for others.
func commandHelp(words []string) string {
	var out strings.Builder
	for _, c := range commands() {
		if _, ok := cutWords(strings.Fields(c.name), strings.Join(words, " ")); ok && len(words) > 0 {
			fmt.Fprintf(&out, "usage: %s\n  %s\n%s", strings.TrimSpace("selvhjelp "+c.name+" "+c.args), c.what, c.flagHelp())
		}
	}
	return out.String()
}

// handbookLanguage is Norwegian where the terminal is, by the variables that
// POSIX gives for messages, in their order.
func handbookLanguage(env func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value := env(name)
		if value == "" {
			continue
		}
		if lang, _, _ := strings.Cut(value, "_"); lang == "nb" || lang == "nn" || lang == "no" {
			return "nb"
		}
		break
	}
	return "en"
}
