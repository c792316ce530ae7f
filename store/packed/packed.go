// Package packed writes records as bare bytes, field after field, for those
// that every request reads or that fit into less room than as JSON.
//
// It promises:
//
//   - What a Writer was given a Reader hands out again, field by field in the
//     same order; the two sides agree on the order, nothing in the record does.
//   - Reading past the end yields zero values, and what is left over is nobody's
//     concern: a record or a part of one can get further fields at its end, and
//     room to spare, and both the older and the newer program read it.
//   - Damaged bytes are an error, never a panic and never more memory than the
//     record's length allows.
//
// A number is a signed varint; bytes, text and parts begin with their length,
// which is an unsigned one.
package packed

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// ErrDamaged is the error of a record that is none.
var ErrDamaged = errors.New("packed: the record does not decode")

// Writer appends fields to a record; its zero value is an empty one.
type Writer struct{ record []byte }

// NewWriter begins a record with a byte that tells its format.
func NewWriter(format byte) *Writer { return &Writer{append(make([]byte, 0, 256), format)} }

// Record is what was written.
func (w *Writer) Record() []byte { return w.record }

// Number appends a number.
func (w *Writer) Number(n int) { w.record = binary.AppendVarint(w.record, int64(n)) }

// Flag appends yes or no.
func (w *Writer) Flag(yes bool) {
	n := 0
	if yes {
		n = 1
	}
	w.Number(n)
}

// Bytes appends bytes; nil and none are the same.
func (w *Writer) Bytes(b []byte) {
	w.record = binary.AppendUvarint(w.record, uint64(len(b)))
	w.record = append(w.record, b...)
}

// Text appends a text.
func (w *Writer) Text(s string) {
	w.record = binary.AppendUvarint(w.record, uint64(len(s)))
	w.record = append(w.record, s...)
}

// Part appends a record of its own that takes the room of at least room bytes.
func (w *Writer) Part(room int, write func(*Writer)) {
	var part Writer
	write(&part)
	if short := room - len(part.record); short > 0 {
		part.record = append(part.record, make([]byte, short)...)
	}
	w.Bytes(part.record)
}

// Reader hands out the fields of a record.
type Reader struct {
	rest    []byte
	shares  bool // bytes are handed out as they lie in the record
	damaged bool
}

// NewReader reads a record, which must not change meanwhile.
func NewReader(record []byte) *Reader { return &Reader{rest: record} }

// Sharing reads a record that never changes, and that the caller keeps: bytes are
// handed out as they lie in it, and are not to be changed either.
func Sharing(record []byte) *Reader { return &Reader{rest: record, shares: true} }

// Err is ErrDamaged if a field could not be read.
func (r *Reader) Err() error {
	if r.damaged {
		return ErrDamaged
	}
	return nil
}

// Number reads a number.
func (r *Reader) Number() int {
	if len(r.rest) == 0 {
		return 0
	}
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

// Flag reads yes or no.
func (r *Reader) Flag() bool { return r.Number() != 0 }

// Bytes reads bytes, in memory of their own unless the reader is Sharing; nil when
// there are none.
func (r *Reader) Bytes() []byte {
	b := r.next()
	switch {
	case len(b) == 0:
		return nil
	case r.shares:
		return b
	}
	return bytes.Clone(b)
}

// Text reads a text.
func (r *Reader) Text() string { return string(r.next()) }

// Count reads how many fields follow: at most as many as there are bytes.
func (r *Reader) Count() int {
	n := r.Number()
	if n < 0 || n > len(r.rest) {
		r.fail()
		return 0
	}
	return n
}

// Part reads a record of its own. A fault in it is one of the whole.
func (r *Reader) Part(read func(*Reader)) {
	part := r.next()
	after := r.rest
	r.rest = part
	read(r)
	r.rest = after
}

// next reads what begins with its length.
func (r *Reader) next() []byte {
	if len(r.rest) == 0 {
		return nil
	}
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > uint64(len(r.rest)-size) {
		r.fail()
		return nil
	}
	field := r.rest[size : size+int(n) : size+int(n)]
	r.rest = r.rest[size+int(n):]
	return field
}

func (r *Reader) fail() { r.rest, r.damaged = nil, true }
