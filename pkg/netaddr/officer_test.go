package netaddr

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selvhjelp/pkg/domaintest"
)

func TestWithoutOfficersNothingIsWritten(t *testing.T) {
	dir := t.TempDir()
	j, err := OpenJournal(filepath.Join(dir, "addresses"), domaintest.Open(t).Ring, nil)
	check(t, err)
	check(t, j.Write(LoginFailed, addr("192.0.2.1"), noon))
	check(t, j.Close())
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("there are %d entries, %v", len(entries), err)
	}
}

func TestOfficersAreTwoAndDifferent(t *testing.T) {
	o := newOffice(t)
	a, b := o.officers[0].Recipient().String(), o.officers[1].Recipient().String()
	for _, list := range [][]string{{a}, {a, a}, {a, b, a}, {a, "x"}, {a, "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"}} {
		if err := CheckOfficers(list); !errors.Is(err, ErrRecipients) {
			t.Errorf("%.70q: %v", list, err)
		}
	}
	if err := errors.Join(CheckOfficers(nil), CheckOfficers([]string{a, b})); err != nil {
		t.Error(err)
	}
}

func TestAnIdentityIsMadeOnceAndForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.identity")
	recipient, err := NewOfficer(path)
	check(t, err)
	info, err := os.Stat(path)
	check(t, err)
	id, err := ReadOfficer(path)
	check(t, err)
	if info.Mode().Perm() != 0o600 || id.Recipient().String() != recipient || !strings.HasPrefix(recipient, "age1pq1") {
		t.Errorf("mode %v, recipient %.20s", info.Mode(), recipient)
	}
	if _, err := NewOfficer(path); !errors.Is(err, os.ErrExist) {
		t.Errorf("an identity was replaced: %v", err)
	}
	for _, text := range []string{"", "# only a comment\n", "AGE-SECRET-KEY-PQ-1NONSENSE\n"} {
		bad := filepath.Join(t.TempDir(), "bad")
		check(t, os.WriteFile(bad, []byte(text), 0o600))
		if _, err := ReadOfficer(bad); err == nil || strings.Contains(err.Error(), "NONSENSE") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
