package program

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Level is how hard a part is to read in one language. It is information, not
// a fault.
type Level struct {
	Program  string `json:"program"`
	Part     int    `json:"part"`
	Language string `json:"language"`
	Words    int    `json:"words"`
	// LIX is words a sentence plus the percentage of words of more than six
	// letters (Björnsson 1968, Läsbarhet). Below 30 is very easy, 40 is plain,
	// above 50 is hard.
	LIX int `json:"lix"`
}

// say adds words to what the reading level is about.
func (r *reader) say(s string) {
	r.said.WriteString(s)
	r.said.WriteByte(' ')
}

// lix counts words and the reading level of a text.
func lix(text string) (words, level int) {
	sentences, long, open := 0, 0, false
	for f := range strings.FieldsSeq(text) {
		if letters := utf8.RuneCountInString(strings.TrimFunc(f, notLetter)); letters > 0 {
			words, open = words+1, true
			if letters > 6 {
				long++
			}
		}
		if open && strings.ContainsAny(f[len(f)-1:], ".!?:") {
			sentences, open = sentences+1, false
		}
	}
	if words == 0 {
		return 0, 0
	}
	perSentence := float64(words) / float64(max(sentences, 1))
	return words, int(math.Round(perSentence + 100*float64(long)/float64(words)))
}

func notLetter(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }
