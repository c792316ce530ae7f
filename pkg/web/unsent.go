package web

import (
	"crypto/sha256"
	"encoding/hex"

	"selvhjelp/pkg/session"
)

// Kept is how a browser keeps what was ticked in a form and could not be sent.
type Kept struct {
	Of    string // the form, in this version of its content: another version asks something else
	Own   bool   // a device of one's own; on one that others use it is kept with the tab
	Visit string // in which it is ticked, and sent
}

// kept is that of a form on a page of this visit.
func (s *Server) kept(v *visit, of string) Kept { return Kept{of, v.session.Own, s.nameOf(v)} }

// nameOf names a visit, and lets nobody into it.
func (s *Server) nameOf(v *visit) string {
	sum := sha256.Sum256([]byte("visit-v1 " + v.Cookies(s.cookieName(userCookie))))
	return hex.EncodeToString(sum[:8])
}

// sameVisit refuses what a page sends that was opened in another visit: by now
// somebody else may be logged in.
func (s *Server) sameVisit(h func(v *visit) error) func(v *visit) error {
	return func(v *visit) error {
		if of := field(v.Ctx, "visit"); of != "" && of != s.nameOf(v) {
			return session.ErrNone
		}
		return h(v)
	}
}
