package session

import (
	"encoding/binary"
	"encoding/json"
	"errors"
)

// Every page of a user begins with reading a session, so those of users have a
// form of their own: a version byte, then numbers as varints, texts and bytes
// with their length before them, lists with their number. All others, and those
// from before, are JSON, which begins with a brace.
const userFormat = 1

var errDecode = errors.New("session record does not decode")

func encode(s Session) ([]byte, error) {
	if s.User == nil || s.Welcome != nil || s.Staff != nil {
		return json.Marshal(s)
	}
	u, w := s.User, writer{userFormat}
	w.number(s.Started)
	w.number(s.Seen)
	w.flag(s.Own)
	w.bytes(u.Lookup)
	w.bytes(u.Account)
	w.number(int64(u.Generation))
	w.bytes(u.Master)
	w.bytes([]byte(u.Fresh))
	w.flag(u.Visit != nil)
	if u.Visit != nil {
		w.bytes(u.Visit.ID)
		w.number(u.Visit.Noted)
	}
	w.list(u.Later)
	w.number(int64(u.Narrow))
	w.list(s.Forms)
	return w, nil
}

func decode(raw []byte, s *Session) error {
	if len(raw) == 0 || raw[0] != userFormat {
		if json.Unmarshal(raw, s) != nil {
			return errDecode
		}
		return nil
	}
	r := reader{rest: raw[1:]}
	s.Started, s.Seen, s.Own = r.number(), r.number(), r.flag()
	u := &User{Lookup: r.bytes(), Account: r.bytes(), Generation: int(r.number()), Master: r.bytes(), Fresh: string(r.bytes())}
	if r.flag() {
		u.Visit = &Visit{ID: r.bytes(), Noted: r.number()}
	}
	u.Later, u.Narrow = r.list(), int(r.number())
	s.User, s.Forms = u, r.list()
	if r.failed || len(r.rest) > 0 {
		return errDecode
	}
	return nil
}

type writer []byte

func (w *writer) number(n int64) { *w = binary.AppendVarint(*w, n) }

func (w *writer) flag(f bool) {
	if f {
		*w = append(*w, 1)
	} else {
		*w = append(*w, 0)
	}
}

func (w *writer) bytes(b []byte) { *w = append(binary.AppendUvarint(*w, uint64(len(b))), b...) }

func (w *writer) list(list []string) {
	*w = binary.AppendUvarint(*w, uint64(len(list)))
	for _, s := range list {
		w.bytes([]byte(s))
	}
}

// reader reads what writer wrote. Once it has failed it reads nothing more.
type reader struct {
	rest   []byte
	failed bool
}

// take returns the next n bytes, which are part of what is being read.
func (r *reader) take(n uint64) []byte {
	if r.failed || n > uint64(len(r.rest)) {
		r.failed = true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) number() int64 {
	n, size := binary.Varint(r.rest)
	if r.take(uint64(max(size, 0))); size <= 0 {
		r.failed = true
	}
	return n
}

func (r *reader) length() uint64 {
	n, size := binary.Uvarint(r.rest)
	if r.take(uint64(max(size, 0))); size <= 0 {
		r.failed = true
	}
	return n
}

func (r *reader) flag() bool {
	b := r.take(1)
	return len(b) == 1 && b[0] == 1
}

func (r *reader) bytes() []byte {
	if b := r.take(r.length()); len(b) > 0 {
		return b
	}
	return nil
}

func (r *reader) list() (list []string) {
	for n := r.length(); n > 0 && !r.failed; n-- {
		list = append(list, string(r.bytes()))
	}
	return list
}
