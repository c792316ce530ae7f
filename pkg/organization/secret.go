package organization

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/argon2"

	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// ErrLogin is returned for an unknown e-mail address, a wrong password, a wrong
// or used one-time code and a deactivated professional alike.
var ErrLogin = errors.New("organization: login refused")

const (
	totpPeriod = 30 // seconds
	spareCodes = 8
)

// secrets are what a password opens.
type secrets struct {
	Identity string `json:"i"` // the professional's own age identity
	TOTP     string `json:"t"` // base32
}

// Passwords derives keys from passwords, one at a time: each derivation takes
// 64 MiB, and a crowd of logins must not take the server's memory.
type Passwords struct {
	slot chan struct{}
	cost Cost
}

// Cost is what a derivation costs: memory in KiB, and passes over it.
type Cost struct{ Memory, Passes uint32 }

// Guarded is the cost that guards real passwords: 64 MiB and three passes, the
// second recommendation of RFC 9106, section 4.
var Guarded = Cost{64 << 10, 3}

// NewPasswords makes the one slot, at the cost that guards real passwords.
func NewPasswords() *Passwords { return PasswordsAt(Guarded) }

// PasswordsAt is for tests that are about something else.
func PasswordsAt(c Cost) *Passwords { return &Passwords{make(chan struct{}, 1), c} }

// Key is KEK = HKDF(argon2id(password, salt, cost) || HMAC(K_pepper,
// professional)) (RFC 9106, RFC 5869). It takes about 0.2 s of CPU and is
// called outside any transaction; ctx bounds the wait for the slot.
func (p *Passwords) Key(ctx context.Context, ring *keyring.Ring, id ID, password string, salt []byte) (vault.Key, error) {
	select {
	case p.slot <- struct{}{}:
		defer func() { <-p.slot }()
	case <-ctx.Done():
		return vault.Key{}, ctx.Err()
	}
	stretched := argon2.IDKey([]byte(password), salt, p.cost.Passes, p.cost.Memory, 1, 32)
	return vault.DeriveKey(append(stretched, ring.Pepper("professional", id[:])...), salt, "professional-v1"), nil
}

// Login is a professional whose password was right.
type Login struct {
	Professional Professional
	identity     *age.HybridIdentity
	totp         string
}

// Format hides the secrets whatever the verb.
func (l Login) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[login]") }

// Candidate returns whose login an e-mail address is for. For an unknown
// address it returns a professional who does not exist, so that the work that
// follows costs the same.
func Candidate(r store.Reader, ring *keyring.Ring, email string) (Professional, error) {
	p, err := ProfessionalByEmail(r, ring, email)
	if errors.Is(err, ErrNotFound) {
		return Professional{Salt: ring.Index("no such professional", []byte(NormalEmail(email)))}, nil
	}
	return p, err
}

// Check opens a professional's secrets with the key of the password that was
// given. ErrLogin when it is wrong; the AEAD tag is the check.
func Check(p Professional, key vault.Key) (Login, error) {
	if p.Secrets == nil {
		p.Secrets = make([]byte, 64)
	}
	raw, err := key.Open("professional", p.Secrets, p.ID[:])
	if err != nil || p.Inactive {
		return Login{}, ErrLogin
	}
	var s secrets
	if err := json.Unmarshal(raw, &s); err != nil {
		return Login{}, errors.New("professional record does not decode")
	}
	id, err := age.ParseHybridIdentity(s.Identity)
	if err != nil {
		return Login{}, errors.New("professional record does not decode")
	}
	return Login{p, id, s.TOTP}, nil
}

// Enter finishes a login with a one-time code or a recovery code, each good
// for one time only, and opens the business's keys. Keys is nil for someone
// who waits to be let in.
func (l Login) Enter(tx store.Tx, ring *keyring.Ring, code string, now time.Time) (Professional, *Keys, error) {
	p, err := ProfessionalByID(tx, l.Professional.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Professional{}, nil, err
	}
	if err != nil || p.Version != l.Professional.Version || p.Inactive {
		return Professional{}, nil, ErrLogin
	}
	if err := CheckOpen(tx, p.Business); errors.Is(err, ErrClosed) {
		return Professional{}, nil, ErrLogin
	} else if err != nil {
		return Professional{}, nil, err
	}
	tx.Essential() // a full store does not keep anybody out
	if step, ok := totpStep(l.totp, code, now); ok && step > p.Step {
		p.Step = step
	} else if !p.takeSpare(ring, code) {
		return Professional{}, nil, ErrLogin
	}
	if err := SaveProfessional(tx, p); err != nil {
		return Professional{}, nil, err
	}
	keys, err := openMember(tx, ring, p.Business, p.ID, l.identity)
	return p, keys, err
}

// Identity is the professional's own identity, for the session to keep.
func (l Login) Identity() string { return l.identity.String() }

// Admitted opens the business's keys for someone who waited and has been let
// in since; nil while still waiting.
func Admitted(r store.Reader, ring *keyring.Ring, p Professional, identity string) (*Keys, error) {
	own, err := age.ParseHybridIdentity(identity)
	if err != nil {
		return nil, errors.New("organization: the session's identity does not decode")
	}
	return openMember(r, ring, p.Business, p.ID, own)
}

// NewTOTP draws a secret (160 bits, base32) for RFC 6238.
func NewTOTP() string {
	raw := make([]byte, 20)
	rand.Read(raw) // never fails
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
}

// TOTPValid reports whether a code fits the secret now, within one step.
func TOTPValid(secret, code string, now time.Time) bool {
	_, ok := totpStep(secret, code, now)
	return ok
}

// totpStep is the time step (RFC 6238, 30 s) that a code is of, among the
// current one and its neighbours.
func totpStep(secret, code string, now time.Time) (int64, bool) {
	code = strings.Join(strings.Fields(code), "")
	for d := int64(-1); d <= 1; d++ {
		at := now.Add(time.Duration(d) * totpPeriod * time.Second)
		want, err := totp.GenerateCodeCustom(secret, at, totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && hmac.Equal([]byte(want), []byte(code)) {
			return at.Unix() / totpPeriod, true
		}
	}
	return 0, false
}

// newSpare draws recovery codes and returns them with what is stored of them.
func newSpare(ring *keyring.Ring, id ID) (codes []string, stored [][]byte) {
	for range spareCodes {
		raw := make([]byte, 10)
		rand.Read(raw) // never fails
		c := base32.StdEncoding.EncodeToString(raw)
		codes = append(codes, c[:4]+"-"+c[4:8]+"-"+c[8:12]+"-"+c[12:])
		stored = append(stored, spareHash(ring, id, c))
	}
	return codes, stored
}

func (p *Professional) takeSpare(ring *keyring.Ring, code string) bool {
	want := spareHash(ring, p.ID, code)
	for i, have := range p.Spare {
		if hmac.Equal(have, want) {
			p.Spare = append(p.Spare[:i:i], p.Spare[i+1:]...)
			return true
		}
	}
	return false
}

func spareHash(ring *keyring.Ring, id ID, code string) []byte {
	code = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
	return ring.Pepper("recovery code", id[:], []byte(code))[:16]
}
