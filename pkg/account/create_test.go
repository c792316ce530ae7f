package account_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

func TestAnOwnCodeTakesTheIssuedOnesPlace(t *testing.T) {
	w := newTown(t)
	issued, _ := w.issue(t)
	mine := accesscode.New()
	w.create(t, account.Start{Code: mine, Pending: w.must(t, issued, now).Pending, Language: "nb"}, now)
	if _, err := w.find(issued, now); !errors.Is(err, account.ErrUnknown) {
		t.Errorf("the issued code: %v", err)
	}
	a := w.must(t, mine, now).Account
	s := consent.Service(a, w.business.ID)
	if s == nil || s.Reference != reference || s.Grant != nil || a.Data.KnownTo != nil {
		t.Error("the account is not connected by its reference alone")
	}
	if len(w.stored(t, "code")) != 1 || len(w.stored(t, "open")) != 0 || len(w.dueOf(t, deadline.CodeLapses)) != 0 {
		t.Error("something of the issued code is left")
	}
}

func TestAKeptCodeGoesOnAsALoginAndIsSaidToBeKnown(t *testing.T) {
	w := newTown(t)
	issued, _ := w.issue(t)
	w.create(t, account.Start{Code: issued, Pending: w.must(t, issued, now).Pending}, now)
	a := w.must(t, issued, now).Account
	if a == nil || consent.Service(a, w.business.ID) == nil || !bytes.Equal(a.Data.KnownTo, w.business.ID[:]) {
		t.Error("the kept code does not open a connected account that says who knows it")
	}
	if len(w.stored(t, "open")) != 0 || len(w.dueOf(t, deadline.CodeLapses)) != 0 {
		t.Error("the code can still lapse or be revoked")
	}
}

func TestAnAccountFromNobodyIsConnectedToNobody(t *testing.T) {
	w := newTown(t)
	_, a, _ := w.own(t, now)
	if len(a.Data.Services) != 0 || a.Data.KnownTo != nil {
		t.Error("the account is connected")
	}
}

func TestAnIssuedCodeIsTakenIntoUseOnce(t *testing.T) {
	for name, keep := range map[string]bool{"kept": true, "replaced": false} {
		w := newTown(t)
		issued, _ := w.issue(t)
		pending := w.must(t, issued, now).Pending // two browsers are in the welcome
		choose := func() accesscode.Code {
			if keep {
				return issued
			}
			return accesscode.New()
		}
		w.create(t, account.Start{Code: choose(), Pending: pending}, now)
		err := w.Store.Update(t.Context(), func(tx store.Tx) error {
			_, _, err := account.Create(tx, w.Ring, account.Start{Code: choose(), Pending: pending}, now)
			return err
		})
		if !errors.Is(err, account.ErrUnknown) || len(w.stored(t, "code")) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAWelcomeThatEndsTooLateMakesNoAccount(t *testing.T) {
	w := newTown(t)
	for name, spoil := range map[string]func(open []byte) time.Time{
		"lapsed": func([]byte) time.Time { return now.AddDate(0, 0, 365) },
		"revoked": func(open []byte) time.Time {
			w.Update(t, func(tx store.Tx) error { return account.Revoke(tx, open) })
			return now
		},
	} {
		issued, open := w.issue(t)
		pending, own := w.must(t, issued, now).Pending, accesscode.New()
		at := spoil(open)
		err := w.Store.Update(context.Background(), func(tx store.Tx) error {
			_, _, err := account.Create(tx, w.Ring, account.Start{Code: own, Pending: pending}, at)
			return err
		})
		if _, findErr := w.find(own, now); !errors.Is(err, account.ErrUnknown) || !errors.Is(findErr, account.ErrUnknown) {
			t.Errorf("%s: %v, and then %v", name, err, findErr)
		}
	}
}

func TestACodeInUseIsNeitherIssuedNorTakenAgain(t *testing.T) {
	w := newTown(t)
	mine, _, _ := w.own(t, now)
	issued, _ := w.issue(t)
	for _, code := range []accesscode.Code{mine, issued} {
		before := w.stored(t, "code")
		err1 := w.Store.Update(t.Context(), func(tx store.Tx) error {
			_, err := account.Issue(tx, w.Ring, code, w.business.ID, reference, 30000)
			return err
		})
		err2 := w.Store.Update(t.Context(), func(tx store.Tx) error {
			_, _, err := account.Create(tx, w.Ring, account.Start{Code: code}, now)
			return err
		})
		if !errors.Is(err1, account.ErrTaken) || !errors.Is(err2, account.ErrTaken) || !bytes.Equal(before[string(w.Ring.Lookup(code))], w.stored(t, "code")[string(w.Ring.Lookup(code))]) {
			t.Errorf("issuing gives %v, creating gives %v", err1, err2)
		}
	}
}
