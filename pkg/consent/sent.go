package consent

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// MaxSent is how many things that were sent are kept with a grant, besides those
// that stand; the oldest make room.
const MaxSent = 12

// ErrNotSent is returned for a reply to something that is not there.
var ErrNotSent = errors.New("consent: nothing was sent under this id")

// Sent is something that a professional has sent to a user, with one of the
// standard messages, and the user's standard reply. It lies in the grant under
// the grant's key: nothing can be sent to who does not share, and when sharing
// ends it is gone.
type Sent struct {
	ID      []byte       `json:"i"` // 8 bytes
	To      string       `json:"t"` // what was sent, such as "mapping/phq9"
	Message string       `json:"m"` // id of a standard message
	By      []byte       `json:"b"` // id of the professional
	Day     deadline.Day `json:"d"`
	Reply   string       `json:"r,omitempty"` // id of a standard reply
	Replied deadline.Day `json:"e,omitempty"`
	Stands  bool         `json:"s,omitempty"` // something follows from it: it makes no room for what comes later
}

// Send puts something into a grant of the business, newest last; the same id
// twice is sent once. ErrNothing when the grant is no longer in force.
func Send(tx store.Tx, ring *keyring.Ring, keys *organization.Keys, grantID []byte, sent Sent, now time.Time) error {
	g, err := table.Get(tx, grantID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (g.Taken || !InForce(g.Day, now)) {
		return ErrNothing
	} else if err != nil {
		return err
	}
	o, err := open(ring, keys, grantID, g)
	if err != nil {
		return err
	}
	list := o.Sent
	if slices.ContainsFunc(list, sent.is) {
		return nil
	}
	return g.keepSent(tx, o.secret.Key, grantID, makeRoom(append(list, sent)))
}

// makeRoom drops the oldest that do not stand. Of the same that stands the newest
// does, so that there are no more of them than things to send.
func makeRoom(list []Sent) []Sent {
	newest := list[len(list)-1]
	passing := 0
	for _, s := range list {
		if !s.Stands {
			passing++
		}
	}
	return slices.DeleteFunc(list, func(s Sent) bool {
		if s.Stands {
			return newest.Stands && s.To == newest.To && !s.is(newest)
		}
		passing--
		return passing >= MaxSent
	})
}

func (s Sent) is(other Sent) bool { return slices.Equal(s.ID, other.ID) }

// Received returns what a service has sent to its user, newest last; nothing
// when nothing is shared with it now.
func Received(r store.Reader, s *vault.Service, now time.Time) ([]Sent, error) {
	g, err := inForce(r, s, now)
	if errors.Is(err, ErrNothing) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return g.sent(s.Key, s.Grant)
}

// Answer keeps a user's standard reply, in place of one before it. ErrNotSent
// when the sharing has ended or what was sent has made room.
func Answer(tx store.Tx, s *vault.Service, id []byte, reply string, now time.Time) error {
	g, err := inForce(tx, s, now)
	if errors.Is(err, ErrNothing) {
		return ErrNotSent
	} else if err != nil {
		return err
	}
	list, err := g.sent(s.Key, s.Grant)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, Sent{ID: id}.is)
	if i < 0 {
		return ErrNotSent
	}
	list[i].Reply, list[i].Replied = reply, deadline.DayOf(now)
	return g.keepSent(tx, s.Key, s.Grant, list)
}

// sent opens what has been sent with the grant's key.
func (g *grant) sent(raw, grantID []byte) ([]Sent, error) {
	if g.Sent == nil {
		return nil, nil
	}
	key, err := vault.KeyFrom(raw)
	if err != nil {
		return nil, err
	}
	plain, err := key.Open("what was sent", g.Sent, grantID)
	if err != nil {
		return nil, err
	}
	var list []Sent
	if err := json.Unmarshal(plain, &list); err != nil {
		return nil, errors.New("grant record does not decode")
	}
	return list, nil
}

func (g *grant) keepSent(tx store.Tx, raw, grantID []byte, list []Sent) error {
	if err := g.sealSent(raw, grantID, list); err != nil {
		return err
	}
	return table.Put(tx, grantID, *g)
}

func (g *grant) sealSent(raw, grantID []byte, list []Sent) error {
	key, err := vault.KeyFrom(raw)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(list)
	g.Sent = key.Seal("what was sent", plain, grantID)
	return err
}

// newKey gives a grant another key, for what was sent too.
func (g *grant) newKey(s *vault.Service) error {
	list, err := g.sent(s.Key, s.Grant)
	if err != nil {
		return err
	}
	s.Key = vault.NewKey().Bytes()
	if list == nil {
		return nil
	}
	return g.sealSent(s.Key, s.Grant, list)
}

// Rekey gives every grant a new key, after a change of code: what was handed out
// before opens nothing that is written from then on.
func Rekey(tx store.Tx, a *vault.Account) error {
	return each(tx, a, func(s *vault.Service, g grant) error { return g.replace(tx, a, s) })
}

// replace stores a grant whole, under a new key, with the keys of what is shared
// now.
func (g *grant) replace(tx store.Tx, a *vault.Account, s *vault.Service) error {
	b, err := organization.BusinessByID(tx, organization.ID(s.Business))
	if err != nil {
		return err
	}
	return errors.Join(g.newKey(s), g.seal(s, b), g.put(tx, a, s))
}
