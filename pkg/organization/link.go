package organization

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
)

// LinkLifetime is how long an invitation or a reset can be used.
const LinkLifetime = 72 * time.Hour

// ErrLink is returned for a link that was used, has lapsed or never was.
var ErrLink = errors.New("organization: the link cannot be used")

// Link is an invitation to a new professional, or a reset for one there is. It
// can be used once; a reset not at all once the professional has changed.
type Link struct {
	Business     ID     `json:"b"`
	Professional ID     `json:"p"`           // of the reset; zero for an invitation
	Version      int    `json:"v,omitempty"` // of the professional, when the reset was made
	Super        bool   `json:"s,omitempty"`
	Name         string `json:"n,omitempty"`
	Email        string `json:"e,omitempty"`
	Until        int64  `json:"u"` // seconds since 1970
	Deadline     []byte `json:"d"`
}

// Reset reports whether the link is for a professional there is.
func (l Link) Reset() bool { return l.Professional != ID{} }

var linkTable = store.Table[Link]{Bucket: "link"}

// Invite stores a link and returns its token, which is stored nowhere.
// ErrClosed for a business that no longer uses the service.
func Invite(tx store.Tx, ring *keyring.Ring, l Link, now time.Time) (token string, err error) {
	if err := CheckOpen(tx, l.Business); err != nil {
		return "", err
	}
	if l.Version, err = version(tx, ring, l); err != nil {
		return "", err
	}
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	token = base64.RawURLEncoding.EncodeToString(raw)
	until := now.Add(LinkLifetime)
	l.Until = until.Unix()
	if l.Deadline, err = deadline.Put(tx, deadline.DayOf(until)+1, deadline.LinkLapses, linkKey(ring, token)); err != nil {
		return "", err
	}
	return token, linkTable.Put(tx, linkKey(ring, token), l)
}

// version is that of the professional whom a reset is for, so that the link
// ends with the next change of them; an invitation has none, and its address
// must be free.
func version(r store.Reader, ring *keyring.Ring, l Link) (int, error) {
	if l.Reset() {
		p, err := ProfessionalByID(r, l.Professional)
		return p.Version, err
	}
	_, err := ProfessionalByEmail(r, ring, l.Email)
	switch {
	case err == nil:
		return 0, ErrEmailTaken
	case errors.Is(err, ErrNotFound):
		return 0, nil
	}
	return 0, err
}

// LinkFor returns the link of a token, or ErrLink.
func LinkFor(r store.Reader, ring *keyring.Ring, token string, now time.Time) (Link, error) {
	l, err := linkTable.Get(r, linkKey(ring, token))
	if errors.Is(err, store.ErrNotFound) || err == nil && now.Unix() >= l.Until {
		return Link{}, ErrLink
	}
	if err != nil {
		return l, err
	}
	if err := CheckOpen(r, l.Business); errors.Is(err, ErrClosed) {
		return Link{}, ErrLink
	} else if err != nil || !l.Reset() {
		return l, err
	}
	p, err := ProfessionalByID(r, l.Professional)
	if err == nil && p.Version != l.Version {
		return Link{}, ErrLink
	}
	return l, err
}

// useLink returns the link of a token and removes it.
func useLink(tx store.Tx, ring *keyring.Ring, token string, now time.Time) (Link, error) {
	l, err := LinkFor(tx, ring, token, now)
	if err != nil {
		return Link{}, err
	}
	return l, errors.Join(linkTable.Delete(tx, linkKey(ring, token)), deadline.Remove(tx, l.Deadline))
}

// DropLink deletes a link that has lapsed, by its storage key; one that still
// can be used is left alone.
func DropLink(tx store.Tx, key []byte, now time.Time) error {
	l, err := linkTable.Get(tx, key)
	if errors.Is(err, store.ErrNotFound) || err == nil && now.Unix() < l.Until {
		return nil
	} else if err != nil {
		return err
	}
	tx.Essential()
	return linkTable.Delete(tx, key)
}

func linkKey(ring *keyring.Ring, token string) []byte { return ring.Index("link", []byte(token)) }
