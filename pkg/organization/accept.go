package organization

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"time"

	"filippo.io/age"

	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Applicant is what a person who was invited, or is resetting, brings.
type Applicant struct {
	ID                               ID // NewID for an invitation, Link.Professional for a reset
	Name, Email, Workplace, Position string
	Salt                             []byte
	Key                              vault.Key // of the password, from Passwords.Key
	TOTP                             string    // secret that the person's app holds
	Code                             string    // the one-time code that showed it; it is used up
	Policy                           string    // version of the privacy statement that is in force, a date; an invitation's alone
}

// NewSalt draws a salt for a password's key.
func NewSalt() []byte {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails
	return salt
}

// Accepted is what accepting a link yields. Recovery codes and recovery key are
// shown once and stored nowhere in the clear.
type Accepted struct {
	Professional Professional
	Login        Login
	Keys         *Keys    // nil for someone who waits to be let in
	Spare        []string // recovery codes in place of the app
	RecoveryKey  string   // age identity; only to the first super user of a business
}

// Accept uses a link: the person gets an identity of their own. The first super
// user of a business makes the business's identity; everybody else waits until
// a colleague lets them in.
func Accept(tx store.Tx, ring *keyring.Ring, token string, ap Applicant, now time.Time) (Accepted, error) {
	link, err := useLink(tx, ring, token, now)
	if err != nil {
		return Accepted{}, err
	}
	b, err := BusinessByID(tx, link.Business)
	if err != nil {
		return Accepted{}, err
	}
	p := Professional{ID: ap.ID, Business: b.ID, Super: link.Super}
	if link.Reset() {
		if p, err = ProfessionalByID(tx, link.Professional); err != nil {
			return Accepted{}, err
		}
	} else {
		p.Name, p.Email, p.Workplace, p.Position, p.Policy = ap.Name, NormalEmail(ap.Email), ap.Workplace, ap.Position, ap.Policy
		if err := takeEmail(tx, ring, p.Email, p.ID); err != nil {
			return Accepted{}, err
		}
	}
	out, err := equip(&p, ring, ap, now)
	if err != nil {
		return Accepted{}, err
	}
	if err := SaveProfessional(tx, p); err != nil {
		return Accepted{}, err
	}
	out.Professional, out.Login.Professional = p, p
	if b.Identity > 0 || !p.Super {
		return out, memberTable.Put(tx, memberKey(ring, b.ID, p.ID), member{})
	}
	out.Keys, out.RecoveryKey, err = found(tx, ring, b, p)
	return out, err
}

// equip gives a professional a fresh identity, one-time codes and recovery
// codes under the new password.
func equip(p *Professional, ring *keyring.Ring, ap Applicant, now time.Time) (Accepted, error) {
	own, err := age.GenerateHybridIdentity()
	if err != nil {
		return Accepted{}, err
	}
	raw, err := json.Marshal(secrets{own.String(), ap.TOTP})
	if err != nil {
		return Accepted{}, err
	}
	out := Accepted{Login: Login{identity: own, totp: ap.TOTP}}
	p.Salt, p.Secrets = ap.Salt, ap.Key.Seal("professional", raw, p.ID[:])
	p.Recipient = own.Recipient().String()
	p.Step, _ = totpStep(ap.TOTP, ap.Code, now)
	p.Inactive = false
	p.Version++
	out.Spare, p.Spare = newSpare(ring, p.ID)
	return out, nil
}

// found makes the first identity of a business and its recovery key.
func found(tx store.Tx, ring *keyring.Ring, b Business, first Professional) (*Keys, string, error) {
	recovery, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, "", err
	}
	b.Recovery = recovery.Recipient().String()
	keys, err := newIdentity(tx, ring, b, nil, []Professional{first})
	return keys, recovery.String(), err
}

// newIdentity gives a business its next identity: wrapped to the recovery key
// and to those who hold the one before, which is sealed under it.
// ErrStale when old are not the keys of the newest: that one would be lost.
func newIdentity(tx store.Tx, ring *keyring.Ring, b Business, old *Keys, holders []Professional) (*Keys, error) {
	if b.Identity > 0 && (old == nil || old.Generation != b.Identity) {
		return nil, ErrStale
	}
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, err
	}
	b.Identity++
	b.Recipient = id.Recipient().String()
	index := vault.NewKey()
	if old != nil {
		index = old.Index
	}
	marshaled, err := json.Marshal(bundle{b.Identity, id.String(), index.Bytes()})
	if err != nil {
		return nil, err
	}
	if old != nil {
		if err := sealOlder(tx, ring, b, old, vault.DeriveKey([]byte(id.String()), nil, "business-v1")); err != nil {
			return nil, err
		}
	}
	keys, err := OpenKeys(tx, ring, b.ID, marshaled)
	if err != nil {
		return nil, err
	}
	errs := []error{SaveBusiness(tx, b), keys.wrapTo(tx, ring, recoveryMember, b.Recovery)}
	for _, p := range holders {
		errs = append(errs, keys.wrapTo(tx, ring, p.ID, p.Recipient))
	}
	return keys, errors.Join(errs...)
}

// sealOlder seals all older identities of a business under its new secret.
func sealOlder(tx store.Tx, ring *keyring.Ring, b Business, old *Keys, secret vault.Key) error {
	for generation, id := range old.identities {
		key := identKey(ring, b.ID, generation)
		if err := identTable.Put(tx, key, secret.Seal("identity", []byte(id.String()), key)); err != nil {
			return err
		}
	}
	return nil
}
