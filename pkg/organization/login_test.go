package organization_test

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

func TestAOneTimeCodeIsGoodForOneTime(t *testing.T) {
	h := build(t)
	anna := h.join("anna", true)
	code := anna.code(t, now)
	if _, keys, err := h.login(anna, code, now); err != nil || keys == nil {
		t.Fatalf("a right code: %v", err)
	}
	if _, _, err := h.login(anna, code, now.Add(time.Second)); !errors.Is(err, organization.ErrLogin) {
		t.Errorf("the same code again: %v, want ErrLogin", err)
	}
	if _, _, err := h.login(anna, anna.code(t, now.Add(-30*time.Second)), now); !errors.Is(err, organization.ErrLogin) {
		t.Errorf("the code of an earlier step: %v, want ErrLogin", err)
	}
	later := now.Add(30 * time.Second)
	if _, _, err := h.login(anna, anna.code(t, later), later); err != nil {
		t.Errorf("the code of the next step: %v", err)
	}
}

func TestAClockMayBeOneStepOff(t *testing.T) {
	h := build(t)
	anna := h.join("anna", true)
	for _, test := range []struct {
		steps int
		want  error
	}{{-2, organization.ErrLogin}, {2, organization.ErrLogin}, {-1, nil}, {0, nil}, {1, nil}} {
		code := anna.code(t, now.Add(time.Duration(test.steps)*30*time.Second))
		if _, _, err := h.login(anna, code, now); !errors.Is(err, test.want) {
			t.Errorf("a code %+d steps off: %v, want %v", test.steps, err, test.want)
		}
	}
}

// TestOneTimeCodesAreThoseOfTheStandard uses the vector of RFC 6238, appendix
// B, at 59 s; its last six digits.
func TestOneTimeCodesAreThoseOfTheStandard(t *testing.T) {
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	at := time.Unix(59, 0)
	if !organization.TOTPValid(secret, "287 082", at) || organization.TOTPValid(secret, "287083", at) || organization.TOTPValid(secret, "", at) {
		t.Error("not the codes of RFC 6238")
	}
}

func TestARecoveryCodeIsGoodForOneTime(t *testing.T) {
	h := build(t)
	anna := h.join("anna", true)
	typed := strings.ToLower(strings.ReplaceAll(anna.Spare[3], "-", " "))
	if _, keys, err := h.login(anna, typed, now); err != nil || keys == nil {
		t.Fatalf("a recovery code as people type it: %v", err)
	}
	if _, _, err := h.login(anna, anna.Spare[3], now); !errors.Is(err, organization.ErrLogin) {
		t.Errorf("the same again: %v, want ErrLogin", err)
	}
	for _, i := range []int{0, 1, 2, 4, 5, 6, 7} {
		if _, _, err := h.login(anna, anna.Spare[i], now); err != nil {
			t.Errorf("recovery code %d: %v", i, err)
		}
	}
	if left := h.professional(anna).Spare; len(left) != 0 {
		t.Errorf("%d recovery codes are left of none", len(left))
	}
}

func TestARecoveryCodeIsItsOwnersAlone(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	if _, _, err := h.login(bo, anna.Spare[0], now); !errors.Is(err, organization.ErrLogin) {
		t.Errorf("a colleague's recovery code: %v, want ErrLogin", err)
	}
}

// TestRefusedLoginsLookTheSame: nothing tells why.
func TestRefusedLoginsLookTheSame(t *testing.T) {
	h := build(t)
	anna, bo, cato := h.join("anna", true), h.join("bo", false), h.join("cato", false)
	h.letIn(anna.Keys, bo)
	keys := h.deactivate(anna.Keys, bo)
	h.renew(func(tx store.Tx) (*organization.Keys, error) {
		return organization.PrepareReset(tx, h.Ring, keys, cato.Professional.ID)
	})
	if _, err := organization.Check(h.professional(bo), bo.applicant.Key); err != organization.ErrLogin {
		t.Errorf("the right password of who was deactivated: %v, want ErrLogin before any code is asked for", err)
	}
	wrong := anna
	wrong.applicant.Key = vault.NewKey()
	for story, p := range map[string]person{
		"unknown e-mail": {applicant: applicant("nobody")}, "wrong password": wrong, "deactivated": bo, "being reset": cato,
	} {
		code := "123456"
		if p.applicant.TOTP != "" {
			code = p.code(t, now)
		}
		if _, _, err := h.login(p, code, now); err != organization.ErrLogin {
			t.Errorf("%s: %v, want ErrLogin and nothing else", story, err)
		}
	}
	if _, _, err := h.login(anna, "000000", now); err != organization.ErrLogin {
		t.Errorf("wrong one-time code: %v, want ErrLogin and nothing else", err)
	}
}

func TestAnUnknownAddressCostsTheSameWork(t *testing.T) {
	h := build(t)
	h.View(t, func(r store.Reader) error {
		a, err := organization.Candidate(r, h.Ring, "Nobody@example.org")
		if err != nil || len(a.Salt) != len(organization.NewSalt()) {
			t.Errorf("a salt of %d bytes, %v", len(a.Salt), err)
		}
		b, err := organization.Candidate(r, h.Ring, "nobody@example.org ")
		if string(a.Salt) != string(b.Salt) {
			t.Error("the salt of an unknown address changes from one try to the next")
		}
		return err
	})
}

func TestALoginEndsWhenThePersonChangesMeanwhile(t *testing.T) {
	h := build(t)
	anna, bo := h.join("anna", true), h.join("bo", false)
	h.letIn(anna.Keys, bo)
	between, err := organization.Check(h.professional(bo), bo.applicant.Key)
	if err != nil {
		t.Fatal(err)
	}
	h.deactivate(anna.Keys, bo)
	err = h.try(func(tx store.Tx) error {
		_, _, err := between.Enter(tx, h.Ring, bo.code(t, now), now)
		return err
	})
	if err != organization.ErrLogin {
		t.Errorf("deactivated between password and code: %v, want ErrLogin", err)
	}
}

// TestNoComparableHashOfAPasswordIsStored: with every key of the server, no
// stored byte can be compared with what is computed from a guess.
func TestNoComparableHashOfAPasswordIsStored(t *testing.T) {
	h := build(t)
	const password = "en ganske lang setning om fjell"
	ap := applicant("anna")
	key, err := organization.NewPasswords().Key(t.Context(), h.Ring, ap.ID, password, ap.Salt)
	if err != nil {
		t.Fatal(err)
	}
	ap.Key = key
	anna, err := h.accept(h.invite(organization.Link{Super: true}), ap, now)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(h.values(), "\n")
	sum := sha256.Sum256([]byte(password))
	for _, guess := range [][]byte{[]byte(password), key.Bytes(), sum[:], h.Ring.Pepper("professional", ap.ID[:]),
		argon2.IDKey([]byte(password), ap.Salt, 3, 64<<10, 1, 32)} {
		if strings.Contains(all, string(guess)) || strings.Contains(all, hex.EncodeToString(guess)) || strings.Contains(all, base64.StdEncoding.EncodeToString(guess)) {
			t.Error("the store holds something that a guess can be compared with")
		}
	}
	if keys := h.enter(anna, now); keys == nil {
		t.Error("the right password does not open")
	}
}

// TestAPasswordsKeyIsBoundToPersonSaltAndServer so that one guess is a guess
// at one professional.
func TestAPasswordsKeyIsBoundToPersonSaltAndServer(t *testing.T) {
	h, other := build(t), build(t)
	passwords, ap := organization.NewPasswords(), applicant("anna")
	seen := map[string]bool{}
	for _, try := range []struct {
		house    *house
		id       organization.ID
		password string
		salt     []byte
	}{{h, ap.ID, "a", ap.Salt}, {h, organization.NewID(), "a", ap.Salt}, {h, ap.ID, "b", ap.Salt},
		{h, ap.ID, "a", organization.NewSalt()}, {other, ap.ID, "a", ap.Salt}} {
		key, err := passwords.Key(t.Context(), try.house.Ring, try.id, try.password, try.salt)
		if err != nil {
			t.Fatal(err)
		}
		seen[string(key.Bytes())] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d keys from 5 inputs", len(seen))
	}
}
