package registration

import (
	"encoding/json"
	"maps"
	"slices"

	"selvhjelp/store/packed"
)

// courseRoom is the least that a programme takes of its summary, in bytes: with
// it one has the length of the summaries of other categories, however far
// somebody has come.
const courseRoom = 40

// MarshalBinary is the form in which the summary rests, as for mappings.
func (s *Programs) MarshalBinary() ([]byte, error) {
	w := packed.NewWriter(formatPacked)
	w.Number(len(s.Courses))
	for _, program := range slices.Sorted(maps.Keys(s.Courses)) {
		w.Text(program)
		w.Part(courseRoom, s.Courses[program].pack)
	}
	return w.Record(), nil
}

// UnmarshalBinary reads what MarshalBinary or, before there was one,
// encoding/json has made.
func (s *Programs) UnmarshalBinary(record []byte) error {
	if len(record) == 0 || record[0] != formatPacked {
		return json.Unmarshal(record, s)
	}
	r := packed.NewReader(record[1:])
	for range r.Count() {
		if s.Courses == nil {
			s.Courses = map[string]ProgramCourse{}
		}
		program, course := r.Text(), ProgramCourse{}
		r.Part(course.unpack)
		s.Courses[program] = course
	}
	return r.Err()
}

func (c ProgramCourse) pack(w *packed.Writer) {
	w.Text(c.Version)
	w.Number(c.Parts)
	w.Number(len(c.Done))
	for _, part := range c.Done {
		w.Number(part)
	}
	w.Number(c.Set)
	w.Number(c.Homework)
	w.Number(int(c.Last))
	w.Number(int(c.Answered))
}

func (c *ProgramCourse) unpack(r *packed.Reader) {
	c.Version, c.Parts = r.Text(), r.Number()
	for range r.Count() {
		c.Done = append(c.Done, r.Number())
	}
	c.Set, c.Homework = r.Number(), r.Number()
	c.Last, c.Answered = int64(r.Number()), int64(r.Number())
}
