package organization

import (
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
)

// nameYears is how long the name of somebody who left is kept: as long as the
// entries of the audit log that are about what they did.
const nameYears = 2

// Left reports whether the professional has left: nothing but the name is kept.
func (p Professional) Left() bool { return p.Email == "" }

// Leave takes out a professional who asks for it and deletes all that is kept
// about them but the name. The business gets a new identity as in Deactivate,
// and the keys of it are returned so that its list of references can be moved;
// nil for somebody who was not let in, who need not bring keys. ErrLastSuper for
// the last super user, ErrStale as in Deactivate.
func Leave(tx store.Tx, ring *keyring.Ring, keys *Keys, p Professional, now time.Time) (*Keys, error) {
	if err := spareLastSuper(tx, ring, p); err != nil {
		return nil, err
	}
	waits, err := Waiting(tx, ring, p)
	if err != nil {
		return nil, err
	}
	tx.Essential()
	_, err = deadline.Put(tx, deadline.DayOf(now.AddDate(nameYears, 0, 1)), deadline.NameLapses, p.ID[:])
	if err := errors.Join(err, mailTable.Delete(tx, mailKey(ring, p.Email))); err != nil {
		return nil, err
	}
	left := Professional{ID: p.ID, Business: p.Business, Name: p.Name, Inactive: true, Version: p.Version + 1}
	if waits {
		return nil, SaveProfessional(tx, left)
	}
	return shutOut(tx, ring, keys, left)
}

// Forget deletes the name of a professional who left, by their id. Somebody who
// is gone is left alone.
func Forget(tx store.Tx, ring *keyring.Ring, id []byte) error {
	if len(id) != len(ID{}) {
		return errors.New("organization: a name's deadline names nobody")
	}
	p, err := ProfessionalByID(tx, ID(id))
	if errors.Is(err, ErrNotFound) || err == nil && !p.Left() {
		return nil
	} else if err != nil {
		return err
	}
	tx.Essential()
	return errors.Join(staffTable.Delete(tx, id), memberTable.Delete(tx, memberKey(ring, p.Business, p.ID)))
}
