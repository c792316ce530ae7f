package token_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/token"
)

func years(ring *token.Ring) (out []int) {
	for _, k := range ring.Keys() {
		out = append(out, k.Year)
	}
	return out
}

func TestAKeySignsForOneYearAndItsTokensAreTakenForTwo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "issuer.keys")
	ring, err := token.New(path)
	check(t, err)
	products := []string{"access"}
	for _, c := range []struct {
		day, held string
	}{
		{"2026-03-01", "[2026]"}, {"2026-11-30", "[2026]"}, {"2026-12-01", "[2026 2027]"},
		{"2027-01-01", "[2026 2027]"}, {"2028-01-01", "[2027 2028]"},
	} {
		now, err := time.Parse(time.DateOnly, c.day)
		check(t, err)
		_, err = ring.Rotate(products, now)
		check(t, err)
		again, err := ring.Rotate(products, now)
		if err != nil || len(again.Made)+len(again.Destroyed) > 0 {
			t.Errorf("%s: a second time changed %v, %v", c.day, again, err)
		}
		if held := fmt.Sprint(years(ring)); held != c.held {
			t.Errorf("%s: keys of %s, want %s", c.day, held, c.held)
		}
		if key, err := ring.Current("access", now); err != nil || key.Year != now.Year() {
			t.Errorf("%s: signed by the key of %d, %v", c.day, key.Year, err)
		}
	}
	opened, err := token.Open(path)
	check(t, err)
	if fmt.Sprint(years(opened)) != "[2027 2028]" || opened.Keys()[0].ID != ring.Keys()[0].ID {
		t.Error("the file holds other keys")
	}
}

func TestAFileOfTokenKeysIsNeverReplacedByNewOnes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "issuer.keys")
	check(t, os.WriteFile(path, []byte("something"), 0o600))
	if _, err := token.New(path); err == nil {
		t.Error("a file that is there was taken for none")
	}
}

func TestADamagedFileOfTokenKeysIsToldLineByLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "issuer.keys")
	check(t, os.WriteFile(path, []byte("selvhjelp token keys v1\naccess 2026 c2VjcmV0\nx\naccess soon AAAA\n"), 0o600))
	_, err := token.Open(path)
	for _, want := range []string{":2: the key", ":3: want", ":4: the year"} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "c2VjcmV0") {
			t.Errorf("want %q in %v", want, err)
		}
	}
}

func TestAPaperTokenIsATokenLikeAnyOther(t *testing.T) {
	ring, _ := domaintest.Tokens(t, now)
	key := ring.Keys()[0]
	made, signature, err := ring.Issue(key.ID)
	check(t, err)
	if _, err := token.Check(ring.Keys(), key.Message(made.Nonce), signature, now); err != nil {
		t.Error(err)
	}
	other, _, err := ring.Issue(key.ID)
	if check(t, err); string(other.Nonce) == string(made.Nonce) {
		t.Error("two vouchers are the same")
	}
}

func TestARingPrintsNoKey(t *testing.T) {
	ring, _ := domaintest.Tokens(t, now)
	if text := fmt.Sprintf("%v %+v %#v %s", ring, ring, ring, ring); strings.Trim(strings.ReplaceAll(text, "[token keys]", ""), " ") != "" {
		t.Error("a ring prints more than its name")
	}
}

func BenchmarkSign(b *testing.B) {
	ring, _ := domaintest.Tokens(b, now)
	buyer := domaintest.NewBuyer(b, ring.Keys()[0])
	for b.Loop() {
		if _, err := ring.Sign(buyer.Key.ID, buyer.Blinded); err != nil {
			b.Fatal(err)
		}
	}
}
