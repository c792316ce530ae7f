package audit_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/store"
)

// stored is the format of an entry at rest, as somebody who edits the
// database with the server's keys in hand sees it.
type stored struct {
	Entry []byte `json:"e,omitempty"`
	Salt  []byte `json:"s,omitempty"`
	Leaf  []byte `json:"l"`
}

var (
	entries = store.Table[stored]{Bucket: "audit"}
	heads   = store.Table[audit.Head]{Bucket: "chain"}
)

// office is a business's log in a file of its own.
type office struct {
	*domaintest.World
	t  domaintest.T
	id []byte
}

func open(t *testing.T) *office {
	return &office{domaintest.Open(t), t, []byte("id of a business")}
}

func (o *office) log() audit.Log { return audit.For(o.Ring, o.id) }

func (o *office) record(list ...audit.Entry) {
	o.t.Helper()
	o.Update(o.t, func(tx store.Tx) error {
		for _, e := range list {
			if err := o.log().Record(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// days are entries of these days.
func days(list ...deadline.Day) []audit.Entry {
	var out []audit.Entry
	for _, d := range list {
		out = append(out, audit.Entry{Day: d, Who: []byte("professional"), Role: "professional", What: audit.Overview})
	}
	return out
}

func (o *office) head() (h audit.Head) {
	o.t.Helper()
	o.View(o.t, func(r store.Reader) (err error) {
		h, err = o.log().Head(r)
		return err
	})
	return h
}

func (o *office) verify(checkpoints ...audit.Head) (err error) {
	o.t.Helper()
	o.View(o.t, func(r store.Reader) error {
		err = o.log().Verify(r, checkpoints...)
		return nil
	})
	return err
}

func (o *office) key(n int) []byte {
	return binary.BigEndian.AppendUint64(o.Ring.Index("audit", o.id), uint64(n))
}

// edit changes an entry where it rests.
func (o *office) edit(n int, change func(*stored)) {
	o.t.Helper()
	o.Update(o.t, func(tx store.Tx) error {
		s, err := entries.Get(tx, o.key(n))
		if err != nil {
			return err
		}
		change(&s)
		return entries.Put(tx, o.key(n), s)
	})
}

func (o *office) read(from deadline.Day) []audit.Entry {
	o.t.Helper()
	var out []audit.Entry
	o.View(o.t, func(r store.Reader) error {
		out = nil
		for e, err := range o.log().Entries(r, from) {
			if err != nil {
				return err
			}
			out = append(out, e)
		}
		return nil
	})
	return out
}

func TestAnEntryIsReadAsItWasWritten(t *testing.T) {
	o := open(t)
	want := audit.Entry{Day: 20510, Who: []byte("professional"), Name: "kari", Role: "super user", What: audit.Person, Grant: []byte("grant"), Count: 3}
	o.record(want)
	want.Number = 1
	if diff := cmp.Diff([]audit.Entry{want}, o.read(0)); diff != "" {
		t.Error(diff)
	}
}

func TestAnUntouchedLogVerifies(t *testing.T) {
	o := open(t)
	if err := o.verify(); err != nil {
		t.Errorf("an empty log: %v", err)
	}
	var kept []audit.Head
	for _, e := range days(1, 1, 2, 5, 9) {
		o.record(e)
		kept = append(kept, o.head())
	}
	if err := o.verify(kept...); err != nil {
		t.Errorf("with every head kept outside: %v", err)
	}
}

func TestWhatIsDoneToTheLogIsNoticed(t *testing.T) {
	for story, tamper := range map[string]func(o *office){
		"an edited entry": func(o *office) {
			o.edit(2, func(s *stored) { s.Entry = bytes.Replace(s.Entry, []byte("overview"), []byte("overlook"), 1) })
		},
		"an entry edited with its leaf": func(o *office) {
			o.edit(2, func(s *stored) { s.Entry, s.Salt, s.Leaf = nil, nil, bytes.Repeat([]byte{7}, 32) })
		},
		"another salt": func(o *office) { o.edit(2, func(s *stored) { s.Salt[0]++ }) },
		"a removed entry": func(o *office) {
			o.Update(o.t, func(tx store.Tx) error { return entries.Delete(tx, o.key(2)) })
		},
		"a removed last entry": func(o *office) {
			o.Update(o.t, func(tx store.Tx) error { return entries.Delete(tx, o.key(3)) })
		},
		"two entries that changed places": func(o *office) {
			o.Update(o.t, func(tx store.Tx) error {
				a, err1 := entries.Get(tx, o.key(1))
				b, err2 := entries.Get(tx, o.key(2))
				return errors.Join(err1, err2, entries.Put(tx, o.key(1), b), entries.Put(tx, o.key(2), a))
			})
		},
		"a head that was set back": func(o *office) {
			o.Update(o.t, func(tx store.Tx) error {
				h := o.head()
				h.Count--
				return heads.Put(tx, o.Ring.Index("chain", o.id), h)
			})
		},
	} {
		o := open(t)
		o.record(days(1, 2, 3)...)
		tamper(o)
		if err := o.verify(); !errors.Is(err, audit.ErrChain) {
			t.Errorf("%s: %v, want ErrChain", story, err)
		}
	}
}

// TestARewrittenLogIsCaughtByACheckpoint and by nothing else: who holds the
// server's keys can write a chain that fits itself.
func TestARewrittenLogIsCaughtByACheckpoint(t *testing.T) {
	for story, rewrite := range map[string][]deadline.Day{
		"as long as it was": {1, 2, 4}, "cut short": {1, 2}, "emptied": {}, "longer": {1, 2, 4, 5},
	} {
		o := open(t)
		o.record(days(1, 2, 3)...)
		checkpoint := o.head()
		o.Update(t, func(tx store.Tx) error {
			errs := heads.Delete(tx, o.Ring.Index("chain", o.id))
			for n := range 3 {
				errs = errors.Join(errs, entries.Delete(tx, o.key(n+1)))
			}
			return errs
		})
		o.record(days(rewrite...)...)
		if err := o.verify(); err != nil {
			t.Fatalf("%s: the forger made a mistake: %v", story, err)
		}
		if err := o.verify(checkpoint); !errors.Is(err, audit.ErrChain) {
			t.Errorf("%s: %v, want ErrChain", story, err)
		}
	}
}

func TestAnEntryWhoseTimeIsOverGoesAndTheChainStands(t *testing.T) {
	o := open(t)
	o.record(days(1, 2, 3, 4)...)
	checkpoint := o.head()
	for n := range 2 {
		o.edit(n+1, func(s *stored) { s.Entry, s.Salt = nil, nil })
	}
	o.record(days(5)...)
	if err := o.verify(checkpoint); err != nil {
		t.Errorf("without the first two entries: %v", err)
	}
	var left []deadline.Day
	for _, e := range o.read(1) {
		left = append(left, e.Day)
	}
	if diff := cmp.Diff([]deadline.Day{3, 4, 5}, left); diff != "" {
		t.Errorf("days that are left:\n%s", diff)
	}
}

func TestVerifyingLeavesTheCheckpointsAlone(t *testing.T) {
	o := open(t)
	var kept []audit.Head
	for _, e := range days(1, 2, 3) {
		o.record(e)
		kept = append(kept, o.head())
	}
	before := kept[1].String()
	if err := o.verify(kept[:1]...); err != nil || kept[1].String() != before {
		t.Errorf("the list of checkpoints has changed (%v)", err)
	}
}

func TestBusinessesHaveChainsOfTheirOwn(t *testing.T) {
	o := open(t)
	other := &office{o.World, t, []byte("another business")}
	o.record(days(1, 2)...)
	other.record(days(3)...)
	if o.head().Count != 2 || other.head().Count != 1 || o.verify() != nil || other.verify(o.head()) == nil {
		t.Error("the chains are not apart")
	}
}

func TestAFailedEntryLeavesNothing(t *testing.T) {
	o := open(t)
	o.record(days(1)...)
	refused := errors.New("the reading failed")
	err := o.Store.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(o.log().Record(tx, days(2)[0]), refused)
	})
	if !errors.Is(err, refused) || o.head().Count != 1 || o.verify() != nil {
		t.Errorf("the log has %d entries after %v", o.head().Count, err)
	}
}
