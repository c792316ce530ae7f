package packed_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"selvhjelp/store/packed"
)

// sample has a field of every kind.
type sample struct {
	Number int
	Flag   bool
	Bytes  []byte
	Text   string
	Parts  []int
}

func (s sample) write(w *packed.Writer, room int) {
	w.Number(s.Number)
	w.Flag(s.Flag)
	w.Bytes(s.Bytes)
	w.Text(s.Text)
	w.Number(len(s.Parts))
	for _, n := range s.Parts {
		w.Part(room, func(w *packed.Writer) { w.Number(n) })
	}
}

func read(record []byte) (s sample, err error) {
	r := packed.NewReader(record)
	s.Number, s.Flag, s.Bytes, s.Text = r.Number(), r.Flag(), r.Bytes(), r.Text()
	for range r.Count() {
		r.Part(func(r *packed.Reader) { s.Parts = append(s.Parts, r.Number()) })
	}
	return s, r.Err()
}

func samples() *rapid.Generator[sample] {
	return rapid.Custom(func(t *rapid.T) sample {
		return sample{rapid.Int().Draw(t, "number"), rapid.Bool().Draw(t, "flag"),
			append([]byte(nil), rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "bytes")...), rapid.String().Draw(t, "text"),
			append([]int(nil), rapid.SliceOfN(rapid.Int(), 0, 5).Draw(t, "parts")...)}
	})
}

func TestWhatIsWrittenIsReadAgainWhateverRoomIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want, w := samples().Draw(t, "sample"), &packed.Writer{}
		want.write(w, rapid.IntRange(0, 40).Draw(t, "room"))
		spare := rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "spare")
		got, err := read(append(w.Record(), spare...))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatal(err, diff)
		}
	})
}

// TestSharedBytesEndWhereTheirFieldEnds: who appends to them changes nothing of the
// record.
func TestSharedBytesEndWhereTheirFieldEnds(t *testing.T) {
	var w packed.Writer
	w.Bytes([]byte("first"))
	w.Bytes([]byte("second"))
	record := w.Record()
	r := packed.Sharing(record)
	first := r.Bytes()
	if _ = append(first, "XXXXXX"...); string(first) != "first" || string(r.Bytes()) != "second" || r.Bytes() != nil || r.Err() != nil {
		t.Errorf("%q of %q", first, record)
	}
	if &first[0] != &record[1] {
		t.Error("shared bytes were copied")
	}
}

func TestDamagedBytesAreAnErrorAndNeverAPanic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		record := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "record")
		if s, err := read(record); len(s.Bytes)+len(s.Text) > len(record) || err != nil && !errors.Is(err, packed.ErrDamaged) {
			t.Fatal("more came out than went in", err)
		}
	})
	for name, record := range map[string][]byte{
		"a number that does not end":      bytes.Repeat([]byte{0xff}, 11),
		"bytes that are longer than that": {0, 0, 5, 'a'},
		"more parts than bytes":           {0, 0, 0, 0, 20, 0},
		"fewer parts than none":           {0, 0, 0, 0, 1},
		"a part with a fault":             {0, 0, 0, 0, 2, 1, 0xff},
	} {
		if _, err := read(record); !errors.Is(err, packed.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnOlderRecordHasZeroForWhatCameLater(t *testing.T) {
	var w packed.Writer
	w.Number(-7)
	if got, err := read(w.Record()); err != nil || !cmp.Equal(got, sample{Number: -7}) {
		t.Error(err, got)
	}
}

func TestAPartTakesTheRoomItIsGiven(t *testing.T) {
	for n, want := range map[int]int{0: 41, 39: 41, 40: 41, 41: 42} {
		var w packed.Writer
		w.Part(40, func(w *packed.Writer) {
			for range n {
				w.Number(1)
			}
		})
		if len(w.Record()) != want {
			t.Errorf("%d bytes in a room of 40 take %d", n, len(w.Record()))
		}
	}
}

func TestWhatWasReadIsNotChangedByTheRecord(t *testing.T) {
	var w packed.Writer
	w.Bytes([]byte("kept"))
	record := w.Record()
	got := packed.NewReader(record).Bytes()
	clear(record)
	if string(got) != "kept" {
		t.Error("the bytes are the record's own")
	}
}
