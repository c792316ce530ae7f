package request

import (
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// Read returns a message with its answer to its sender, or ErrNotFound when it
// is gone.
func Read(r store.Reader, ticket []byte, now time.Time) (Message, error) {
	id := IDOf(ticket)
	rec, err := get(r, id, now)
	if err != nil {
		return Message{}, err
	}
	return rec.open(id, ticket)
}

// List returns a sender's messages that are not gone, in the order of their
// tickets.
func List(r store.Reader, tickets [][]byte, now time.Time) ([]Message, error) {
	var out []Message
	for _, ticket := range tickets {
		m, err := Read(r, ticket, now)
		if errors.Is(err, ErrNotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// Standing returns the tickets whose messages are not gone: the others are to be
// forgotten.
func Standing(r store.Reader, tickets [][]byte, now time.Time) ([][]byte, error) {
	var out [][]byte
	for _, ticket := range tickets {
		_, err := get(r, IDOf(ticket), now)
		if errors.Is(err, ErrNotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		out = append(out, ticket)
	}
	return out, nil
}

// Add returns the tickets with a new one, without those whose messages are gone;
// one that is there already is not added again. ErrTooMany when too many are left.
func Add(r store.Reader, tickets [][]byte, ticket []byte, now time.Time) ([][]byte, error) {
	left, err := Standing(r, tickets, now)
	if err != nil {
		return nil, err
	}
	for _, have := range left {
		if string(have) == string(ticket) {
			return left, nil
		}
	}
	if len(left) >= MaxWaiting {
		return nil, ErrTooMany
	}
	return append(left, ticket), nil
}

// MarkRead notes the day on which the sender opened the answer; from then on it
// is kept for 30 days. Without an answer, and the second time, nothing changes.
func MarkRead(tx store.Tx, ticket []byte, now time.Time) error {
	id := IDOf(ticket)
	rec, err := get(tx, id, now)
	if err != nil || rec.Answer == nil || rec.Read != 0 {
		return err
	}
	rec.Read = deadline.DayOf(now)
	last := min(deadline.KeyDay(rec.Deadline), rec.Read+KeptAfterReading)
	if err := deadline.Remove(tx, rec.Deadline); err != nil {
		return err
	}
	if rec.Deadline, err = deadline.Put(tx, last, deadline.RequestGoes, id[:]); err != nil {
		return err
	}
	return table.Put(tx, id[:], rec)
}
