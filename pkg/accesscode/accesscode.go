// Package accesscode issues, parses and checks the random codes that are the
// only thing a user logs in with.
//
// A code is 20 symbols of Crockford's base32 in four groups of five, such as
// 7KQ2M-9XW4T-HB3CE-N0VRA. Nineteen symbols are random (95 bits); the last is a
// check symbol, so that a slip of the finger is told apart from a code that
// nobody has before a login is even tried.
//
// A Code never prints itself: fmt, slog and the encoders see "[access code]" or
// an error. Only Grouped and LastGroup yield text, for the one page or sheet
// that shows it.
package accesscode

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	// Len is the number of symbols of a code.
	Len = 20
	// GroupLen is the number of symbols of a group.
	GroupLen = 5

	dataLen  = Len - 1
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford base32
	maxInput = 256                                // bytes that a person could have meant as a code
	redacted = "[access code]"
)

// ErrMistyped is returned by Parse for what cannot be a code: not 20 symbols,
// or a check symbol that does not fit.
var ErrMistyped = errors.New("accesscode: mistyped")

// Code is an access code. The zero value is no code.
type Code struct {
	symbols [Len]byte // of the alphabet
}

// New draws a code from crypto/rand.
func New() Code {
	var random [dataLen]byte
	rand.Read(random[:]) // never fails
	var c Code
	for i, b := range random {
		c.symbols[i] = alphabet[b%32]
	}
	c.symbols[dataLen] = alphabet[checkSymbol(c.symbols[:dataLen])]
	return c
}

// Parse reads what a person typed, pasted or scanned. It forgives case,
// spaces, hyphens, full-width forms and the letters that Crockford's alphabet
// leaves out: I and L are read as 1, O and Ø as 0, U as V. Anything else that
// is not a valid code is ErrMistyped.
func Parse(s string) (Code, error) {
	var c Code
	if len(s) > maxInput {
		return Code{}, ErrMistyped
	}
	n := 0
	for _, r := range strings.ToUpper(norm.NFKC.String(s)) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		v := symbolValue(r)
		if v < 0 || n == Len {
			return Code{}, ErrMistyped
		}
		c.symbols[n] = alphabet[v]
		n++
	}
	if n != Len || c.symbols[dataLen] != alphabet[checkSymbol(c.symbols[:dataLen])] {
		return Code{}, ErrMistyped
	}
	return c, nil
}

// symbolValue is the value 0 to 31 of a symbol as people type it, or -1.
func symbolValue(r rune) int {
	switch r {
	case 'I', 'L':
		r = '1'
	case 'O', 'Ø':
		r = '0'
	case 'U':
		r = 'V'
	}
	if r >= unicode.MaxASCII {
		return -1
	}
	return strings.IndexByte(alphabet, byte(r))
}

// Grouped is the code in its written form, 7KQ2M-9XW4T-HB3CE-N0VRA. It is for
// the page, sheet or session record that must hold it, and for nothing else.
func (c Code) Grouped() string {
	s := string(c.symbols[:])
	return s[0:5] + "-" + s[5:10] + "-" + s[10:15] + "-" + s[15:20]
}

// LastGroup reports whether s is the last group of the code as a person types
// it; it proves that the code was saved.
func (c Code) LastGroup(s string) bool {
	full, err := Parse(c.Grouped()[:Len-GroupLen+3] + s) // the three groups before, with hyphens
	return err == nil && full == c
}

// Data is the 19 random symbols, the input of the lookup key and of the
// account's key.
func (c Code) Data() []byte { return append([]byte(nil), c.symbols[:dataLen]...) }

// IsZero reports whether c is no code.
func (c Code) IsZero() bool { return c == Code{} }

// Format writes "[access code]" whatever the verb.
func (c Code) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// String returns "[access code]".
func (c Code) String() string { return redacted }

// LogValue returns "[access code]".
func (c Code) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText refuses: a code is not to be written by an encoder by accident.
func (c Code) MarshalText() ([]byte, error) {
	return nil, errors.New("accesscode: a code is not serialised")
}
