package organization_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

func TestAnInvitationWorksOnce(t *testing.T) {
	h := build(t)
	token := h.invite(organization.Link{Super: true})
	if _, err := h.accept(token, applicant("anna"), now); err != nil {
		t.Fatal(err)
	}
	if _, err := h.accept(token, applicant("bo"), now); !errors.Is(err, organization.ErrLink) {
		t.Errorf("the second time: %v, want ErrLink", err)
	}
	if _, err := h.accept("never sent", applicant("bo"), now); !errors.Is(err, organization.ErrLink) {
		t.Errorf("a made-up token: %v, want ErrLink", err)
	}
}

func TestAUsedInvitationLeavesNoDeadline(t *testing.T) {
	h := build(t)
	h.join("anna", true)
	h.View(t, func(r store.Reader) error {
		for range r.Range("due", []byte{0}, nil) {
			t.Error("a deadline is left for a link that is gone")
		}
		return nil
	})
}

func TestAnInvitationLapsesAfter72HoursToTheSecond(t *testing.T) {
	h := build(t)
	token := h.invite(organization.Link{Super: true})
	if _, err := h.accept(token, applicant("anna"), now.Add(72*time.Hour)); !errors.Is(err, organization.ErrLink) {
		t.Errorf("after 72 hours: %v, want ErrLink", err)
	}
	if _, err := h.accept(token, applicant("anna"), now.Add(72*time.Hour-time.Second)); err != nil {
		t.Errorf("a second before 72 hours: %v", err)
	}
}

func TestATokenIsStoredNowhere(t *testing.T) {
	h := build(t)
	token := h.invite(organization.Link{Super: true})
	if all := strings.Join(h.values(), "\n"); strings.Contains(all, token) {
		t.Error("the token rests in the store")
	}
}

func TestAnEmailAddressIsOneProfessionals(t *testing.T) {
	h := build(t)
	h.join("anna", true)
	err := h.try(func(tx store.Tx) error {
		_, err := organization.Invite(tx, h.Ring, organization.Link{Business: h.id, Email: " ANNA@example.org "}, now)
		return err
	})
	if !errors.Is(err, organization.ErrEmailTaken) {
		t.Errorf("an invitation to her address: %v, want ErrEmailTaken", err)
	}
}

// TestTwoInvitationsToOneAddressLetOneIn: both were sent before either was
// used. The loser's link stays good for another address.
func TestTwoInvitationsToOneAddressLetOneIn(t *testing.T) {
	h := build(t)
	first, second := h.invite(organization.Link{Email: "bo@example.org"}), h.invite(organization.Link{Email: "bo@example.org"})
	if _, err := h.accept(first, applicant("bo"), now); err != nil {
		t.Fatal(err)
	}
	if _, err := h.accept(second, applicant("bo"), now); !errors.Is(err, organization.ErrEmailTaken) {
		t.Errorf("the same address again: %v, want ErrEmailTaken", err)
	}
	if _, err := h.accept(second, applicant("bodil"), now); err != nil {
		t.Errorf("another address with the link that was not used: %v", err)
	}
}

func TestTheFirstSuperUserFoundsTheBusiness(t *testing.T) {
	h := build(t)
	bo := h.join("bo", false)
	if bo.Keys != nil || bo.RecoveryKey != "" || h.business().Identity != 0 {
		t.Error("somebody who is no super user has made the business's identity")
	}
	anna := h.join("anna", true)
	if anna.Keys == nil || anna.RecoveryKey == "" || h.business().Identity != 1 {
		t.Fatal("the first super user has not made the business's identity")
	}
	if cato := h.join("cato", true); cato.Keys != nil || cato.RecoveryKey != "" {
		t.Error("the second super user has keys or a recovery key at once")
	}
	h.letIn(anna.Keys, bo)
	if keys := h.enter(bo, now); keys == nil || !opens(keys, h.wrap("x"), "x") {
		t.Error("who came before the first super user cannot be let in")
	}
}

func TestTheRecoveryKeyIsStoredNowhere(t *testing.T) {
	h := build(t)
	anna := h.join("anna", true)
	all := strings.Join(h.values(), "\n")
	for name, secret := range map[string]string{
		"recovery key": anna.RecoveryKey, "own identity": anna.Login.Identity(), "TOTP secret": anna.applicant.TOTP,
		"recovery code": anna.Spare[0], "recovery code without hyphens": strings.ReplaceAll(anna.Spare[0], "-", ""),
	} {
		if strings.Contains(all, secret) {
			t.Errorf("the %s rests in the clear beneath the seal", name)
		}
	}
}

// TestAResetLinkDiesWithWhatItWasMadeFor: a deactivated professional does not
// come back by a link that was sent before, and of two resets one works.
func TestAResetLinkDiesWithWhatItWasMadeFor(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	h.letIn(anna.Keys, bo)
	reset := organization.Link{Professional: bo.Professional.ID}
	again := applicant("bo")
	again.ID = bo.Professional.ID

	first, second := h.invite(reset), h.invite(reset)
	if _, err := h.accept(first, again, now); err != nil {
		t.Fatal(err)
	}
	if _, err := h.accept(second, again, now); !errors.Is(err, organization.ErrLink) {
		t.Errorf("the other reset after one was used: %v, want ErrLink", err)
	}
	third := h.invite(reset)
	h.deactivate(anna.Keys, bo)
	if _, err := h.accept(third, again, now); !errors.Is(err, organization.ErrLink) {
		t.Errorf("a reset from before the deactivation: %v, want ErrLink", err)
	}
	if !h.professional(bo).Inactive {
		t.Error("a link from before the deactivation has brought him back")
	}
}
