// Package orgnumber checks Norwegian organisation numbers.
//
// It promises that a number it accepts has nine digits and the right check
// digit, and that its errors never repeat what was checked. Whether the
// number is in the register is not known to it.
package orgnumber

import (
	"errors"
	"strings"
)

// Errors of Check.
var (
	// ErrFormat means that there are not nine digits, the first of them not 0.
	ErrFormat = errors.New("orgnumber: not nine digits")
	// ErrCheckDigit means that a digit is wrong or two were swapped.
	ErrCheckDigit = errors.New("orgnumber: wrong check digit")
)

// weights of the nine digits; the last is the check digit's own. The weighted
// sum of a correct number is divisible by 11 (Brønnøysund Register Centre,
// "Organisasjonsnummeret").
var weights = [9]int{3, 2, 7, 6, 5, 4, 3, 2, 1}

// Check returns s without its spaces if it is an organisation number.
// Otherwise it returns ErrFormat or ErrCheckDigit.
func Check(s string) (normalised string, err error) {
	s = strings.Join(strings.Fields(s), "")
	if len(s) != len(weights) || s[0] == '0' {
		return "", ErrFormat
	}
	sum := 0
	for i, weight := range weights {
		if s[i] < '0' || s[i] > '9' {
			return "", ErrFormat
		}
		sum += weight * int(s[i]-'0')
	}
	if sum%11 != 0 {
		return "", ErrCheckDigit
	}
	return s, nil
}
