package retention

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

var now = domaintest.Now

// house is a world with something of every kind that falls due.
type house struct {
	*domaintest.World
	Sweeper
	shared, issued, own accesscode.Code
	link                string
}

func build(t *testing.T) *house {
	t.Helper()
	w := domaintest.Open(t)
	h := &house{World: w, Sweeper: Sweeper{w.Store, w.Ring}, shared: accesscode.New(), issued: accesscode.New(), own: accesscode.New()}
	b, _, _ := w.Business(t, now)
	w.Update(t, func(tx store.Tx) error {
		for _, code := range []accesscode.Code{h.shared, h.issued} {
			if _, err := account.Issue(tx, w.Ring, code, b.ID, "7KQ2M9", deadline.DayOf(now)+365); err != nil {
				return err
			}
		}
		found, err := account.Find(tx, w.Ring, h.shared, now)
		if err != nil {
			return err
		}
		a, _, err := account.Create(tx, w.Ring, account.Start{Code: h.shared, Pending: found.Pending}, now)
		if err != nil {
			return err
		}
		if err := consent.Share(tx, a, b, a.Data.Services[0], account.Categories, now); err != nil {
			return err
		}
		alone, _, err := account.Create(tx, w.Ring, account.Start{Code: h.own}, now)
		if err != nil {
			return err
		}
		if h.link, err = organization.Invite(tx, w.Ring, organization.Link{Business: b.ID, Email: "ny@example.org"}, now); err != nil {
			return err
		}
		return errors.Join(registration.RecordVisit(tx, a, registration.NewVisit(now)), a.Save(tx), registration.RecordVisit(tx, alone, registration.NewVisit(now)), alone.Save(tx))
	})
	return h
}

// night is what the house's server does every night.
func (h *house) night() *Night { return &Night{Sweeper: h.Sweeper, Seal: h.Seal, File: h.Inner} }

func (h *house) sweep(t *testing.T, at time.Time) map[deadline.Kind]int {
	t.Helper()
	report, err := h.Sweep(t.Context(), at, true)
	if err != nil {
		t.Fatal(err)
	}
	return report.Done
}

func TestWhatIsDueGoesOnItsDayAndNotBefore(t *testing.T) {
	h := build(t)
	for _, step := range []struct {
		bucket string
		day    deadline.Day // on which it goes
		left   int
		done   map[deadline.Kind]int
	}{
		{"link", deadline.DayOf(now.Add(organization.LinkLifetime)) + 1, 0, map[deadline.Kind]int{deadline.LinkLapses: 1}},
		{"grant", deadline.DayOf(now) + consent.EndDays, 0, map[deadline.Kind]int{deadline.SharingEnds: 1}},
		{"open", deadline.DayOf(now) + 366, 0, map[deadline.Kind]int{deadline.CodeLapses: 1}},
	} {
		before := h.Count(t, step.bucket)
		if done := h.sweep(t, step.day.Start().Add(-time.Nanosecond)); len(done) != 0 || h.Count(t, step.bucket) != before {
			t.Errorf("%s: went a day early: %v", step.bucket, done)
		}
		done := h.sweep(t, step.day.Start())
		if diff := cmp.Diff(step.done, done); diff != "" || h.Count(t, step.bucket) != step.left {
			t.Errorf("%s: %d left; done: %s", step.bucket, h.Count(t, step.bucket), diff)
		}
		if again := h.sweep(t, step.day.Start()); len(again) != 0 {
			t.Errorf("%s: a second run found %v", step.bucket, again)
		}
	}
}

// TestAnAccountIsRetiredAndErased five years after its last use, to the last
// record, with no key of it at hand.
func TestAnAccountIsRetiredAndErased(t *testing.T) {
	h := build(t)
	h.sweep(t, now.AddDate(5, 0, 0))
	if n := h.Count(t, "own"); n != 2 {
		t.Fatalf("five years after the last use %d accounts are left, want 2", n)
	}
	done := h.sweep(t, now.AddDate(5, 2, 0))
	if done[deadline.Retirement] != 2 || done[deadline.Erasure] != 2 {
		t.Errorf("done: %v", done)
	}
	for _, bucket := range []string{"own", "code", "reg", "sum", "draft", "hist", "grant", "open", "due"} {
		if n := h.Count(t, bucket); n != 0 {
			t.Errorf("%d records are left in %s", n, bucket)
		}
	}
}

func TestWhatWasRenewedOrTakenIntoUseStays(t *testing.T) {
	h := build(t)
	end := (deadline.DayOf(now) + consent.EndDays).Start()
	h.Update(t, func(tx store.Tx) error {
		found, err := account.Find(tx, h.World.Ring, h.shared, end.AddDate(0, 0, -5))
		if err != nil {
			return err
		}
		a := found.Account
		return errors.Join(consent.Renew(tx, a.Data.Services[0], end.AddDate(0, 0, -5)), a.Save(tx))
	})
	if h.sweep(t, end); h.Count(t, "grant") != 1 {
		t.Error("a grant that was renewed is gone")
	}
	found := false
	h.View(t, func(r store.Reader) error {
		_, err := account.Find(r, h.World.Ring, h.own, end)
		found = err == nil
		return nil
	})
	if !found {
		t.Error("an account in use is gone")
	}
}

// TestAWrongClockDeletesNothing: reading holds the limits, but nothing goes
// until somebody confirms the day.
func TestAWrongClockDeletesNothing(t *testing.T) {
	h := build(t)
	if _, err := h.Sweep(t.Context(), now, false); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Sweep(t.Context(), now.AddDate(0, 0, 7), false); err != nil {
		t.Errorf("a week without a run: %v", err)
	}
	before := h.Count(t, "due")
	for _, jump := range []int{15, 400, 4000} {
		if _, err := h.Sweep(t.Context(), now.AddDate(0, 0, jump), false); !errors.Is(err, ErrClock) {
			t.Errorf("a jump to day %d: %v", jump, err)
		}
	}
	if h.Count(t, "due") != before || h.Count(t, "own") != 2 {
		t.Error("something was deleted")
	}
	for _, back := range []time.Time{now.AddDate(-1, 0, 0), time.Unix(0, 0), time.Date(206, 1, 31, 0, 0, 0, 0, time.UTC)} {
		if report, err := h.Sweep(t.Context(), back, false); err != nil || len(report.Done) != 0 {
			t.Errorf("a clock that was set back to %d: %v, %v", back.Year(), report.Done, err)
		}
	}
	if h.Count(t, "own") != 2 {
		t.Error("a clock that was set back deleted accounts")
	}
	if _, err := h.Sweep(t.Context(), now.AddDate(0, 0, 9), false); err != nil {
		t.Errorf("the clock is right again: %v", err)
	}
	if done := h.sweep(t, now.AddDate(6, 0, 0)); done[deadline.Retirement] != 2 {
		t.Errorf("after the confirmation: %v", done)
	}
}

// TestAnAccountThatIsUsedWhileTheSweepRunsStays: the deadline that the sweep has
// read was moved before its transaction began.
func TestAnAccountThatIsUsedWhileTheSweepRunsStays(t *testing.T) {
	h := build(t)
	at := now.AddDate(6, 0, 0)
	due, err := h.due(t.Context(), deadline.DayOf(at), map[string]bool{})
	if err != nil {
		t.Fatal(err)
	}
	h.Update(t, func(tx store.Tx) error {
		found, err := account.Find(tx, h.World.Ring, h.own, now.AddDate(4, 11, 0))
		if err != nil {
			return err
		}
		if _, err := account.Touch(tx, found.Account, found.Ref.Lookup, now.AddDate(4, 11, 0)); err != nil {
			return err
		}
		return found.Account.Save(tx)
	})
	if err := h.together(t.Context(), due.entries, at); err != nil {
		t.Fatal(err)
	}
	if n := h.Count(t, "own"); n != 1 {
		t.Errorf("%d accounts are left, want the one that was used again", n)
	}
}

func TestAPreviewDoesNothing(t *testing.T) {
	h := build(t)
	before := h.Count(t, "due")
	report, err := h.Preview(t.Context(), now.AddDate(6, 0, 0))
	if err != nil || report.Done[deadline.Retirement] != 2 || report.Done[deadline.SharingEnds] != 1 {
		t.Errorf("%v, %v", report, err)
	}
	if h.Count(t, "due") != before {
		t.Error("a preview changed something")
	}
}

// TestOneThatFailsHoldsUpNobody among more than one batch.
func TestOneThatFailsHoldsUpNobody(t *testing.T) {
	h := build(t)
	const many = 2*batch + 5
	for n := range many {
		h.Update(t, func(tx store.Tx) error {
			_, err := account.Issue(tx, h.World.Ring, accesscode.New(), organization.NewID(), "AAAAAA", deadline.DayOf(now)+deadline.Day(n%30))
			return err
		})
	}
	h.Update(t, func(tx store.Tx) error {
		_, err := deadline.Put(tx, deadline.DayOf(now), deadline.Kind("nonsense"), vault.NewKey().Bytes())
		return err
	})
	report, err := h.Sweep(t.Context(), now.AddDate(0, 0, 40), true)
	if err == nil || !strings.Contains(err.Error(), "unknown kind") || strings.Count(err.Error(), "nonsense") != 2 {
		t.Errorf("the one that fails is to be named once: %v", err)
	}
	if report.Done[deadline.CodeLapses] != many {
		t.Errorf("%d codes lapsed, want %d", report.Done[deadline.CodeLapses], many)
	}
	if left := h.Count(t, "due"); left != 5 { // two retirements, a grant, an issued code, the one that fails
		t.Errorf("%d deadlines are left", left)
	}
}
