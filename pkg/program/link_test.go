package program

import (
	"strings"
	"testing"
)

// A text links to pages that there are: of the service, of a tool, of a programme.
func TestALinkLeadsToAPage(t *testing.T) {
	for address, leads := range map[string]bool{
		"/help": true, "/help#crisis-title": true, "/me/notes": true, "/me/programs": true, "/me/programs/calm": true,
		"/me/programs/calm/print": true, "/me/programs/calm/2/order": true, "/me/mapping/phq9": true, "https://example.org/x": true,
		"/": false, "/helpme": false, "/pro": false, "/me/mapping/phq10": false, "/me/programs/storm": false, "/me/programs/calm/delete": false,
		"/me/programs/calm/1/order": false, "/me/programs/calm/2": false, "/me/programs/calm/2/order/x": false, "/logout": false,
	} {
		files := calm(t)
		for _, lang := range languages {
			name := "1." + lang + ".md"
			files[name] = in("{#begin}\n", "{#begin}\n\n[x]("+address+")\n")(files[name])
		}
		_, faults, _ := Check(tools, source(files))
		told := len(faults) == len(languages) && strings.Contains(faults[0].Text, "leads to no page of the service; write one such as /help")
		if leads && len(faults) > 0 || !leads && !told {
			t.Errorf("%s: %v", address, faults)
		}
	}
}
