package sealed

import (
	"bytes"
	"testing"
)

func TestTheLadderIsCoarse(t *testing.T) {
	for _, test := range []struct{ longest, step int }{
		{63, 64}, {254, 256}, {510, 512}, {1022, 1024}, {4094, 4096},
		{16_382, 16_384}, {65_533, 65_536}, {262_141, 262_144}, {1_048_573, 1_048_576},
	} {
		if got := Padded(test.longest); got != test.step {
			t.Errorf("Padded(%d) = %d, want %d", test.longest, got, test.step)
		}
		if got := Padded(test.longest + 1); got <= test.step {
			t.Errorf("Padded(%d) = %d, want the step after %d", test.longest+1, got, test.step)
		}
	}
	if got := Padded(0); got != 64 {
		t.Errorf("Padded(0) = %d, want 64", got)
	}
}

func TestPaddingComesOffAgain(t *testing.T) {
	used := bytes.Repeat([]byte{0xff}, 5000)
	for n := range 1100 {
		value := bytes.Repeat([]byte{'v'}, n)
		plain := appendPadded(used[:0], value)
		if got, ok := unpad(plain); !ok || !bytes.Equal(got, value) {
			t.Fatalf("%d bytes: padding does not come off", n)
		}
		fill := plain[prefixSize(n)+n:]
		if !bytes.Equal(fill, make([]byte, len(fill))) {
			t.Fatalf("%d bytes: filled with what the buffer held before", n)
		}
	}
}

func FuzzUnpad(f *testing.F) {
	f.Add(appendPadded(nil, []byte("value")))
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0xff}, 64))
	f.Add(append([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, make([]byte, 54)...))
	f.Fuzz(func(t *testing.T, plain []byte) {
		if value, ok := unpad(plain); ok && Padded(len(value)) != len(plain) {
			t.Errorf("%d bytes hold a value of %d", len(plain), len(value))
		}
	})
}
