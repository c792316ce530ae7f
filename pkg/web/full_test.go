package web_test

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// TestAFullStoreRefusesContentAndNothingElse: new content gets a clear message
// and what came with it is not half saved; reading, logging in and out, ending
// the sharing and deleting everything go on.
func TestAFullStoreRefusesContentAndNothingElse(t *testing.T) {
	s := newSiteOn(t, domaintest.OpenLimited(t, 4<<20), nil)
	s.service(t)
	code, reference := s.issue(t, "pro")
	b := s.take(t, code)
	b.post(t, "/me/sharing", "action=share", "category="+vault.Mapping)
	answers := []string{"q1=1", "q2=1", "q3=1", "q4=1", "q5=1", "q6=1", "q7=1"}
	for n := range 300 {
		b.post(t, "/me/mapping/gad7", append(answers, fmt.Sprintf("attempt=%d", n))...)
		if b.status != http.StatusSeeOther {
			t.Fatalf("registration %d answered %d", n, b.status)
		}
	}
	stored := s.Count(t, "reg")
	s.Fill(t)

	b.post(t, "/me/mapping/gad7", answers...)
	if b.status != http.StatusInsufficientStorage || !slices.Contains(attributes(b.body, "data-error"), "full") {
		t.Fatalf("a registration in a full store answered %d", b.status)
	}
	if now := s.Count(t, "reg"); now != stored {
		t.Errorf("there were %d registrations and are %d", stored, now)
	}
	for _, path := range []string{"/me", "/me/development", "/me/registrations", "/me/settings", "/me/export"} {
		if b.get(t, path); b.status != http.StatusOK {
			t.Errorf("%s answered %d", path, b.status)
		}
	}
	pro := s.browser(t)
	pro.post(t, "/pro/login", "email="+s.staff["pro"].email, "password="+s.staff["pro"].password, "totp="+s.code(t, "pro"))
	for _, path := range []string{"/pro", "/pro/users/" + reference, "/pro/audit"} {
		if pro.get(t, path); pro.status != http.StatusOK {
			t.Errorf("%s answered a professional %d", path, pro.status)
		}
	}
	super := s.browser(t)
	super.post(t, "/pro/login", "email="+s.staff["super"].email, "password="+s.staff["super"].password, "totp="+s.code(t, "super"))
	who := s.staff["other"].id
	if super.post(t, "/pro/staff/deactivate", "professional="+hex.EncodeToString(who[:])); super.location != "/pro/staff" {
		t.Errorf("shutting a professional out answered %d", super.status)
	}
	b.post(t, "/language", "lang=en", "from=/me")
	if b.location != "/me" {
		t.Errorf("changing the language answered %d", b.status)
	}
	b.post(t, "/me/sharing", "action=continue")
	if b.location != "/me/settings" {
		t.Errorf("going on with the sharing answered %d", b.status)
	}
	b.post(t, "/logout")
	if b.post(t, "/login", "code="+code); b.location != "/me" {
		t.Fatalf("a login answered %d %s", b.status, b.location)
	}
	if b.post(t, "/me/sharing", "action=stop"); b.location != "/me/settings" {
		t.Errorf("ending the sharing answered %d", b.status)
	}
	b.get(t, "/me")
	if !slices.Contains(attributes(b.body, "data-shared"), "no") {
		t.Error("it is still shared")
	}
	if b.post(t, "/me/delete", "confirm=DELETE"); b.location != "/deleted" {
		t.Errorf("deleting everything answered %d", b.status)
	}
	if left := s.Count(t, "reg"); left != 0 {
		t.Errorf("%d registrations are left", left)
	}
}

// TestOnAFullStoreTheCodeIsChanged, although every registration is sealed anew
// under it, in more than one transaction.
func TestOnAFullStoreTheCodeIsChanged(t *testing.T) {
	s := newSiteOn(t, domaintest.OpenLimited(t, 4<<20), nil)
	s.service(t)
	old, _ := s.issue(t, "pro")
	b := s.take(t, old)
	b.post(t, "/me/sharing", "action=share", "category="+vault.Mapping)
	for n := range 300 {
		b.post(t, "/me/mapping/gad7", "q1=1", "q2=1", "q3=1", "q4=1", "q5=1", "q6=1", "q7=1", fmt.Sprintf("attempt=%d", n))
	}
	stored := s.Count(t, "reg")
	s.Fill(t)

	b.post(t, "/me/code", "form=k")
	fresh := attributes(b.body, "data-access-code")
	if len(fresh) != 1 {
		t.Fatalf("a new code was answered %d", b.status)
	}
	if b.post(t, "/me/code/confirm", "last_group="+fresh[0][len(fresh[0])-5:]); b.location != "/me/settings" {
		t.Fatalf("changing the code answered %d", b.status)
	}
	other := s.browser(t)
	if other.post(t, "/login", "code="+old); other.status != http.StatusUnauthorized {
		t.Errorf("the old code answered %d", other.status)
	}
	if other.post(t, "/login", "code="+fresh[0]); other.location != "/me" {
		t.Fatalf("the new code answered %d", other.status)
	}
	other.get(t, "/me/registrations")
	if now := s.Count(t, "reg"); now != stored || other.status != http.StatusOK {
		t.Errorf("there were %d registrations and are %d; the list answered %d", stored, now, other.status)
	}
	s.Update(t, func(tx store.Tx) error {
		if s.find(t, tx, fresh[0]).Unsettled() {
			t.Error("something is still sealed under what the old code opened")
		}
		return nil
	})
}
