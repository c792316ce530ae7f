package organization

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// Errors of CheckPassword, each with its own advice to the person.
var (
	ErrPasswordShort  = errors.New("organization: password shorter than 12 characters")
	ErrPasswordLong   = errors.New("organization: password longer than 256 characters")
	ErrPasswordSimple = errors.New("organization: password is a repeat, a sequence or a keyboard row")
	ErrPasswordOwn    = errors.New("organization: password is made of own or product names or years")
)

const (
	passwordMin = 12
	passwordMax = 256
)

var rows = []string{"abcdefghijklmnopqrstuvwxyzæøå", "01234567890", "qwertyuiopå", "asdfghjkløæ", "zxcvbnm"}

// CheckPassword applies our rules: length, and no easy guesses. There are no
// composition rules (NIST SP 800-63B-4, 3.1.1.2). own are names and addresses
// of the person and the business.
func CheckPassword(password string, own ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < passwordMin:
		return ErrPasswordShort
	case n > passwordMax:
		return ErrPasswordLong
	}
	rest := strings.ToLower(password)
	for _, word := range easyWords(own) {
		rest = strings.ReplaceAll(rest, word, "")
	}
	if known := withoutYears(rest); utf8.RuneCountInString(known) < passwordMin/2 {
		return ErrPasswordOwn
	}
	if surprises(rest) < passwordMin/2 {
		return ErrPasswordSimple
	}
	return nil
}

// easyWords are the words of the person's and our own names, the longest first,
// so that none breaks up another that holds it.
func easyWords(own []string) []string {
	all := strings.ToLower(strings.Join(append(slices.Clone(own), "selvhjelp", "passord", "password"), " "))
	words := strings.FieldsFunc(all, func(r rune) bool { return strings.ContainsRune(" @.-_", r) })
	words = slices.DeleteFunc(words, func(w string) bool { return len(w) < 3 })
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

// withoutYears drops 1900 to 2099.
func withoutYears(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if i+4 <= len(s) && (s[i:i+2] == "19" || s[i:i+2] == "20") && digits(s[i:i+4]) {
			i += 3
			continue
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// surprises counts the symbols that do not follow from those before: not the
// same again, not the neighbour in the alphabet or on the keyboard, and not
// part of a piece that has been there before.
func surprises(s string) int {
	runes := []rune(s)
	n := 0
	for i := 0; i < len(runes); i++ {
		switch piece := repeated(runes, i); {
		case piece > 0:
			i += piece - 1
		case i == 0 || runes[i] != runes[i-1] && !neighbours(runes[i-1], runes[i]):
			n++
		}
	}
	return n
}

// repeated is how many symbols from i on, three or more, stand together before
// i as well.
func repeated(runes []rune, i int) int {
	before, n := string(runes[:i]), 0
	for i+n < len(runes) && strings.Contains(before, string(runes[i:i+n+1])) {
		n++
	}
	if n < 3 {
		return 0
	}
	return n
}

func neighbours(a, b rune) bool {
	for _, row := range rows {
		if strings.Contains(row, string([]rune{a, b})) || strings.Contains(row, string([]rune{b, a})) {
			return true
		}
	}
	return false
}
