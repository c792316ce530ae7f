package organization_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func (h *house) issue(keys *organization.Keys, list ...organization.Issued) {
	h.t.Helper()
	h.Update(h.t, func(tx store.Tx) error {
		for _, i := range list {
			if err := organization.SaveIssued(tx, h.Ring, keys, i); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestReferencesAreSixSymbolsAndUnique(t *testing.T) {
	h := build(t)
	keys := h.join("anna", true).Keys
	seen := map[string]bool{}
	symbols := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{6}$`)
	h.Update(t, func(tx store.Tx) error {
		for range 300 {
			ref, err := organization.NewReference(tx, h.Ring, keys)
			if err != nil {
				return err
			}
			if seen[ref] || !symbols.MatchString(ref) {
				t.Errorf("%q comes twice or is no reference", ref)
			}
			seen[ref] = true
			if err := organization.SaveIssued(tx, h.Ring, keys, organization.Issued{Reference: ref}); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestTheListIsSealedForTheOperator who has the root key and the seal keys:
// they see how many rows there are, not whose reference or which.
func TestTheListIsSealedForTheOperator(t *testing.T) {
	h := build(t)
	anna := h.join("anna", true)
	row := organization.Issued{Reference: "7KQ2M9", By: anna.Professional.ID, Open: []byte("key of an opening")}
	h.issue(anna.Keys, row)
	all := strings.Join(h.values(), "\n")
	for name, secret := range map[string][]byte{"reference": []byte(row.Reference), "opening": row.Open} {
		if strings.Contains(all, string(secret)) || strings.Contains(all, hex.EncodeToString(secret)) || strings.Contains(all, base64.StdEncoding.EncodeToString(secret)) {
			t.Errorf("the %s rests in the clear beneath the seal", name)
		}
	}
	forged, stranger := *anna.Keys, build(t).join("stranger", true).Keys
	forged.Index = vault.NewKey()
	h.View(t, func(r store.Reader) error {
		if _, err := organization.IssuedByReference(r, h.Ring, &forged, row.Reference); !errors.Is(err, organization.ErrNotFound) {
			t.Errorf("a guessed reference without the business's index key: %v, want ErrNotFound", err)
		}
		stranger.Business = h.id
		if _, err := organization.IssuedList(r, h.Ring, stranger); !errors.Is(err, vault.ErrOpen) {
			t.Errorf("the list with another business's keys: %v, want vault.ErrOpen", err)
		}
		return nil
	})
}

func TestTheListStaysReadableUnderANewIdentity(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	rows := []organization.Issued{
		{Reference: "BBBBBB", By: anna.Professional.ID, Day: 20000, Open: []byte{1}},
		{Reference: "AAAAAA", By: bo.Professional.ID, Day: 20001, Open: []byte{2}, Revoked: true},
	}
	h.issue(anna.Keys, rows...)
	keys := h.deactivate(anna.Keys, bo)
	rows[0].By = bo.Professional.ID
	h.issue(keys, rows[0], organization.Issued{Reference: "CCCCCC"})
	h.View(t, func(r store.Reader) error {
		got, err := organization.IssuedList(r, h.Ring, keys)
		want := []organization.Issued{rows[1], rows[0], {Reference: "CCCCCC"}}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("the list, sorted by reference (%v):\n%s", err, diff)
		}
		one, err := organization.IssuedByReference(r, h.Ring, keys, "AAAAAA")
		if diff := cmp.Diff(rows[1], one); diff != "" || err != nil {
			t.Errorf("one row (%v):\n%s", err, diff)
		}
		_, err = organization.IssuedByReference(r, h.Ring, keys, "ZZZZZZ")
		if !errors.Is(err, organization.ErrNotFound) {
			t.Errorf("a reference that was never issued: %v, want ErrNotFound", err)
		}
		return nil
	})
}

func TestAReferenceIsSeenByItsCaseloadItsCoverAndATeam(t *testing.T) {
	me := organization.Professional{ID: organization.NewID()}
	other := organization.NewID()
	const day deadline.Day = 20000
	for _, test := range []struct {
		story  string
		issued organization.Issued
		team   bool
		want   bool
	}{
		{"my own", organization.Issued{By: me.ID}, false, true},
		{"a colleague's", organization.Issued{By: other}, false, false},
		{"a colleague's, in a team", organization.Issued{By: other}, true, true},
		{"one that I cover, on the last day", organization.Issued{By: other, Cover: me.ID, CoverTo: day}, false, true},
		{"one that I covered until yesterday", organization.Issued{By: other, Cover: me.ID, CoverTo: day - 1}, false, false},
		{"one that somebody else covers", organization.Issued{By: me.ID, Cover: other, CoverTo: day}, false, true},
		{"nobody's", organization.Issued{}, false, false},
	} {
		if got := test.issued.Sees(me, test.team, day); got != test.want {
			t.Errorf("%s: seen is %t", test.story, got)
		}
	}
}
