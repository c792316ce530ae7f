package session

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"selvhjelp/store"
	"selvhjelp/store/sealed"
)

// stored is a session as it rests beneath the runtime key: when it ends at the
// latest, and the session under its token's key. Who holds the runtime key
// sees the hour, and needs it: nobody else can tell what has ended.
type stored struct {
	Until  uint32 // hours since 1970, rounded up
	Sealed []byte
}

// until is the hour in which a session has ended.
func until(ends time.Time) uint32 { return uint32((ends.Unix() + 3599) / 3600) }

// MarshalBinary puts the hour (4 bytes, big endian) before the sealed session.
func (s *stored) MarshalBinary() ([]byte, error) {
	return append(binary.BigEndian.AppendUint32(nil, s.Until), s.Sealed...), nil
}

// UnmarshalBinary reads what MarshalBinary has written.
func (s *stored) UnmarshalBinary(raw []byte) error {
	if len(raw) < 4 {
		return errors.New("session: too short")
	}
	s.Until, s.Sealed = binary.BigEndian.Uint32(raw), append([]byte(nil), raw[4:]...)
	return nil
}

// Moved counts the records of a nightly change.
type Moved struct {
	Kept  int `json:"kept"`  // they live on under the new key
	Ended int `json:"ended"` // they were over, or did not open
}

// Renew replaces the runtime key, and moves what still lives at now into a new
// file under it. A browser that is logged in notices nothing.
func Renew(ctx context.Context, file store.File, key *RuntimeKey, now time.Time) (Moved, error) {
	mover := sealed.NewResealer(key)
	mover.Drop = func(bucket string, value []byte, err error) bool {
		return err != nil || bucket == table.Bucket && ended(value, now)
	}
	err := key.renew(func() error { return file.Compact(ctx, mover.Change) })
	kept := 0
	for _, n := range mover.After {
		kept += n
	}
	return Moved{kept, mover.Dropped}, err
}

func ended(value []byte, now time.Time) bool {
	s, err := table.Decode(value)
	return err != nil || now.Unix() >= int64(s.Until)*3600
}
