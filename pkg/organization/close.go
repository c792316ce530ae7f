package organization

import (
	"errors"
	"slices"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
)

const shredMax = 256 // rows in one transaction

// CheckOpen returns ErrClosed for a business that no longer uses the service.
func CheckOpen(r store.Reader, id ID) error {
	b, err := BusinessByID(r, id)
	if err == nil && b.Closed > 0 {
		return ErrClosed
	}
	return err
}

// MarkClosed closes a business from now on and enters the deadline that stands
// until nothing is left of it. One that is closed already is left as it is.
func MarkClosed(tx store.Tx, id ID, day deadline.Day) error {
	b, err := BusinessByID(tx, id)
	if err != nil || b.Closed > 0 {
		return err
	}
	b.Closed = day
	if b.Deadline, err = deadline.Put(tx, day, deadline.Closing, id[:]); err != nil {
		return err
	}
	return SaveBusiness(tx, b)
}

// Shrink leaves the name of a closed business and the day, and takes out the
// deadline: nothing else of it is left.
func Shrink(tx store.Tx, b Business) error {
	if err := deadline.Remove(tx, b.Deadline); err != nil {
		return err
	}
	return SaveBusiness(tx, Business{ID: b.ID, Name: b.Name, Closed: b.Closed})
}

// Shred deletes up to 256 records of a closed business: its people with their
// addresses and copies of the keys, its identities, links and list of
// references. It returns how many there were; 0 means that none is left.
func Shred(tx store.Tx, ring *keyring.Ring, id ID) (int, error) {
	for _, step := range []func(store.Tx, *keyring.Ring, ID) (int, error){shredStaff, shredLinks, shredRows} {
		if n, err := step(tx, ring, id); err != nil || n > 0 {
			return n, err
		}
	}
	return 0, nil
}

// shredStaff deletes professionals: every one has a place among the members.
func shredStaff(tx store.Tx, ring *keyring.Ring, id ID) (int, error) {
	prefix := ring.Index("member", id[:])
	keys, err := firstKeys(tx, memberTable.Bucket, prefix)
	for _, key := range keys {
		if err := shredProfessional(tx, ring, ID(key[len(prefix):])); err != nil {
			return 0, err
		}
		if err := memberTable.Delete(tx, key); err != nil {
			return 0, err
		}
	}
	return len(keys), err
}

func shredProfessional(tx store.Tx, ring *keyring.Ring, id ID) error {
	p, err := ProfessionalByID(tx, id)
	if errors.Is(err, ErrNotFound) {
		return nil // the recovery key's place
	} else if err != nil {
		return err
	}
	if err := mailTable.Delete(tx, mailKey(ring, p.Email)); err != nil {
		return err
	}
	return staffTable.Delete(tx, id[:])
}

func shredLinks(tx store.Tx, _ *keyring.Ring, id ID) (int, error) {
	var gone []store.Row[Link]
	for row, err := range linkTable.Range(tx, []byte{0}, nil) {
		if err != nil {
			return 0, err
		}
		if row.Value.Business == id {
			row.Key = slices.Clone(row.Key)
			if gone = append(gone, row); len(gone) == shredMax {
				break
			}
		}
	}
	for _, row := range gone {
		if err := linkTable.Delete(tx, row.Key); err != nil {
			return 0, err
		}
		if err := deadline.Remove(tx, row.Value.Deadline); err != nil {
			return 0, err
		}
	}
	return len(gone), nil
}

// shredRows deletes older identities and the list of references.
func shredRows(tx store.Tx, ring *keyring.Ring, id ID) (int, error) {
	for _, bucket := range []string{identTable.Bucket, issuedTable.Bucket} {
		keys, err := firstKeys(tx, bucket, ring.Index(bucket, id[:]))
		for _, key := range keys {
			if err := tx.Delete(bucket, key); err != nil {
				return 0, err
			}
		}
		if err != nil || len(keys) > 0 {
			return len(keys), err
		}
	}
	return 0, nil
}

func firstKeys(r store.Reader, bucket string, prefix []byte) ([][]byte, error) {
	var keys [][]byte
	for e, err := range r.Range(bucket, prefix, store.PrefixEnd(prefix)) {
		if err != nil {
			return nil, err
		}
		if keys = append(keys, slices.Clone(e.Key)); len(keys) == shredMax {
			break
		}
	}
	return keys, nil
}
