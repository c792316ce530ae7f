package sealed

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Padded returns how many bytes a value of n bytes fills before it is sealed,
// its length prefix included: 64, 256, 512, 1024, 4096, 16384 and so on by
// powers of four.
func Padded(n int) int {
	n += prefixSize(n)
	for _, step := range []int{64, 256, 512} {
		if n <= step {
			return step
		}
	}
	step := 1024
	for step < n {
		step *= 4
	}
	return step
}

// prefixSize is the length of n as an unsigned varint: 7 bits a byte.
func prefixSize(n int) int { return (bits.Len(uint(n)|1) + 6) / 7 }

// appendPadded appends the padded value and leaves capacity for a tag.
func appendPadded(b, value []byte) []byte {
	end := len(b) + Padded(len(value))
	b = slices.Grow(b, end-len(b)+tagSize)
	b = binary.AppendUvarint(b, uint64(len(value)))
	b = append(b, value...)
	clear(b[len(b):end])
	return b[:end]
}

// unpad returns the value inside plain, or false for what appendPadded does
// not make.
func unpad(plain []byte) ([]byte, bool) {
	n, prefix := binary.Uvarint(plain)
	if prefix <= 0 || n > uint64(len(plain)) || Padded(int(n)) != len(plain) {
		return nil, false
	}
	end := prefix + int(n)
	return plain[prefix:end:end], true
}
