package orgnumber_test

import (
	"errors"
	"strings"
	"testing"

	"selvhjelp/pkg/orgnumber"
)

// valid is the number of the Brønnøysund Register Centre itself.
const valid = "974760673"

func TestARightNumberLosesItsSpaces(t *testing.T) {
	for _, s := range []string{valid, "974 760 673", " 974\u00a0760\u00a0673\n"} {
		if got, err := orgnumber.Check(s); got != valid || err != nil {
			t.Errorf("Check(%q) = %q, %v", s, got, err)
		}
	}
}

func TestEveryWrongDigitIsNoticed(t *testing.T) {
	for i := range valid {
		for d := '0'; d <= '9'; d++ {
			s := valid[:i] + string(d) + valid[i+1:]
			if _, err := orgnumber.Check(s); s != valid && err == nil {
				t.Errorf("%q was accepted", s)
			}
		}
	}
}

func TestEverySwapOfNeighboursIsNoticed(t *testing.T) {
	for i := range len(valid) - 1 {
		s := valid[:i] + valid[i+1:i+2] + valid[i:i+1] + valid[i+2:]
		if _, err := orgnumber.Check(s); s != valid && !errors.Is(err, orgnumber.ErrCheckDigit) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestANumberThatWouldNeedTheCheckDigitTenDoesNotExist(t *testing.T) {
	for d := range 10 { // 3*8 + 2*1 + 4*2 = 34, which is 1 modulo 11
		s := "81000200" + string(rune('0'+d))
		if _, err := orgnumber.Check(s); !errors.Is(err, orgnumber.ErrCheckDigit) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestOtherThanNineDigitsIsNoNumberAndIsNotRepeated(t *testing.T) {
	for _, s := range []string{"", "97476067", "9747606730", "97476067x", "NO974760673", "000000000", "９74760673"} {
		_, err := orgnumber.Check(s)
		if !errors.Is(err, orgnumber.ErrFormat) {
			t.Errorf("%q: %v", s, err)
		}
		if s != "" && strings.Contains(err.Error(), s) {
			t.Errorf("the error repeats %q", s)
		}
	}
}
