package store

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
)

// formatV1 is the first byte of every record.
const formatV1 = 1

// Table gives the values of one bucket the type T. A record is a version byte
// followed by JSON, or by what T's own MarshalBinary yields where *T is an
// encoding.BinaryMarshaler and BinaryUnmarshaler. The formats are frozen by
// golden files in the packages that own them.
type Table[T any] struct {
	// Bucket is the bucket's name.
	Bucket string
}

// Row is a key with its decoded record.
type Row[T any] struct {
	Key   []byte
	Value T
}

// Get returns the record under key. ErrNotFound when there is none; an error
// that names the bucket, never the content, when it does not decode.
func (t Table[T]) Get(r Reader, key []byte) (T, error) {
	raw, err := r.Get(t.Bucket, key)
	if err != nil {
		var zero T
		if errors.Is(err, ErrNotFound) {
			return zero, err
		}
		return zero, fmt.Errorf("%s record: %w", t.Bucket, err)
	}
	return t.Decode(raw)
}

// Put stores the record under key.
func (t Table[T]) Put(tx Tx, key []byte, v T) error {
	raw, err := t.encode(v)
	if err != nil {
		return err
	}
	return tx.Put(t.Bucket, key, raw)
}

// Delete removes the record under key, if there is one.
func (t Table[T]) Delete(tx Tx, key []byte) error { return tx.Delete(t.Bucket, key) }

// Range yields the records with from <= key < to in the order of their keys. It
// ends at one that cannot be read, whose key comes with the error.
func (t Table[T]) Range(r Reader, from, to []byte) iter.Seq2[Row[T], error] {
	return func(yield func(Row[T], error) bool) {
		for e, err := range r.Range(t.Bucket, from, to) {
			if err != nil {
				yield(Row[T]{Key: e.Key}, fmt.Errorf("%s record: %w", t.Bucket, err))
				return
			}
			v, err := t.Decode(e.Value)
			if !yield(Row[T]{e.Key, v}, err) || err != nil {
				return
			}
		}
	}
}

// Prefix yields the records whose keys begin with prefix.
func (t Table[T]) Prefix(r Reader, prefix []byte) iter.Seq2[Row[T], error] {
	return t.Range(r, prefix, PrefixEnd(prefix))
}

func (t Table[T]) encode(v T) ([]byte, error) {
	var body []byte
	var err error
	if m, ok := any(&v).(encoding.BinaryMarshaler); ok {
		body, err = m.MarshalBinary()
	} else {
		body, err = json.Marshal(v)
	}
	if err != nil {
		return nil, fmt.Errorf("%s record: encoding: %w", t.Bucket, err)
	}
	return append([]byte{formatV1}, body...), nil
}

// Decode reads a record that somebody else has fetched. Its error names the
// bucket, never the content.
func (t Table[T]) Decode(raw []byte) (T, error) {
	var v T
	if len(raw) == 0 || raw[0] != formatV1 {
		return v, fmt.Errorf("%s record: unknown format", t.Bucket)
	}
	var err error
	if u, ok := any(&v).(encoding.BinaryUnmarshaler); ok {
		err = u.UnmarshalBinary(raw[1:])
	} else {
		err = json.Unmarshal(raw[1:], &v)
	}
	if err != nil {
		// The JSON error may quote content; it is not passed on.
		return v, fmt.Errorf("%s record: does not decode", t.Bucket)
	}
	return v, nil
}

// Raw is a record that its owner has sealed already: Table stores its bytes as
// they are, and hands them out as Reader does, until the transaction ends.
type Raw []byte

// MarshalBinary returns the bytes.
func (r *Raw) MarshalBinary() ([]byte, error) { return *r, nil }

// UnmarshalBinary keeps the bytes, which must not change.
func (r *Raw) UnmarshalBinary(b []byte) error {
	*r = b
	return nil
}
