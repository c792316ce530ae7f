package organization

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"

	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

const resealMax = 256 // rows in one transaction

// LetIn wraps the business's identity to a colleague who waits. ErrStale when
// the keys are not of the newest identity.
func LetIn(tx store.Tx, ring *keyring.Ring, keys *Keys, colleague ID) error {
	p, err := colleagueOf(tx, keys.Business, colleague)
	if err != nil {
		return err
	}
	if p.Inactive {
		return ErrForbidden
	}
	b, err := BusinessByID(tx, keys.Business)
	if err != nil {
		return err
	}
	if b.Identity != keys.Generation {
		return ErrStale
	}
	return keys.wrapTo(tx, ring, p.ID, p.Recipient)
}

// Waiting reports whether a professional has not been let in.
func Waiting(r store.Reader, ring *keyring.Ring, p Professional) (bool, error) {
	m, err := memberTable.Get(r, memberKey(ring, p.Business, p.ID))
	return m.Wrap == nil, notFound(err)
}

// Deactivate takes a professional out: the sessions end, the copy of the
// business's identity is deleted, and the business gets a new identity that the
// colleague never held. It returns the keys for the session that did it.
// ErrStale when keys are not of the newest identity.
func Deactivate(tx store.Tx, ring *keyring.Ring, keys *Keys, colleague ID) (*Keys, error) {
	p, err := colleagueOf(tx, keys.Business, colleague)
	if err != nil {
		return nil, err
	}
	if err := spareLastSuper(tx, ring, p); err != nil {
		return nil, err
	}
	p.Inactive = true
	p.Version++
	return shutOut(tx, ring, keys, p)
}

// PrepareReset takes away a colleague's access until they have used the link
// that the caller then makes with Invite. ErrStale as in Deactivate.
func PrepareReset(tx store.Tx, ring *keyring.Ring, keys *Keys, colleague ID) (*Keys, error) {
	p, err := colleagueOf(tx, keys.Business, colleague)
	if err != nil {
		return nil, err
	}
	p.Version++
	p.Secrets, p.Spare = nil, nil
	return shutOut(tx, ring, keys, p)
}

// SetSuper makes a colleague a super user, or no longer one.
func SetSuper(tx store.Tx, ring *keyring.Ring, business, colleague ID, super bool) error {
	p, err := colleagueOf(tx, business, colleague)
	if err != nil {
		return err
	}
	if !super {
		if err := spareLastSuper(tx, ring, p); err != nil {
			return err
		}
	}
	p.Super = super
	p.Version++
	return SaveProfessional(tx, p)
}

// shutOut stores the professional without a copy of the business's identity,
// and gives those who hold one the next identity.
func shutOut(tx store.Tx, ring *keyring.Ring, keys *Keys, p Professional) (*Keys, error) {
	tx.Essential()
	b, err := BusinessByID(tx, p.Business)
	if err != nil {
		return nil, err
	}
	if err := SaveProfessional(tx, p); err != nil {
		return nil, err
	}
	if err := memberTable.Put(tx, memberKey(ring, b.ID, p.ID), member{}); err != nil {
		return nil, err
	}
	holders, err := Holders(tx, ring, b.ID)
	if err != nil {
		return nil, err
	}
	return newIdentity(tx, ring, b, keys, holders)
}

// ResealIssued moves up to 256 rows of the business's list to its newest key,
// after somebody was taken out, and reports whether another call is needed.
func ResealIssued(tx store.Tx, ring *keyring.Ring, keys *Keys) (more bool, err error) {
	var stale []Issued
	for row, err := range issuedTable.Prefix(tx, ring.Index("issued", keys.Business[:])) {
		if err != nil {
			return false, err
		}
		if row.Value.Generation == keys.Generation {
			continue
		}
		i, err := openIssued(keys, row.Key, row.Value)
		if err != nil {
			return false, err
		}
		if stale = append(stale, i); len(stale) > resealMax {
			break
		}
	}
	for _, i := range stale[:min(resealMax, len(stale))] {
		if err := SaveIssued(tx, ring, keys, i); err != nil {
			return false, err
		}
	}
	return len(stale) > resealMax, nil
}

// Holders are the active professionals who hold the business's identity.
func Holders(r store.Reader, ring *keyring.Ring, business ID) ([]Professional, error) {
	list, err := Professionals(r, ring, business)
	if err != nil {
		return nil, err
	}
	var failed error
	list = slices.DeleteFunc(list, func(p Professional) bool {
		waits, err := Waiting(r, ring, p)
		if err != nil {
			failed = err
		}
		return waits || p.Inactive
	})
	return list, failed
}

// spareLastSuper refuses when there is no active super user but p.
func spareLastSuper(r store.Reader, ring *keyring.Ring, p Professional) error {
	list, err := Holders(r, ring, p.Business)
	if err != nil || !p.Super {
		return err
	}
	if !slices.ContainsFunc(list, func(o Professional) bool { return o.Super && o.ID != p.ID }) {
		return ErrLastSuper
	}
	return nil
}

// Supers counts the active super users who hold the business's identity.
func Supers(r store.Reader, ring *keyring.Ring, business ID) (int, error) {
	list, err := Holders(r, ring, business)
	return len(slices.DeleteFunc(list, func(p Professional) bool { return !p.Super })), err
}

// ConfirmRecovery marks the recovery key as saved when it was typed back.
func ConfirmRecovery(tx store.Tx, business ID, typed string) error {
	b, err := BusinessByID(tx, business)
	if err != nil {
		return err
	}
	id, err := parseRecovery(typed)
	if err != nil || id.Recipient().String() != b.Recovery {
		return ErrRecovery
	}
	b.Recovered = true
	return SaveBusiness(tx, b)
}

// MayIssue reports whether codes can be issued: a business with a lone super
// user would lose everything with that one's password, so its recovery key must
// have been typed back first. The operator issues none.
func MayIssue(r store.Reader, ring *keyring.Ring, b Business) (bool, error) {
	n, err := Supers(r, ring, b.ID)
	return !b.Operator && (b.Recovered || n > 1), err
}

// Recover lets in a professional who waits and has the recovery key.
func Recover(tx store.Tx, ring *keyring.Ring, p Professional, typed string) (*Keys, error) {
	id, err := parseRecovery(typed)
	if err != nil {
		return nil, ErrRecovery
	}
	keys, err := openMember(tx, ring, p.Business, recoveryMember, id)
	if err != nil || keys == nil {
		return nil, ErrRecovery
	}
	return keys, keys.wrapTo(tx, ring, p.ID, p.Recipient)
}

func parseRecovery(typed string) (*age.HybridIdentity, error) {
	return age.ParseHybridIdentity(strings.ToUpper(strings.Join(strings.Fields(typed), "")))
}

func colleagueOf(r store.Reader, business, id ID) (Professional, error) {
	p, err := ProfessionalByID(r, id)
	if err == nil && (p.Business != business || p.Left()) {
		return Professional{}, ErrNotFound
	}
	return p, err
}

func identKey(ring *keyring.Ring, business ID, generation int) []byte {
	return binary.BigEndian.AppendUint32(ring.Index("ident", business[:]), uint32(generation))
}

// Open decrypts what was sealed under the business's symmetric key of one
// generation; the error names the kind and wraps vault.ErrOpen.
func (k *Keys) Open(kind string, generation int, sealed []byte, context ...[]byte) ([]byte, error) {
	secret, ok := k.Secret(generation)
	if !ok {
		return nil, fmt.Errorf("%s record %w", kind, vault.ErrOpen)
	}
	return secret.Open(kind, sealed, context...)
}

// OperatorReset takes away the access of the only super user of a business, who
// has nobody there to be reset by, until they have used the link that the
// caller then makes with Invite. Without the keys of the business there is no
// new identity; the recovery key lets the person in again. ErrForbidden for
// everybody else.
func OperatorReset(tx store.Tx, ring *keyring.Ring, id ID) error {
	p, err := ProfessionalByID(tx, id)
	if err != nil {
		return err
	}
	if err := spareLastSuper(tx, ring, p); !errors.Is(err, ErrLastSuper) {
		return errors.Join(err, ErrForbidden)
	}
	tx.Essential()
	p.Version++
	p.Secrets, p.Spare = nil, nil
	return errors.Join(SaveProfessional(tx, p), memberTable.Put(tx, memberKey(ring, p.Business, p.ID), member{}))
}
