// Package audit writes down who looked at what, before the answer is given.
//
// There is one plain hash chain for each business. An entry is committed before
// the data it is about is read, so a failed entry is a failed reading. Its hash
// covers the hash before it and H(salt || entry): after two years, or when the
// business ends, the entry and its salt are removed, the hash stays, and the
// chain still verifies. An entry names the day, the professional, the role and
// what was opened, never an account.
package audit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
)

// What was done.
const (
	Overview = "overview" // once for each professional and day: all grants then in force
	Person   = "person"   // one grant
	HandOver = "handover" // a reference changed hands
	Cover    = "cover"    // a colleague was let see a reference for a time
	Issue    = "issue"    // codes were issued
	Revoke   = "revoke"   // a reference was revoked
	Send     = "send"     // something was sent to the owner of a grant
	End      = "end"      // sharing was ended for an owner who has lost the code
	Staff    = "staff"    // a professional was invited, let in, reset or deactivated
	Operator = "operator" // a command of the operator
	Request  = "request"  // a message to the operator was opened
	Reply    = "reply"    // one was answered or closed
	Purge    = "purge"    // one that identified a person was deleted
	Sums     = "sums"     // all evaluations were opened to add them up
	Money    = "money"    // a purchase was given back, or the accounts were taken out

	Addresses = "addresses" // the operator released the addresses of a day
)

// ErrChain is wrapped by the errors of Verify.
var ErrChain = errors.New("audit: the chain does not verify")

// Entry is one line of the log.
type Entry struct {
	Number int          `json:"-"` // from 1
	Day    deadline.Day `json:"d"`
	Who    []byte       `json:"w,omitempty"` // the professional
	Name   string       `json:"n,omitempty"` // who ran an operator's command
	Role   string       `json:"r"`
	What   string       `json:"a"`
	Grant  []byte       `json:"g,omitempty"` // the grant that was opened
	Count  int          `json:"c,omitempty"`
	Text   string       `json:"t,omitempty"` // of the operator: the command, or when and why of a release
}

// stored is an entry as it rests; Entry and Salt are removed when their time is
// over, Leaf stays.
type stored struct {
	Entry []byte `json:"e,omitempty"`
	Salt  []byte `json:"s,omitempty"`
	Leaf  []byte `json:"l"` // H(salt || entry)
}

// Head is the end of a chain.
type Head struct {
	Count int    `json:"n"`
	Hash  []byte `json:"h"`
}

var (
	entryTable = store.Table[stored]{Bucket: "audit"}
	headTable  = store.Table[Head]{Bucket: "chain"}
)

// Log is the chain of one business, or of the operator's own under a fixed id.
type Log struct {
	ring *keyring.Ring
	id   []byte
}

// For returns the chain of a business, or the operator's own for a fixed id.
func For(ring *keyring.Ring, business []byte) Log { return Log{ring, business} }

// Record appends an entry.
func (l Log) Record(tx store.Tx, e Entry) error {
	head, err := l.Head(tx)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(e)
	if err != nil {
		return err
	}
	salt := make([]byte, 16)
	rand.Read(salt) // never fails
	s := stored{plain, salt, leaf(salt, plain)}
	head = head.next(s.Leaf)
	return errors.Join(
		entryTable.Put(tx, l.key(head.Count), s),
		headTable.Put(tx, l.headKey(), head))
}

// Head returns the end of the chain; the zero Head when it is empty.
func (l Log) Head(r store.Reader) (Head, error) {
	h, err := headTable.Get(r, l.headKey())
	if errors.Is(err, store.ErrNotFound) {
		return Head{}, nil
	}
	return h, err
}

// Entries yields the entries of a day and later, oldest first.
func (l Log) Entries(r store.Reader, from deadline.Day) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		head, err := l.Head(r)
		first, err2 := l.First(r, from)
		if err := errors.Join(err, err2); err != nil {
			yield(Entry{}, err)
			return
		}
		for n := first; n <= head.Count; n++ {
			e, err := l.entry(r, n)
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Verify recomputes the chain and compares it with its head, and with heads
// that were kept outside. Its error wraps ErrChain and names the first entry
// that does not fit.
func (l Log) Verify(r store.Reader, checkpoints ...Head) error {
	want, err := l.Head(r)
	if err != nil {
		return err
	}
	var h Head
	for n := 1; n <= want.Count; n++ {
		s, err := entryTable.Get(r, l.key(n))
		if err != nil {
			return fmt.Errorf("%w: entry %d is missing", ErrChain, n)
		}
		if s.Entry != nil && !slices.Equal(s.Leaf, leaf(s.Salt, s.Entry)) {
			return fmt.Errorf("%w: entry %d was changed", ErrChain, n)
		}
		h = h.next(s.Leaf)
		for _, c := range checkpoints {
			if c.Count == n && !slices.Equal(c.Hash, h.Hash) {
				return fmt.Errorf("%w: up to entry %d it is not the chain of the checkpoint", ErrChain, n)
			}
		}
	}
	for _, c := range append(slices.Clone(checkpoints), want) {
		if c.Count > h.Count || c.Count == h.Count && !slices.Equal(c.Hash, h.Hash) {
			return fmt.Errorf("%w: it ends at entry %d", ErrChain, h.Count)
		}
	}
	return nil
}

func (l Log) entry(r store.Reader, n int) (Entry, error) {
	s, err := entryTable.Get(r, l.key(n))
	if err != nil {
		return Entry{}, fmt.Errorf("audit: entry %d: %w", n, err)
	}
	e := Entry{Number: n}
	if s.Entry != nil && json.Unmarshal(s.Entry, &e) != nil {
		return Entry{}, fmt.Errorf("audit: entry %d does not decode", n)
	}
	return e, nil
}

func (l Log) key(n int) []byte {
	return entryKey(l.ring.Index("audit", l.id), n)
}

// Name tells the chain from every other, for good: the first eight hexadecimal
// digits of where its entries lie.
func (l Log) Name() string { return hex.EncodeToString(l.ring.Index("audit", l.id)[:4]) }

func (l Log) headKey() []byte { return l.ring.Index("chain", l.id) }

func (h Head) next(leaf []byte) Head {
	sum := sha256.Sum256(append(slices.Clone(h.Hash), leaf...))
	return Head{h.Count + 1, sum[:]}
}

func leaf(salt, entry []byte) []byte {
	sum := sha256.Sum256(append(slices.Clone(salt), entry...))
	return sum[:]
}
