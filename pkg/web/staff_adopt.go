package web

import (
	"slices"

	"selvhjelp/pkg/consent"
	"selvhjelp/store"
)

const adoptMax = 256 // grants in one transaction

// adopt keeps grants that are new to the business under its own key.
func (s *Server) adopt(v *staffVisit, stale []consent.Opened) error {
	for batch := range slices.Chunk(stale, adoptMax) {
		err := s.usage.Update(v.UserContext(), func(tx store.Tx) error { return consent.Adopt(tx, v.keys, batch) })
		if err != nil {
			return err
		}
	}
	return nil
}

// adoptMoved gives users their new references in the business's list, before a
// page shows the list or looks a reference up in it.
func (s *Server) adoptMoved(v *staffVisit) error {
	var moved []consent.Opened
	err := s.usage.View(v.UserContext(), func(r store.Reader) error {
		moved = nil
		for o, err := range consent.OpenNew(r, s.ring, v.keys, s.now()) {
			if err != nil {
				return err
			}
			if o.Moves() {
				moved = append(moved, o)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.adopt(v, moved)
}
