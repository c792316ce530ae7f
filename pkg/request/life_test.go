package request

import (
	"testing"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// days is a moment of the n-th day after now.
func days(n int) time.Time { return now.AddDate(0, 0, n) }

func TestAnAnswerIsGoneThirtyDaysAfterItWasRead(t *testing.T) {
	o := open(t)
	ticket := o.send(t, now)
	o.Update(t, func(tx store.Tx) error { return Answer(tx, o.keys, IDOf(ticket), "thank you", days(3)) })
	if m := o.read(t, ticket, days(100)); m == nil || !m.Unread() || m.Words != "thank you" || m.Answered != deadline.DayOf(days(3)) {
		t.Fatalf("the answer waits as %+v", m)
	}
	for range 2 { // reading it again does not keep it longer
		o.Update(t, func(tx store.Tx) error { return MarkRead(tx, ticket, days(100)) })
	}
	o.goes(t, ticket, 130)
}

func TestAnAnswerReadLateIsGoneAfterHalfAYearAllTheSame(t *testing.T) {
	o := open(t)
	ticket := o.send(t, now)
	o.Update(t, func(tx store.Tx) error { return Close(tx, o.keys, IDOf(ticket), days(3)) })
	o.Update(t, func(tx store.Tx) error { return MarkRead(tx, ticket, days(170)) })
	o.goes(t, ticket, KeptAtMost)
}

func TestAMessageThatNobodyAnswersIsGoneAfterHalfAYear(t *testing.T) {
	o := open(t)
	ticket := o.send(t, now)
	o.Update(t, func(tx store.Tx) error { return MarkRead(tx, ticket, days(1)) }) // there is nothing to have read
	o.goes(t, ticket, KeptAtMost)
}

// goes checks that a message is there to the end of a day and gone from the next
// one on, by the clock alone and by the job.
func (o *office) goes(t *testing.T, ticket []byte, day int) {
	t.Helper()
	first := (deadline.DayOf(now) + deadline.Day(day)).Start()
	before, id := first.Add(-time.Nanosecond), IDOf(ticket)
	o.Update(t, func(tx store.Tx) error { return Expire(tx, id[:], before) })
	if o.read(t, ticket, before) == nil {
		t.Error("it is gone too early")
	}
	if o.read(t, ticket, first) != nil {
		t.Error("it is there too long, unless a job runs")
	}
	o.refused(t, ErrNotFound, func(tx store.Tx) error { _, err := Open(tx, o.keys, id, first); return err })
	o.View(t, func(r store.Reader) error {
		if items, err := Inbox(r, first); err != nil || len(items) != 0 {
			t.Errorf("the list still has it: %v", err)
		}
		due := 0
		for e, err := range deadline.Due(r, deadline.DayOf(first)) {
			if err != nil {
				return err
			}
			if e.Kind == deadline.RequestGoes {
				due++
			}
		}
		if due != 1 {
			t.Errorf("%d deadlines stand for it", due)
		}
		return nil
	})
	o.Update(t, func(tx store.Tx) error { return Expire(tx, id[:], first) })
	if n := o.Count(t, "msg"); n != 0 {
		t.Errorf("%d records are left", n)
	}
}

func TestWhatIdentifiesSomebodyIsDeletedAtOnceAndTheSenderIsTold(t *testing.T) {
	o := open(t)
	for name, before := range map[string]func(tx store.Tx, id ID) error{
		"unanswered": func(store.Tx, ID) error { return nil },
		"answered":   func(tx store.Tx, id ID) error { return Answer(tx, o.keys, id, "dear-kari", now) },
	} {
		ticket := o.send(t, now)
		id := IDOf(ticket)
		o.Update(t, func(tx store.Tx) error { return before(tx, id) })
		o.Update(t, func(tx store.Tx) error { return DeleteIdentifying(tx, o.keys, id, now) })
		m := o.read(t, ticket, now)
		if m == nil || m.Outcome != Identified || m.Text != "" || m.Words != "" || !m.Unread() {
			t.Errorf("%s: the sender reads %+v", name, m)
		}
		o.refused(t, ErrNotFound, func(tx store.Tx) error { _, err := Open(tx, o.keys, id, now); return err })
		o.refused(t, ErrNotFound, func(tx store.Tx) error { return Exists(tx, id, now) })
	}
}

func TestAMessageIsAnsweredOnce(t *testing.T) {
	o := open(t)
	ticket := o.send(t, now)
	id := IDOf(ticket)
	o.refused(t, ErrEmpty, func(tx store.Tx) error { return Answer(tx, o.keys, id, "", now) })
	o.Update(t, func(tx store.Tx) error { return Answer(tx, o.keys, id, "first", now) })
	o.refused(t, ErrDone, func(tx store.Tx) error { return Answer(tx, o.keys, id, "second", now) })
	o.refused(t, ErrDone, func(tx store.Tx) error { return Close(tx, o.keys, id, now) })
	if m := o.read(t, ticket, now); m.Words != "first" {
		t.Error("the answer was replaced")
	}
}

// TestWhatIsDueFirstComesFirst, and what is done comes last.
func TestWhatIsDueFirstComesFirst(t *testing.T) {
	o := open(t)
	done, later, old := o.send(t, now), o.send(t, days(2)), o.send(t, days(1))
	o.Update(t, func(tx store.Tx) error { return Close(tx, o.keys, IDOf(done), days(2)) })
	var items []Item
	o.View(t, func(r store.Reader) (err error) {
		items, err = Inbox(r, days(3))
		return err
	})
	for i, ticket := range [][]byte{old, later, done} {
		if len(items) != 3 || items[i].ID != IDOf(ticket) || items[i].Done != (i == 2) {
			t.Fatalf("the order is wrong at %d", i)
		}
	}
}

// TestMessagesOutliveAChangeOfTheStaff: who was taken out reads nothing new, who
// stayed reads everything.
func TestMessagesOutliveAChangeOfTheStaff(t *testing.T) {
	o := open(t)
	before := o.send(t, now)
	old := o.keys
	o.Update(t, func(tx store.Tx) error {
		leaves, err := o.accept(tx, o.operator.ID, false)
		if err != nil {
			return err
		}
		if o.keys, err = organization.Deactivate(tx, o.Ring, o.keys, leaves.Professional.ID); err != nil {
			return err
		}
		o.operator, err = organization.Operator(tx)
		return err
	})
	after := o.send(t, now)
	o.View(t, func(r store.Reader) error {
		for _, ticket := range [][]byte{before, after} {
			if _, err := Open(r, o.keys, IDOf(ticket), now); err != nil {
				t.Errorf("who stayed: %v", err)
			}
		}
		if _, err := Open(r, old, IDOf(after), now); err == nil {
			t.Error("who left reads what came after")
		}
		return nil
	})
}
