// Package request carries messages to the operator without a sender, and the
// answers back.
//
//   - A message rests under a random id and names no account, no code and no
//     day finer than the date. Its sender keeps a ticket, 32 random bytes, and
//     nothing else ties the two: the ticket of a user rests in the account's
//     data under its master key. Changing the code takes it along; deleting the
//     account leaves a message that leads to nobody.
//   - The ticket's key seals the message and the answer. The ticket itself is
//     wrapped to the operator's own identity: the sender and the operator's
//     staff can read, the server and whoever steals its files cannot.
//   - Nothing is stored that the sender cannot read again with the ticket.
//   - What identifies somebody is deleted at once, and its sender is told.
//   - Message and answer are gone 30 days after the answer was read, and 180 days
//     after the message was sent at the latest, whether or not a job has run.
//   - An answer is due within seven Norwegian working days, and by law within
//     one month (GDPR, article 12(3)).
//
// The ticket of a professional rests in the professional's record, under the
// server's seal alone: the operator, who can read it there, can read the message
// anyway.
package request

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// How long messages are kept, in days.
const (
	KeptAfterReading = 30  // after the answer was read
	KeptAtMost       = 180 // after the message was sent
)

// MaxWaiting is how many messages of one sender can be kept at a time.
const MaxWaiting = 20

const ticketLen = 32

// Errors that callers tell apart.
var (
	ErrNotFound = errors.New("request: not found")
	ErrNobody   = errors.New("request: the operator has nobody to read it yet")
	ErrDone     = errors.New("request: it was answered, closed or deleted already")
	ErrTooMany  = errors.New("request: too many messages are kept")
)

// ID names a message. It follows from the ticket and tells nothing of it.
type ID [16]byte

// ParseID reads the hexadecimal form; ErrNotFound when it is none.
func ParseID(s string) (ID, error) {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != len(ID{}) {
		return ID{}, ErrNotFound
	}
	return ID(raw), nil
}

// String is the hexadecimal form.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// NewTicket draws a ticket. The same attempt of the same sender, who alone knows
// the secret, gives the same ticket, so that a form sent twice is one message;
// no attempt gives a fresh one.
func NewTicket(secret []byte, attempt string) []byte {
	if attempt != "" {
		return vault.DeriveKey(secret, []byte(attempt), "ticket-v1").Bytes()
	}
	ticket := make([]byte, ticketLen)
	rand.Read(ticket) // never fails
	return ticket
}

// IDOf is the id of the message that a ticket is for.
func IDOf(ticket []byte) ID { return ID(keyOf(ticket).Tag("request", nil)) }

func keyOf(ticket []byte) vault.Key { return vault.DeriveKey(ticket, nil, "request-v1") }

// record is a message as it rests.
type record struct {
	Day      deadline.Day `json:"d"`
	Wrap     []byte       `json:"w,omitempty"` // age file to the operator: the ticket
	Content  []byte       `json:"c,omitempty"` // under the ticket; none once it was deleted as identifying
	Answer   []byte       `json:"a,omitempty"` // under the ticket
	Read     deadline.Day `json:"r,omitempty"` // when the answer was read
	Deadline []byte       `json:"u"`
}

var table = store.Table[record]{Bucket: "msg"}

// Message is a message as its sender, or the staff, can read it.
type Message struct {
	ID  ID
	Day deadline.Day // sent
	Content
	Reply
	Read deadline.Day // when the answer was read; 0 for not yet
	Gone deadline.Day // the first day on which all of it is gone
}

// Unread reports whether there is an answer that its sender has not opened.
func (m Message) Unread() bool { return m.Outcome != Waiting && m.Read == 0 }

// Send stores a message to the operator under a ticket. ErrNobody while the
// operator has no identity; a message that was sent already stays as it is.
func Send(tx store.Tx, operator organization.Business, ticket []byte, c Content, now time.Time) error {
	if operator.Identity == 0 {
		return ErrNobody
	}
	if err := c.Check(); err != nil {
		return err
	}
	id := IDOf(ticket)
	_, err := table.Get(tx, id[:])
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	plain, err := json.Marshal(c)
	if err != nil {
		return err
	}
	rec := record{Day: deadline.DayOf(now), Content: keyOf(ticket).Seal("request", plain, id[:])}
	if rec.Wrap, err = organization.Encrypt(ticket, operator.Recipient); err != nil {
		return err
	}
	if rec.Deadline, err = deadline.Put(tx, rec.Day+KeptAtMost, deadline.RequestGoes, id[:]); err != nil {
		return err
	}
	return table.Put(tx, id[:], rec)
}

// get returns a message's record, or ErrNotFound when there is none or its time
// is over.
func get(r store.Reader, id ID, now time.Time) (record, error) {
	rec, err := table.Get(r, id[:])
	if errors.Is(err, store.ErrNotFound) || err == nil && deadline.DayOf(now) >= deadline.KeyDay(rec.Deadline) {
		return record{}, ErrNotFound
	}
	return rec, err
}

// open reads a record with its ticket.
func (rec record) open(id ID, ticket []byte) (Message, error) {
	m := Message{ID: id, Day: rec.Day, Read: rec.Read, Gone: deadline.KeyDay(rec.Deadline)}
	key := keyOf(ticket)
	for _, part := range []struct {
		kind   string
		sealed []byte
		into   any
	}{{"request", rec.Content, &m.Content}, {"answer", rec.Answer, &m.Reply}} {
		if part.sealed == nil {
			continue
		}
		plain, err := key.Open(part.kind, part.sealed, id[:])
		if err != nil {
			return Message{}, err
		}
		if json.Unmarshal(plain, part.into) != nil {
			return Message{}, errors.New(part.kind + " record does not decode")
		}
	}
	return m, nil
}

// Expire deletes a message whose time is over, by its id; any other is left
// alone.
func Expire(tx store.Tx, target []byte, now time.Time) error {
	rec, err := table.Get(tx, target)
	if errors.Is(err, store.ErrNotFound) || err == nil && deadline.DayOf(now) < deadline.KeyDay(rec.Deadline) {
		return nil
	} else if err != nil {
		return err
	}
	tx.Essential()
	return table.Delete(tx, target)
}
