package organization_test

import (
	"errors"
	"strings"
	"testing"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

func (h *house) mark() {
	h.t.Helper()
	h.Update(h.t, func(tx store.Tx) error { return organization.MarkClosed(tx, h.id, deadline.DayOf(now)) })
}

func TestAClosedBusinessLetsNobodyInThoughNothingIsDeletedYet(t *testing.T) {
	h := build(t)
	super := h.join("super", true)
	invitation := h.invite(organization.Link{Email: "ny@example.org"})
	h.mark()
	if _, _, err := h.login(super, super.code(t, now), now); !errors.Is(err, organization.ErrLogin) {
		t.Errorf("a login: %v, want that of any wrong one", err)
	}
	if _, err := h.accept(invitation, applicant("ny"), now); !errors.Is(err, organization.ErrLink) {
		t.Errorf("an invitation: %v", err)
	}
	err := h.try(func(tx store.Tx) error {
		_, err := organization.Invite(tx, h.Ring, organization.Link{Business: h.id, Email: "en@example.org"}, now)
		return err
	})
	if !errors.Is(err, organization.ErrClosed) {
		t.Errorf("a new invitation: %v", err)
	}
}

func TestShreddingLeavesNothingOfTheBusinessAndAllOfTheOthers(t *testing.T) {
	h := build(t)
	super := h.join("super", true)
	other, _, _ := h.World.Business(t, now)
	h.letIn(super.Keys, h.join("pro", false))
	h.deactivate(super.Keys, h.join("ex", false)) // leaves an older identity
	h.invite(organization.Link{Email: "ny@example.org"})
	h.mark()
	for n := 1; n > 0; {
		h.Update(t, func(tx store.Tx) (err error) {
			n, err = organization.Shred(tx, h.Ring, h.id)
			return err
		})
	}
	h.Update(t, func(tx store.Tx) error { return organization.Shrink(tx, h.business()) })
	if b := h.business(); b.Name != "Bryggen klinikk" || b.Closed != deadline.DayOf(now) || b.Number+b.Recipient+b.Recovery != "" || b.Identity != 0 {
		t.Errorf("what is left is not the name and the day: closed %d", b.Closed)
	}
	all := strings.ToLower(strings.Join(h.values(), "\n"))
	for _, gone := range []string{"super@example.org", "pro@example.org", "ex@example.org", "ny@example.org", "310000011"} {
		if strings.Contains(all, gone) {
			t.Errorf("%s is left", gone)
		}
	}
	for bucket, want := range map[string]int{"org": 2, "staff": 1, "mail": 1, "member": 2, "ident": 0, "link": 0, "due": 0} {
		if n := h.Count(t, bucket); n != want {
			t.Errorf("%d records in %s, want the other business's %d", n, bucket, want)
		}
	}
	h.View(t, func(r store.Reader) error {
		_, err := organization.BusinessByID(r, other.ID)
		return err
	})
}

func TestTheAddressesOfAClosedBusinessAreFreeForAnother(t *testing.T) {
	h := build(t)
	super := h.join("super", true)
	h.mark()
	h.Update(t, func(tx store.Tx) error {
		_, err := organization.Shred(tx, h.Ring, h.id)
		return err
	})
	h.Update(t, func(tx store.Tx) (err error) {
		h.id, err = organization.Create(tx, organization.Business{Name: "Ny klinikk", Number: "310000003"})
		return err
	})
	if again := h.join("super", true); again.Professional.Email != super.Professional.Email {
		t.Error("the address was not taken")
	}
}

func TestWhatABusinessTellsItsUsersIsChecked(t *testing.T) {
	words := func(s string) organization.Words { return organization.Words{EN: s} }
	for _, c := range []struct {
		help organization.Help
		want string
	}{
		{organization.Help{}, ""},
		{organization.Help{Unit: "Vakt", Phone: "55 12 34 56", Hours: words("Daytime"), Text: words(strings.Repeat("æ", 300))}, ""},
		{organization.Help{Text: words("Go to the duty office.")}, ""},
		{organization.Help{Phone: "55123456"}, "unit"},
		{organization.Help{Unit: strings.Repeat("a", 101), Phone: "1"}, "unit"},
		{organization.Help{Unit: "Vakt"}, "phone"},
		{organization.Help{Unit: "Vakt", Phone: "tel:55"}, "phone"},
		{organization.Help{Unit: "Vakt", Phone: strings.Repeat("5", 21)}, "phone"},
		{organization.Help{Hours: words("Daytime")}, "hours"},
		{organization.Help{Unit: "Vakt", Phone: "55", Hours: words("a\nb")}, "hours"},
		{organization.Help{Text: words(strings.Repeat("æ", 301))}, "text"},
		{organization.Help{Text: words("\xff")}, "text"},
	} {
		if got := c.help.Check(); got != c.want {
			t.Errorf("%.60q: %q, want %q", c.help.Unit+c.help.Phone, got, c.want)
		}
	}
}

func TestAMissingLanguageIsTakenFromAnother(t *testing.T) {
	w := organization.Words{NN: "nynorsk", EN: "English"}
	for lang, want := range map[string]string{"nb": "nynorsk nn", "nn": "nynorsk nn", "en": "English en"} {
		if text, in := w.In(lang); text+" "+in != want {
			t.Errorf("in %s: %s %s", lang, text, in)
		}
	}
}
