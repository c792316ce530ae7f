package accesscode

import "regexp"

// noted are the two ways in which codes are noted down: four groups, or one piece.
var noted = regexp.MustCompile(`\b(?:[[:alnum:]]{20}|[[:alnum:]]{5}(?:[ -][[:alnum:]]{5}){3})\b`)

var digit = regexp.MustCompile(`[0-9]`)

// Within reports whether a text has a code in it, as codes are noted down. Four words
// of five letters are none: of 2,000 codes, one has no digit.
func Within(text string) bool {
	for at := noted.FindStringIndex(text); at != nil; at = noted.FindStringIndex(text) {
		found := text[at[0]:at[1]]
		if _, err := Parse(found); err == nil && digit.MatchString(found) {
			return true
		}
		text = text[at[0]+1:]
	}
	return false
}
