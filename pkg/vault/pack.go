package vault

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"selvhjelp/store/packed"
)

// formatPacked is the first byte of packed account data. Older data is JSON,
// which begins with a brace; it is packed when it is next saved.
const formatPacked = 2

// serviceRoom is the least room of a service, in bytes: that of one with which
// four categories are shared, so that the size of an account at rest does not
// tell whether it shares.
const serviceRoom = 160

// toolRoom is the least room of a category that is one mapping tool, its name
// included, and nameRoom, in bytes, what each adds to the room of a service: the size of an
// account at rest does not tell which tools are shared by themselves, nor with
// whom.
const (
	toolRoom = 80
	nameRoom = 1 + MaxTool
)

// pack is the form in which account data rests. JSON takes twice the room.
func (d *Data) pack() []byte {
	w := packed.NewWriter(formatPacked)
	w.Text(d.Language)
	w.Number(d.UsedMonth)
	w.Bytes(d.Retirement)
	w.Bytes(d.KnownTo)
	w.Text(d.Policy)
	w.Bytes(d.Before)
	w.Number(d.Frozen)
	w.Flag(d.Leaving)
	w.Number(len(d.Categories))
	for _, name := range slices.Sorted(maps.Keys(d.Categories)) {
		w.Text(name)
		w.Part(categoryRoom(name), d.Categories[name].pack)
	}
	w.Number(len(d.Services))
	for _, s := range d.Services {
		w.Part(serviceRoom+nameRoom*d.tools(), s.pack)
	}
	each(w, d.Tickets, w.Bytes)
	w.Bytes(d.Notes)
	return w.Record()
}

// unpack reads what pack or, before there was one, encoding/json has made. Data
// shares the record's memory.
func (d *Data) unpack(record []byte) error {
	if len(record) == 0 || record[0] != formatPacked {
		if json.Unmarshal(record, d) != nil {
			return errors.New("account data record does not decode") // the error could quote it
		}
		return nil
	}
	r := packed.Sharing(record[1:])
	d.Language, d.UsedMonth = r.Text(), r.Number()
	d.Retirement, d.KnownTo = r.Bytes(), r.Bytes()
	d.Policy, d.Before = r.Text(), r.Bytes()
	d.Frozen, d.Leaving = r.Number(), r.Flag()
	categories := make([]CategoryKeys, r.Count())
	d.Categories = make(map[string]*CategoryKeys, len(categories))
	for i := range categories {
		d.Categories[r.Text()] = &categories[i]
		r.Part(categories[i].unpack)
	}
	for range r.Count() {
		s := &Service{}
		d.Services = append(d.Services, s)
		r.Part(s.unpack)
	}
	d.Tickets, d.Notes = all(r, r.Bytes), r.Bytes()
	if r.Err() != nil {
		return errors.New("account data record does not decode")
	}
	return nil
}

// categoryRoom is the least room of a category's keys.
func categoryRoom(name string) int {
	if Base(name) == name {
		return 0
	}
	return toolRoom - len(name)
}

// tools counts the categories that are one mapping tool.
func (d *Data) tools() (n int) {
	for name := range d.Categories {
		if Base(name) != name {
			n++
		}
	}
	return n
}

func (c *CategoryKeys) pack(w *packed.Writer) {
	w.Number(c.Version)
	w.Bytes(c.Key)
	each(w, c.Old, func(v VersionKey) {
		w.Number(v.Version)
		w.Bytes(v.Key)
	})
	if c.Closed > 0 { // or an account without tools of their own would take more room
		w.Number(c.Closed)
	}
}

func (c *CategoryKeys) unpack(r *packed.Reader) {
	c.Version, c.Key = r.Number(), r.Bytes()
	c.Old = all(r, func() VersionKey { return VersionKey{r.Number(), r.Bytes()} })
	c.Closed = r.Number()
}

func (s *Service) pack(w *packed.Writer) {
	w.Bytes(s.Business)
	w.Text(s.Reference)
	w.Bytes(s.Grant)
	w.Bytes(s.Key)
	each(w, s.Categories, w.Text)
	w.Number(s.Since)
	w.Number(s.Yes)
	each(w, s.Past, func(p Past) { w.Part(0, p.pack) })
	each(w, s.Openings, w.Bytes)
	w.Flag(s.Moving)
}

func (s *Service) unpack(r *packed.Reader) {
	s.Business, s.Reference = r.Bytes(), r.Text()
	s.Grant, s.Key = r.Bytes(), r.Bytes()
	s.Categories = all(r, r.Text)
	s.Since, s.Yes = r.Number(), r.Number()
	s.Past = all(r, func() (p Past) {
		r.Part(p.unpack)
		return p
	})
	s.Openings, s.Moving = all(r, r.Bytes), r.Flag()
}

func (p Past) pack(w *packed.Writer) {
	w.Bytes(p.Grant)
	w.Number(p.From)
	w.Number(p.To)
	each(w, p.Categories, w.Text)
	w.Text(p.Why)
	w.Flag(p.Seen)
}

func (p *Past) unpack(r *packed.Reader) {
	p.Grant, p.From, p.To = r.Bytes(), r.Number(), r.Number()
	p.Categories = all(r, r.Text)
	p.Why, p.Seen = r.Text(), r.Flag()
}

// each writes a list, and all reads one; nil when it is empty.
func each[T any](w *packed.Writer, list []T, write func(T)) {
	w.Number(len(list))
	for _, v := range list {
		write(v)
	}
}

func all[T any](r *packed.Reader, read func() T) (list []T) {
	for range r.Count() {
		list = append(list, read())
	}
	return list
}
