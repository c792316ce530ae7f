package consent_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func something(id byte) consent.Sent {
	return consent.Sent{ID: []byte{id, 0, 0, 0, 0, 0, 0, 0}, To: "mapping/phq9", Message: "may_help", By: make([]byte, 16), Day: 20000}
}

// send puts something into the house's grant, and returns what came of it.
func send(t domaintest.T, w *domaintest.World, h house, grant []byte, sent consent.Sent, at time.Time) (err error) {
	t.Helper()
	w.Update(t, func(tx store.Tx) error {
		err = consent.Send(tx, w.Ring, h.keys, grant, sent, at)
		return nil
	})
	return err
}

func received(t domaintest.T, w *domaintest.World, a *vault.Account, h house, at time.Time) (list []consent.Sent) {
	t.Helper()
	w.View(t, func(r store.Reader) (err error) {
		list, err = consent.Received(r, consent.Service(a, h.ID), at)
		return err
	})
	return list
}

func answer(t domaintest.T, w *domaintest.World, a *vault.Account, h house, id []byte, reply string, at time.Time) (err error) {
	t.Helper()
	w.Update(t, func(tx store.Tx) error {
		err = consent.Answer(tx, consent.Service(a, h.ID), id, reply, at)
		return nil
	})
	return err
}

func TestWhatIsSentReachesTheUserAndTheReplyTheService(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping)
	grant := only(t, w, h, now).ID
	for _, id := range []byte{1, 2, 1} { // the first twice
		if err := send(t, w, h, grant, something(id), now); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(received(t, w, a, h, now)); n != 2 {
		t.Fatalf("the user has received %d, want 2", n)
	}
	if err := answer(t, w, a, h, something(2).ID, "done", now); err != nil {
		t.Fatal(err)
	}
	if err := answer(t, w, a, h, something(9).ID, "done", now); !errors.Is(err, consent.ErrNotSent) {
		t.Errorf("a reply to nothing: %v", err)
	}
	if got := only(t, w, h, now).Sent; len(got) != 2 || got[0].Reply != "" || got[1].Reply != "done" {
		t.Errorf("the service sees %v", got)
	}
}

func TestNothingIsSentToWhoDoesNotShare(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping)
	grant := only(t, w, h, now).ID
	end := after(consent.EndDays, 0)
	if err := send(t, w, h, grant, something(1), end); !errors.Is(err, consent.ErrNothing) {
		t.Errorf("after the end: %v", err)
	}
	if err := send(t, w, h, grant, something(1), end.Add(-time.Nanosecond)); err != nil {
		t.Errorf("on the last day: %v", err)
	}
	if got := received(t, w, a, h, end); got != nil {
		t.Errorf("read after the end: %v", got)
	}
	withdraw(t, w, a, h, now)
	if err := send(t, w, h, grant, something(2), now); !errors.Is(err, consent.ErrNothing) {
		t.Errorf("after the withdrawal: %v", err)
	}
	if err := answer(t, w, a, h, something(1).ID, "done", now); !errors.Is(err, consent.ErrNotSent) {
		t.Errorf("a reply after the withdrawal: %v", err)
	}
	share(t, w, a, h, now, vault.Mapping)
	if got := received(t, w, a, h, now); got != nil {
		t.Errorf("shared again, what was sent before is back: %v", got)
	}
}

// A new key of the grant takes what was sent along.
func TestWhatIsSentFollowsTheGrantsKey(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping, vault.Activity)
	first := only(t, w, h, now)
	if err := send(t, w, h, first.ID, something(1), now); err != nil {
		t.Fatal(err)
	}
	withdraw(t, w, a, h, now, vault.Activity)
	update(t, w, a, func(tx store.Tx) error { return consent.Rekey(tx, a) })
	if got := received(t, w, a, h, now); len(got) != 1 || !slices.Equal(got[0].ID, something(1).ID) {
		t.Errorf("the user reads %v", got)
	}
	if got := only(t, w, h, now).Sent; len(got) != 1 {
		t.Errorf("the service reads %v", got)
	}
}

func TestOnlyTheNewestThatWereSentAreKept(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping)
	grant := only(t, w, h, now).ID
	for id := range byte(consent.MaxSent + 3) {
		if err := send(t, w, h, grant, something(id+1), now); err != nil {
			t.Fatal(err)
		}
	}
	if got := received(t, w, a, h, now); len(got) != consent.MaxSent || got[0].ID[0] != 4 {
		t.Errorf("%d are kept, the oldest is %d", len(got), got[0].ID[0])
	}
}

// What something follows from makes no room for what comes after it, and of the
// same the newest stands.
func TestWhatStandsIsNotDisplaced(t *testing.T) {
	w := domaintest.Open(t)
	h := newHouse(t, w)
	a := newUser(t, w, 1, h)
	share(t, w, a, h, now, vault.Mapping)
	grant := only(t, w, h, now).ID
	for id := range byte(2*consent.MaxSent + 4) {
		one := something(id + 1)
		if id%8 == 0 { // the 1st, 9th, 17th and 25th
			one.To, one.Stands = []string{"program/sleep/3", "program/sleep/all"}[id/8%2], true
		}
		if err := send(t, w, h, grant, one, now); err != nil {
			t.Fatal(err)
		}
	}
	var stands, others []byte
	for _, one := range received(t, w, a, h, now) {
		if one.Stands {
			stands = append(stands, one.ID[0])
		} else {
			others = append(others, one.ID[0])
		}
	}
	if want := []byte{17, 25}; !slices.Equal(stands, want) {
		t.Errorf("%v stand, want the newest of each: %v", stands, want)
	}
	if want := []byte{15, 16, 18, 19, 20, 21, 22, 23, 24, 26, 27, 28}; !slices.Equal(others, want) {
		t.Errorf("%v are kept besides, want %v", others, want)
	}
}
