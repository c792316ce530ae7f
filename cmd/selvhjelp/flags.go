package main

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// flagWords say what a flag is for. One that means something else with a command
// stands under both names.
var flagWords = map[string]string{
	"config":                   "the configuration file",
	"data":                     "the folder of a demo, also beside its running server",
	"json":                     "one line for scripts",
	"listen":                   "address and port",
	"demo day":                 "the day to go on to, such as 2026-01-31; with -data that of a demo that runs",
	"accept":                   "ids of tools whose licence you have, such as \"dass21\"",
	"demo data":                "keep the demo in this folder; without, it is gone when it ends",
	"cpuprofile":               "write a CPU profile for developers to this file",
	"name":                     "the full name",
	"business add name":        "the name of the business",
	"number":                   "the organisation number, nine digits",
	"business":                 "the organisation number of the business, nine digits",
	"audit verify business":    "that log alone: an organisation number, operator or addresses",
	"contact":                  "who is invited as the first super user",
	"email":                    "the e-mail address of the one who is invited",
	"super":                    "invite a super user",
	"confirm":                  "do it; it cannot be undone",
	"sweep confirm":            "the day is right, though more than 7 days have passed since the last sweep",
	"issuer rotate confirm":    "the day is right, though more than 7 days have passed since the last sweep",
	"sweep day":                "as if it were this day, such as 2026-01-31; a day to come in demos alone",
	"sweep only":               "due: leave it at what has run out, and the database and keys as they are",
	"dry-run":                  "only count deadlines that are due; purchases, keys, old addresses, entries of logs and counts of requests are left out",
	"operator":                 "the log of your own staff",
	"from":                     "from this day on, such as 2026-01-31",
	"to":                       "to this day",
	"checkpoint":               "compare with the heads in this file, from an earlier audit verify -json",
	"addresses release day":    "whose addresses, such as 2026-01-31",
	"who":                      "on whose behalf; it stands in the log",
	"why":                      "the reason; it stands in the log",
	"addresses release out":    "the folder that the two files are written to; without, this one",
	"addresses keygen out":     "the file that the identity is written to",
	"identity":                 "the file of an officer's identity; give both",
	"slip":                     "the slip that came with the addresses",
	"dir":                      "the folder with programs/ and instruments/ in it",
	"lost":                     "begin anew, because the keys or payment.db are lost for good",
	"count":                    "how many",
	"product":                  "the id of the product",
	"html":                     "write sheets to print to this file, instead of addresses",
	"language":                 "of the sheets",
	"lang":                     "of the handbook; without, that of the terminal",
	"professional reset email": "the e-mail address of the super user",
}

var flagName = regexp.MustCompile(`-([a-z]+(?:-[a-z]+)?)`)

// flagHelp says what the flags of a command are for, one a line.
func (c command) flagHelp() string {
	var out strings.Builder
	seen := map[string]bool{}
	for _, m := range flagName.FindAllStringSubmatch(c.args, -1) {
		if name := m[1]; !seen[name] {
			seen[name] = true
			fmt.Fprintf(&out, "  -%-11s %s\n", name, cmp.Or(flagWords[c.name+" "+name], flagWords[name]))
		}
	}
	return out.String()
}
