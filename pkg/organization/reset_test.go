package organization_test

import (
	"errors"
	"strings"
	"testing"

	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// reset takes away a colleague's access and lets them choose a new password.
func (h *house) reset(keys *organization.Keys, p person) (*organization.Keys, person) {
	h.t.Helper()
	after := h.renew(func(tx store.Tx) (*organization.Keys, error) {
		return organization.PrepareReset(tx, h.Ring, keys, p.Professional.ID)
	})
	return after, h.comeBack(p)
}

// comeBack uses a reset link.
func (h *house) comeBack(p person) person {
	h.t.Helper()
	ap := p.applicant
	ap.Salt, ap.Key, ap.TOTP = organization.NewSalt(), vault.NewKey(), organization.NewTOTP()
	back, err := h.accept(h.invite(organization.Link{Professional: p.Professional.ID}), ap, now)
	if err != nil {
		h.t.Fatal(err)
	}
	return back
}

func TestAResetEndsWhatWasAndWaits(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	h.letIn(anna.Keys, bo)
	kept, before := h.enter(bo, now), h.wrap("before")
	keys, back := h.reset(anna.Keys, bo)

	for story, p := range map[string]person{"password and code": bo, "recovery code": {bo.Accepted, back.applicant}} {
		code := p.code(t, now)
		if story == "recovery code" {
			code = bo.Spare[0]
		}
		if _, _, err := h.login(p, code, now); err != organization.ErrLogin {
			t.Errorf("the old %s: %v, want ErrLogin", story, err)
		}
	}
	if got := h.professional(back); got.Version <= bo.Professional.Version || got.Name != "bo" || got.Email != "bo@example.org" {
		t.Error("the old sessions go on, or the person became another")
	}
	if h.enter(back, now) != nil {
		t.Error("he does not wait after a reset")
	}
	after := h.wrap("after")
	if opens(kept, after, "after") {
		t.Error("the keys he had before the reset open what is shared after it")
	}
	h.letIn(keys, back)
	if keys := h.enter(back, now.AddDate(0, 0, 1)); !opens(keys, before, "before") || !opens(keys, after, "after") {
		t.Error("let in again, he cannot read all of it")
	}
}

// TestALoneSuperUserComesBackByTheRecoveryKey who forgot the password: nobody
// is left who could let her in, and the operator cannot.
func TestALoneSuperUserComesBackByTheRecoveryKey(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	h.deactivate(anna.Keys, bo) // the recovery key outlives the identity
	wrap := h.wrap("shared")
	back := h.comeBack(anna)
	if h.enter(back, now) != nil {
		t.Error("she does not wait")
	}
	for story, typed := range map[string]string{"nothing": "", "half of it": anna.RecoveryKey[:40], "another key": back.Login.Identity()} {
		err := h.try(func(tx store.Tx) error {
			_, err := organization.Recover(tx, h.Ring, back.Professional, typed)
			return err
		})
		if !errors.Is(err, organization.ErrRecovery) {
			t.Errorf("typing %s: %v, want ErrRecovery", story, err)
		}
	}
	h.Update(t, func(tx store.Tx) error {
		keys, err := organization.Recover(tx, h.Ring, back.Professional, asTyped(anna.RecoveryKey))
		if err == nil && !opens(keys, wrap, "shared") {
			t.Error("the recovery key does not open what is shared")
		}
		return err
	})
	if keys := h.enter(back, now.AddDate(0, 0, 1)); !opens(keys, wrap, "shared") {
		t.Error("she is not let in by the recovery key")
	}
}

// asTyped is a printed key as somebody types it: small letters, in groups.
func asTyped(key string) string {
	var out strings.Builder
	for i, r := range strings.ToLower(key) {
		if i%8 == 0 {
			out.WriteString(" ")
		}
		out.WriteRune(r)
	}
	return out.String() + "\n"
}

func TestALoneSuperUserIssuesNothingBeforeTheRecoveryKeyIsSaved(t *testing.T) {
	h := build(t)
	may := func() (ok bool) {
		h.View(t, func(r store.Reader) (err error) {
			ok, err = organization.MayIssue(r, h.Ring, h.business())
			return err
		})
		return ok
	}
	if may() {
		t.Error("a business without anybody may issue codes")
	}
	anna, bo := h.join("anna", true), h.join("bo", true)
	if may() {
		t.Error("a lone super user may issue codes")
	}
	h.letIn(anna.Keys, bo)
	if !may() {
		t.Error("two super users may not")
	}
	h.deactivate(anna.Keys, bo)
	err := h.try(func(tx store.Tx) error { return organization.ConfirmRecovery(tx, h.id, bo.Login.Identity()) })
	if !errors.Is(err, organization.ErrRecovery) || may() {
		t.Errorf("another key confirms: %v, want ErrRecovery", err)
	}
	h.Update(t, func(tx store.Tx) error { return organization.ConfirmRecovery(tx, h.id, asTyped(anna.RecoveryKey)) })
	if !may() {
		t.Error("a lone super user who saved the recovery key may not issue codes")
	}
}
