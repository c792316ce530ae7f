// Package session remembers who a browser is, for one visit.
//
//   - The browser holds a random token; what it stands for is stored under one
//     half of the token's hash, sealed under the other, and sealed again under a
//     key that lives in memory-backed storage. Neither file alone opens
//     a session, and there is nothing in a backup: sessions have a store of
//     their own that never enters one.
//   - Every night the key in memory-backed storage is replaced, and what lives
//     moves to a new file under the new one; what has ended does not. A crash
//     meanwhile leaves sessions that open, or none.
//   - A shared device is the default: 30 minutes without a click, 12 hours at
//     most. A device of one's own: 24 hours and 7 days.
package session

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Limits of a session.
const (
	SharedIdle = 30 * time.Minute
	SharedLife = 12 * time.Hour
	OwnIdle    = 24 * time.Hour
	OwnLife    = 7 * 24 * time.Hour

	touchEvery = time.Minute // idle time is moved forward at most this often
	tokenLen   = 32
	maxForms   = 16
)

// ErrNone is returned when there is no session: unknown token, too old, ended.
var ErrNone = errors.New("session: none")

// Token is what the browser holds. It never prints itself.
type Token struct {
	raw   [tokenLen]byte
	older bool // the session was found where sessions lay before
}

// ParseToken reads a cookie's value.
func ParseToken(s string) (Token, error) {
	var t Token
	if len(s) != base64.RawURLEncoding.EncodedLen(tokenLen) {
		return Token{}, ErrNone
	}
	if n, err := base64.RawURLEncoding.Decode(t.raw[:], []byte(s)); err != nil || n != tokenLen {
		return Token{}, ErrNone
	}
	return t, nil
}

// Reveal is the cookie's value.
func (t Token) Reveal() string { return base64.RawURLEncoding.EncodeToString(t.raw[:]) }

// Format hides the token whatever the verb.
func (t Token) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[session]") }

// LogValue hides the token.
func (t Token) LogValue() slog.Value { return slog.StringValue("[session]") }

// keys are where the session of a token is stored and the key it is sealed under:
// the halves of SHA-512(label || token), as Ed25519 makes two secrets of one (RFC
// 8032, section 5.1.5). The token is 256 random bits, so nothing need be extracted
// from it, and neither half tells anything of the other.
func (t Token) keys() (at []byte, key vault.Key) {
	sum := sha512.Sum512(append(append(make([]byte, 0, 64), "session-v2"...), t.raw[:]...))
	return sum[:32:32], vault.KeyOf([32]byte(sum[32:]))
}

// before are the keys that sessions had before: SHA-256 of the token, and a key by
// HKDF. One that is found there moves when it is next saved; the last has ended seven
// days after the update, and this can go.
func (t Token) before() (at []byte, key vault.Key) {
	sum := sha256.Sum256(t.raw[:])
	return sum[:], vault.DeriveKey(t.raw[:], nil, "session-v1")
}

// Session is what is remembered.
type Session struct {
	Token   Token `json:"-"`
	Started int64 `json:"s"` // seconds since 1970
	Seen    int64 `json:"t"`
	Own     bool  `json:"o,omitempty"` // a device of one's own

	User    *User    `json:"u,omitempty"`
	Welcome *Welcome `json:"w,omitempty"`
	Staff   *Staff   `json:"p,omitempty"`
	Forms   []string `json:"f,omitempty"` // keys of the forms that were used already
}

// User is an account that is logged in.
type User struct {
	Lookup     []byte `json:"l"`
	Account    []byte `json:"a"`
	Generation int    `json:"g"`
	Master     []byte `json:"k"`
	Fresh      string `json:"n,omitempty"` // a new code that was not confirmed as saved yet
	Visit      *Visit `json:"v,omitempty"` // the visit that goes on
	// Later are the businesses (hexadecimal ids) whose question about sharing
	// waits until the next login.
	Later []string `json:"q,omitempty"`
	// Narrow is the month, as year*12 + month - 1, in which the account would
	// have been retired without this login; 0 when that was not near.
	Narrow int `json:"r,omitempty"`
}

// Visit is where the visit that goes on is kept.
type Visit struct {
	ID    []byte `json:"i"`
	Noted int64  `json:"n"` // until when it is kept, seconds since 1970
}

// Welcome is a first login that is not finished, or a start without a service.
// A new code rests only here until the account is made.
type Welcome struct {
	Issued     string   `json:"i,omitempty"` // the issued code; empty without a service
	Fresh      string   `json:"n,omitempty"` // the new code
	Asked      bool     `json:"q,omitempty"` // the question about sharing was answered
	Categories []string `json:"c,omitempty"`
	Team       string   `json:"t,omitempty"` // yes or no: whether the question said that all professionals read
}

// Staff is a professional who is logged in.
type Staff struct {
	Professional []byte   `json:"p"`
	Version      int      `json:"v"`
	Identity     string   `json:"i"`           // the professional's own
	Keys         []byte   `json:"k,omitempty"` // the business's; none for someone who waits
	Spare        []string `json:"s,omitempty"` // recovery codes not yet confirmed as saved
	Recovery     string   `json:"r,omitempty"` // recovery key not yet confirmed as saved
	Batch        *Batch   `json:"b,omitempty"` // codes that can be printed again
}

// Batch is a set of codes that were issued in this session, until they are
// confirmed as printed.
type Batch struct {
	Sheets []Sheet `json:"s"`
}

// Sheet is one code of a batch with its reference.
type Sheet struct {
	Code      string `json:"c"`
	Reference string `json:"r"`
	Language  string `json:"l"`
	Heading   string `json:"h"`
	UseBy     int    `json:"u"` // day number
}

var table = store.Table[stored]{Bucket: "session"}

// Start stores a session under a fresh token.
func Start(tx store.Tx, s Session, now time.Time) (Session, error) {
	rand.Read(s.Token.raw[:]) // never fails
	s.Started, s.Seen = now.Unix(), now.Unix()
	return s, Save(tx, s)
}

// Save stores what a session remembers.
func Save(tx store.Tx, s Session) error {
	plain, err := encode(s)
	if err != nil {
		return err
	}
	if s.Token.older {
		if err := s.Token.forgetBefore(tx); err != nil {
			return err
		}
	}
	at, key := s.Token.keys()
	return table.Put(tx, at, stored{until(s.Ends()), key.Seal("session", plain, at)})
}

// Load returns the session of a token, or ErrNone.
func Load(r store.Reader, t Token, now time.Time) (Session, error) {
	at, key := t.keys()
	record, err := table.Get(r, at)
	if t.older = errors.Is(err, store.ErrNotFound); t.older {
		at, key = t.before()
		record, err = table.Get(r, at)
	}
	if errors.Is(err, store.ErrNotFound) {
		return Session{}, ErrNone
	} else if err != nil {
		return Session{}, err
	}
	plain, err := key.Open("session", record.Sealed, at)
	if err != nil {
		return Session{}, err
	}
	s := Session{Token: t}
	if err := decode(plain, &s); err != nil {
		return Session{}, err
	}
	if !now.Before(s.Ends()) {
		return Session{}, ErrNone
	}
	return s, nil
}

// Ends is when the session ends if nothing more is done.
func (s Session) Ends() time.Time {
	idle, life := SharedIdle, SharedLife
	if s.Own {
		idle, life = OwnIdle, OwnLife
	}
	end := time.Unix(s.Seen, 0).Add(idle)
	if last := time.Unix(s.Started, 0).Add(life); last.Before(end) {
		return last
	}
	return end
}

// TouchDue reports whether the idle time should be moved forward.
func (s Session) TouchDue(now time.Time) bool {
	return now.Sub(time.Unix(s.Seen, 0)) >= touchEvery
}

// Touch moves the idle time forward.
func Touch(tx store.Tx, t Token, now time.Time) error {
	s, err := Load(tx, t, now)
	if err != nil {
		return err
	}
	s.Seen = now.Unix()
	return Save(tx, s)
}

// End forgets a session.
func End(tx store.Tx, t Token) error {
	tx.Essential()
	at, _ := t.keys()
	return errors.Join(table.Delete(tx, at), t.forgetBefore(tx))
}

func (t Token) forgetBefore(tx store.Tx) error {
	at, _ := t.before()
	return table.Delete(tx, at)
}

// FreeForm forgets that a form was used: what it asked for was not done.
func (s *Session) FreeForm(key string) {
	s.Forms = slices.DeleteFunc(s.Forms, func(k string) bool { return k == key })
}

// UseForm notes that a form was used, and reports false when it was before. A
// script that sends no key is not held back.
func (s *Session) UseForm(key string) bool {
	if key == "" {
		return true
	}
	if slices.Contains(s.Forms, key) {
		return false
	}
	s.Forms = append(s.Forms, key)
	s.Forms = s.Forms[max(0, len(s.Forms)-maxForms):]
	return true
}
