package request

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func TestAMessageIsReadAgainBySenderAndStaffAndNobodyElse(t *testing.T) {
	o := open(t)
	ticket := o.send(t, now)
	want := Message{ID: IDOf(ticket), Day: deadline.DayOf(now), Content: suggestion, Gone: deadline.DayOf(now) + KeptAtMost}
	if diff := cmp.Diff(&want, o.read(t, ticket, now)); diff != "" {
		t.Errorf("the sender reads: %s", diff)
	}
	o.View(t, func(r store.Reader) error {
		m, err := Open(r, o.keys, IDOf(ticket), now)
		if diff := cmp.Diff(want, m); diff != "" || err != nil {
			t.Errorf("the staff read: %v %s", err, diff)
		}
		return nil
	})
	if o.read(t, NewTicket(nil, ""), now) != nil {
		t.Error("another ticket finds the message")
	}
	_, stranger, _ := o.Business(t, now)
	o.refused(t, vault.ErrOpen, func(tx store.Tx) error { _, err := Open(tx, stranger, IDOf(ticket), now); return err })
}

// TestTheServerCannotReadAMessageNorTellWhoseItIs: with all the server's keys,
// neither words nor ticket are in the files, and the record is the same for
// every sender.
func TestTheServerCannotReadAMessageNorTellWhoseItIs(t *testing.T) {
	o := open(t)
	ticket := o.send(t, now)
	o.Update(t, func(tx store.Tx) error { return Answer(tx, o.keys, IDOf(ticket), "letters-are-larger-now", now) })
	var fields map[string]any
	o.View(t, func(r store.Reader) error {
		id := IDOf(ticket)
		raw, err := r.Get("msg", id[:]) // the seal of the store is off
		if err != nil {
			return err
		}
		return json.Unmarshal(raw[1:], &fields)
	})
	var parts []byte
	for name, value := range fields {
		if !strings.Contains("d w c a r u", name) {
			t.Errorf("the record has the field %q", name)
		}
		if text, ok := value.(string); ok {
			part, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, part...)
		}
	}
	file, err := os.ReadFile(o.Path)
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string][]byte{"text": []byte(suggestion.Text), "answer": []byte("letters-are-larger-now"), "ticket": ticket} {
		if bytes.Contains(parts, secret) || bytes.Contains(file, secret) {
			t.Errorf("the %s is in the record or the file", name)
		}
	}
}

func TestTheSameAttemptIsOneMessage(t *testing.T) {
	o := open(t)
	secret := []byte("of one sender")
	for range 2 {
		o.Update(t, func(tx store.Tx) error { return Send(tx, o.operator, NewTicket(secret, "form 1"), suggestion, now) })
	}
	if n := o.Count(t, "msg"); n != 1 {
		t.Errorf("a form that was sent twice made %d messages", n)
	}
	if bytes.Equal(NewTicket(secret, "form 1"), NewTicket([]byte("of another"), "form 1")) || bytes.Equal(NewTicket(secret, ""), NewTicket(secret, "")) {
		t.Error("two senders, or two messages, have one ticket")
	}
}

func TestNothingIsTakenInWhileNobodyCanReadIt(t *testing.T) {
	o := open(t)
	o.refused(t, ErrNobody, func(tx store.Tx) error {
		return Send(tx, organization.Business{Operator: true}, NewTicket(nil, ""), suggestion, now)
	})
	if o.Count(t, "msg") != 0 || o.Count(t, "due") != 0 {
		t.Error("something was stored")
	}
}

func TestASenderKeepsNoMoreTicketsThanAreAllowed(t *testing.T) {
	o := open(t)
	var tickets [][]byte
	for range MaxWaiting {
		tickets = append(tickets, o.send(t, now))
	}
	o.refused(t, ErrTooMany, func(tx store.Tx) error { _, err := Add(tx, tickets, NewTicket(nil, ""), now); return err })
	o.Update(t, func(tx store.Tx) error {
		again, err := Add(tx, tickets, tickets[0], now)
		if len(again) != MaxWaiting {
			t.Errorf("a ticket that was there already makes %d", len(again))
		}
		return err
	})
	later := now.AddDate(0, 0, KeptAtMost)
	o.Update(t, func(tx store.Tx) error {
		left, err := Add(tx, tickets, NewTicket(nil, ""), later)
		if len(left) != 1 {
			t.Errorf("%d tickets are left of messages that are gone", len(left)-1)
		}
		return err
	})
}

func TestTheFormatsAreFrozen(t *testing.T) {
	for name, v := range map[string]any{
		"record": record{Day: 20510, Wrap: []byte("age file"), Content: []byte("content"), Answer: []byte("answer"), Read: 20520, Deadline: []byte("due")},
		"content": Content{Kind: OnBehalf, About: "access", Reference: "7KQ2M9", Text: "text", Answers: map[string]int{"find": 3},
			Language: "nn", Professional: true},
		"reply": Reply{Answered, "words", 20515},
	} {
		plain, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		domaintest.Golden(t, name, plain)
	}
}
