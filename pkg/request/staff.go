package request

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Outcome is what the staff have done with a message.
type Outcome string

// The outcomes of a message.
const (
	Waiting    Outcome = ""
	Answered   Outcome = "answered"
	Closed     Outcome = "closed"     // without words
	Identified Outcome = "identified" // deleted, because it identified a person
)

// Reply is what the staff have done, and when.
type Reply struct {
	Outcome  Outcome      `json:"o"`
	Words    string       `json:"w,omitempty"` // of an answer
	Answered deadline.Day `json:"d"`
}

// Item is a message as a list shows it, without its content: opening one is
// written down first.
type Item struct {
	ID      ID
	Day     deadline.Day // received
	Done    bool
	Deleted bool // as identifying
}

// AnswerBy is the day on which the answer is due.
func (i Item) AnswerBy() deadline.Day { return AnswerBy(i.Day) }

// Legal is the last day that the law gives.
func (i Item) Legal() deadline.Day { return LegalLimit(i.Day) }

// Age is the number of working days that a message has waited.
func (i Item) Age(today deadline.Day) int { return WorkingDays(i.Day, today) }

// Inbox lists all messages: those that wait first, and among them what is due
// first.
func Inbox(r store.Reader, now time.Time) ([]Item, error) {
	var out []Item
	for row, err := range table.Range(r, []byte{0}, nil) {
		if err != nil {
			return nil, err
		}
		if deadline.DayOf(now) < deadline.KeyDay(row.Value.Deadline) {
			out = append(out, Item{ID(row.Key), row.Value.Day, row.Value.Answer != nil, row.Value.Content == nil})
		}
	}
	slices.SortFunc(out, func(a, b Item) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Day, b.Day), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return out, nil
}

func rank(i Item) int {
	if i.Done {
		return 1
	}
	return 0
}

// Open returns a message to the operator's staff; ErrNotFound for one that is
// gone or was deleted as identifying. The caller has written it down.
func Open(r store.Reader, keys *organization.Keys, id ID, now time.Time) (Message, error) {
	rec, ticket, err := unwrap(r, keys, id, now)
	if err != nil {
		return Message{}, err
	}
	return rec.open(id, ticket)
}

// Exists reports whether Open has something to open, as ErrNotFound or nil.
func Exists(r store.Reader, id ID, now time.Time) error {
	rec, err := get(r, id, now)
	if err == nil && rec.Content == nil {
		return ErrNotFound
	}
	return err
}

// Answer seals an answer for the sender; ErrDone when there is one.
func Answer(tx store.Tx, keys *organization.Keys, id ID, words string, now time.Time) error {
	if words == "" {
		return ErrEmpty
	}
	if utf8.RuneCountInString(words) > MaxText {
		return ErrLong
	}
	return settle(tx, keys, id, Reply{Answered, words, deadline.DayOf(now)}, now)
}

// Close ends a message that needs no words; ErrDone when it has an answer.
func Close(tx store.Tx, keys *organization.Keys, id ID, now time.Time) error {
	return settle(tx, keys, id, Reply{Outcome: Closed, Answered: deadline.DayOf(now)}, now)
}

func settle(tx store.Tx, keys *organization.Keys, id ID, reply Reply, now time.Time) error {
	rec, ticket, err := unwrap(tx, keys, id, now)
	if err != nil {
		return err
	}
	if rec.Answer != nil {
		return ErrDone
	}
	return rec.put(tx, id, ticket, reply)
}

// DeleteIdentifying deletes a message, and its answer, because it identifies a
// person: "communications that identify you will be deleted on an ongoing
// basis". What is left tells its sender so.
func DeleteIdentifying(tx store.Tx, keys *organization.Keys, id ID, now time.Time) error {
	rec, ticket, err := unwrap(tx, keys, id, now)
	if err != nil {
		return err
	}
	tx.Essential()
	rec.Wrap, rec.Content, rec.Read = nil, nil, 0
	return rec.put(tx, id, ticket, Reply{Outcome: Identified, Answered: deadline.DayOf(now)})
}

// put stores the record with a reply.
func (rec record) put(tx store.Tx, id ID, ticket []byte, reply Reply) error {
	plain, err := json.Marshal(reply)
	if err != nil {
		return err
	}
	rec.Answer = keyOf(ticket).Seal("answer", plain, id[:])
	return table.Put(tx, id[:], rec)
}

// unwrap finds a message and opens its ticket with the operator's keys.
func unwrap(r store.Reader, keys *organization.Keys, id ID, now time.Time) (record, []byte, error) {
	rec, err := get(r, id, now)
	if err != nil {
		return rec, nil, err
	}
	if rec.Content == nil {
		return rec, nil, ErrNotFound
	}
	ticket, err := keys.Unwrap(rec.Wrap)
	if err != nil {
		return rec, nil, fmt.Errorf("request record %w", vault.ErrOpen)
	}
	return rec, ticket, nil
}
