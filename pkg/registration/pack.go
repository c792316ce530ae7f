package registration

import (
	"encoding/json"
	"maps"
	"slices"

	"selvhjelp/store/packed"
)

// formatPacked is the first byte of a packed summary. Older ones are JSON,
// which begins with a brace, and are packed with the next mapping.
const formatPacked = 2

// MarshalBinary is the form in which a summary rests: every save reads and
// writes it, and an overview reads one an account.
func (s *Summary) MarshalBinary() ([]byte, error) {
	w := packed.NewWriter(formatPacked)
	w.Number(len(s.Courses))
	for _, instrument := range slices.Sorted(maps.Keys(s.Courses)) {
		w.Text(instrument)
		w.Part(0, s.Courses[instrument].pack)
	}
	return w.Record(), nil
}

// UnmarshalBinary reads what MarshalBinary or, before there was one,
// encoding/json has made.
func (s *Summary) UnmarshalBinary(record []byte) error {
	if len(record) == 0 || record[0] != formatPacked {
		return json.Unmarshal(record, s)
	}
	r := packed.NewReader(record[1:])
	for range r.Count() {
		if s.Courses == nil {
			s.Courses = map[string]*Course{}
		}
		c := &Course{}
		s.Courses[r.Text()] = c
		r.Part(c.unpack)
	}
	return r.Err()
}

func (c *Course) pack(w *packed.Writer) {
	w.Number(c.Count)
	for _, p := range []Point{c.First, c.Previous, c.Last} {
		w.Part(0, p.pack)
	}
}

func (c *Course) unpack(r *packed.Reader) {
	c.Count = r.Number()
	for _, p := range []*Point{&c.First, &c.Previous, &c.Last} {
		r.Part(p.unpack)
	}
}

func (p Point) pack(w *packed.Writer) {
	w.Number(p.Score)
	w.Text(p.Band)
	w.Flag(p.Risk)
	w.Number(int(p.At))
	w.Number(int(p.Corrected))
	w.Number(len(p.Scales))
	for _, scale := range slices.Sorted(maps.Keys(p.Scales)) {
		w.Text(scale)
		w.Number(p.Scales[scale])
		w.Text(p.ScaleBands[scale])
	}
	w.Flag(p.NoTotal)
	w.Text(p.Version)
}

func (p *Point) unpack(r *packed.Reader) {
	p.Score, p.Band, p.Risk = r.Number(), r.Text(), r.Flag()
	p.At, p.Corrected = int64(r.Number()), int64(r.Number())
	for range r.Count() {
		p.unpackScale(r.Text(), r.Number(), r.Text())
	}
	p.NoTotal = r.Flag()
	p.Version = r.Text() // none at the end of what was packed before it was kept
}

// unpackScale adds a scale, which may have no bands.
func (p *Point) unpackScale(id string, score int, band string) {
	if p.Scales == nil {
		p.Scales = map[string]int{}
	}
	p.Scales[id] = score
	if band == "" {
		return
	}
	if p.ScaleBands == nil {
		p.ScaleBands = map[string]string{}
	}
	p.ScaleBands[id] = band
}

// visitsRoom is the least room of what the summary of visits says, in bytes: with
// it the shortest takes the room of all others at rest.
const visitsRoom = 64

// MarshalBinary is the form in which the summary of visits rests: every login
// reads it, and an overview reads one an account.
func (v *Visits) MarshalBinary() ([]byte, error) {
	w := packed.NewWriter(formatPacked)
	w.Part(visitsRoom, func(w *packed.Writer) {
		w.Number(v.Count)
		w.Number(int(v.Last))
		w.Bytes(v.ID)
		w.Number(v.Minutes)
		w.Text(v.System)
		w.Text(v.Browser)
	})
	return w.Record(), nil
}

// UnmarshalBinary reads what MarshalBinary or, before there was one,
// encoding/json has made.
func (v *Visits) UnmarshalBinary(record []byte) error {
	if len(record) == 0 || record[0] != formatPacked {
		type plain Visits // without this method
		return json.Unmarshal(record, (*plain)(v))
	}
	r := packed.NewReader(record[1:])
	r.Part(func(r *packed.Reader) {
		v.Count, v.Last = r.Number(), int64(r.Number())
		v.ID, v.Minutes = r.Bytes(), r.Number()
		v.System, v.Browser = r.Text(), r.Text()
	})
	return r.Err()
}
