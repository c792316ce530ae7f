package accesscode

import "strings"

// The check symbol makes the weighted sum of all twenty symbols zero over
// GF(32) = GF(2)[x]/(x^5+x^2+1), the weight of symbol i being a^i for the
// generator a = x. The weights are distinct and not zero, so every substitution
// of one symbol and every swap of two different symbols changes the sum.

const fieldPoly = 0b100101 // x^5 + x^2 + 1

// timesA multiplies an element of GF(32) by the generator a.
func timesA(v byte) byte {
	v <<= 1
	if v&32 != 0 {
		v ^= fieldPoly
	}
	return v
}

// checkSymbol is the value of the 20th symbol for the 19 before it. By Horner's
// rule from the back it needs only multiplication by a and, at the end, by
// 1/a^19 = a^12, since a^31 = 1.
func checkSymbol(data []byte) byte {
	var sum byte
	for i := len(data) - 1; i >= 0; i-- {
		sum = timesA(sum) ^ byte(strings.IndexByte(alphabet, data[i]))
	}
	for range 31 - dataLen {
		sum = timesA(sum)
	}
	return sum
}
