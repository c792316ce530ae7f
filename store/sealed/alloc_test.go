package sealed

import "testing"

// TestOneRecordAllocatesNothingButItsValue: sealing lends its buffer, opening
// makes the value that it returns.
func TestOneRecordAllocatesNothingButItsValue(t *testing.T) {
	key, value := make([]byte, 32), make([]byte, 200)
	b := &box{keys: oneKey{newKey(1)}}
	record := append([]byte(nil), b.seal("reg", key, value)...)
	if n := testing.AllocsPerRun(100, func() { b.seal("reg", key, value) }); n != 0 {
		t.Errorf("sealing: %v allocations", n)
	}
	n := testing.AllocsPerRun(100, func() {
		if _, err := b.open("reg", key, record); err != nil {
			t.Error(err)
		}
	})
	if n != 1 {
		t.Errorf("opening: %v allocations, want the value alone", n)
	}
}

// BenchmarkOneRecord shows the allocations of sealing and opening one record;
// BenchmarkSealOpen has the ratio to AES-GCM alone.
func BenchmarkOneRecord(b *testing.B) {
	key, value := make([]byte, 32), make([]byte, 200)
	x := &box{keys: oneKey{newKey(1)}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.open("reg", key, x.seal("reg", key, value)); err != nil {
			b.Fatal(err)
		}
	}
}
