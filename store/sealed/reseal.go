package sealed

import "encoding/binary"

// Tally counts records per epoch. What is too short to have one counts as
// epoch 0, which is never used.
type Tally map[Epoch]int

// Add counts a record as it rests, without opening it.
func (t Tally) Add(record []byte) { t[epochOf(record)]++ }

// Resealer seals the records of older epochs under the current one while a
// store is written anew, and counts them; one that somebody changes meanwhile
// counts once more. Its Change serves one such run, of one store or of several
// under the same keys.
type Resealer struct {
	// Drop, if there is one, is asked about every record of an older epoch,
	// with its value, or the error that it does not open with. What it says
	// yes to is left out.
	Drop func(bucket string, value []byte, err error) bool

	Before   Tally // the records that were there
	After    Tally // those that are there now
	Resealed int   // how many were sealed anew
	Shut     int   // how many do not open: they stay as they are
	Dropped  int   // how many were left out

	box box
}

// NewResealer returns a Resealer for what was sealed with keys.
func NewResealer(keys Keys) *Resealer {
	return &Resealer{Before: Tally{}, After: Tally{}, box: box{keys: keys}}
}

// Change is a store.Change. A record of the current epoch passes unopened.
func (r *Resealer) Change(bucket string, key, record []byte) (changed []byte, keep bool, err error) {
	r.Before.Add(record)
	current, _ := r.box.keys.Current()
	if epochOf(record) == current {
		r.After.Add(record)
		return nil, true, nil
	}
	value, err := r.box.open(bucket, key, record)
	switch {
	case r.Drop != nil && r.Drop(bucket, value, err):
		r.Dropped++
		return nil, false, nil
	case err != nil:
		r.Shut++
		r.After.Add(record)
		return nil, true, nil
	}
	r.Resealed++
	changed = r.box.seal(bucket, key, value)
	r.After.Add(changed)
	return changed, true, nil
}

func epochOf(record []byte) Epoch {
	if len(record) < headerSize+tagSize {
		return 0
	}
	return Epoch(binary.BigEndian.Uint32(record))
}
