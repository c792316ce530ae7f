package registration

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

var (
	draftTable = store.Table[store.Raw]{Bucket: "draft"}
	histTable  = store.Table[store.Raw]{Bucket: "hist"}
)

// Draft is an unfinished mapping. It is never shared.
type Draft struct {
	Instrument string         `json:"i"`
	Version    string         `json:"v"`
	Answers    map[string]int `json:"a"`
	Started    int64          `json:"t"` // seconds since 1970
	Changed    int64          `json:"c"`
}

// Replaced is a registration as it was before a correction of it: a mapping or,
// if Exercise is set, an answer in a programme.
type Replaced struct {
	ID       ID        `json:"-"` // of the registration
	Of       []byte    `json:"o"`
	Mapping  Mapping   `json:"m,omitzero"`
	Exercise *Exercise `json:"x,omitempty"`
	At       int64     `json:"t"` // when it was replaced, seconds since 1970
}

// LoadDraft returns the draft of an instrument; an empty one when there is
// none.
func LoadDraft(r store.Reader, a *vault.Account, instrument string) (Draft, error) {
	key := draftKey(a, instrument)
	sealed, err := draftTable.Get(r, key)
	if errors.Is(err, store.ErrNotFound) {
		return noDraft(instrument), nil
	} else if err != nil {
		return Draft{}, err
	}
	return openOwn[Draft](a, "draft", key, sealed)
}

// SaveDraft stores a draft in place of the one before.
func SaveDraft(tx store.Tx, a *vault.Account, d Draft, now time.Time) error {
	d.Changed = now.Unix()
	if d.Started == 0 {
		d.Started = d.Changed
	}
	return putOwn(tx, a, draftTable, "draft", draftKey(a, d.Instrument), d)
}

// DropDraft removes the draft of an instrument, if there is one.
func DropDraft(tx store.Tx, a *vault.Account, instrument string) error {
	return draftTable.Delete(tx, draftKey(a, instrument))
}

// Drafts returns every draft of the account.
func Drafts(r store.Reader, a *vault.Account) ([]Draft, error) {
	list, err := listOwn[Draft](r, a, draftTable, "draft")
	return slices.DeleteFunc(list, func(d Draft) bool { return d.Instrument == "" }), err // places in programmes
}

// MoveDrafts puts the drafts and the places in programmes under the master key
// that a change of code has made, and under the storage keys that follow from
// it.
func MoveDrafts(tx store.Tx, a *vault.Account, before vault.Key) error {
	drafts, err := Drafts(tx, a)
	if err != nil {
		return err
	}
	places, err := Places(tx, a)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if err := moveOwn(tx, a, before, []byte(d.Instrument), d); err != nil {
			return err
		}
	}
	for _, p := range places {
		if err := moveOwn(tx, a, before, placeName(p.Program), p); err != nil {
			return err
		}
	}
	return nil
}

func moveOwn(tx store.Tx, a *vault.Account, before vault.Key, name []byte, v any) error {
	if err := draftTable.Delete(tx, append(a.Index("draft"), before.Tag("draft", name)...)); err != nil {
		return err
	}
	return putOwn(tx, a, draftTable, "draft", ownKey(a, name), v)
}

// History returns what corrections have replaced.
func History(r store.Reader, a *vault.Account) ([]Replaced, error) {
	list, err := listOwn[Replaced](r, a, histTable, "history")
	for i := range list {
		list[i].ID = ID(list[i].Of)
	}
	return list, err
}

// keep puts what a correction replaces into the history.
func keep(tx store.Tx, a *vault.Account, old Replaced, now time.Time) error {
	id := NewID()
	key := append(a.Index("hist"), id[:]...)
	old.At = now.Unix()
	return putOwn(tx, a, histTable, "history", key, old)
}

// forget removes the history of one registration.
func forget(tx store.Tx, a *vault.Account, id ID) error {
	var keys [][]byte
	for row, err := range histTable.Prefix(tx, a.Index("hist")) {
		if err != nil {
			return err
		}
		h, err := openOwn[Replaced](a, "history", row.Key, row.Value)
		if err != nil {
			return err
		}
		if ID(h.Of) == id {
			keys = append(keys, append([]byte(nil), row.Key...))
		}
	}
	for _, key := range keys {
		if err := histTable.Delete(tx, key); err != nil {
			return err
		}
	}
	return nil
}

func draftKey(a *vault.Account, instrument string) []byte { return ownKey(a, []byte(instrument)) }

// ownKey does not tell what it is for without the master key.
func ownKey(a *vault.Account, name []byte) []byte {
	return append(a.Index("draft"), a.Master.Tag("draft", name)...)
}

func putOwn(tx store.Tx, a *vault.Account, t store.Table[store.Raw], kind string, key []byte, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return t.Put(tx, key, a.Master.Seal(kind, data, a.ID[:], key))
}

func openOwn[T any](a *vault.Account, kind string, key, sealed []byte) (v T, err error) {
	for _, master := range a.Masters() {
		var data []byte
		if data, err = master.Open(kind, sealed, a.ID[:], key); err == nil {
			return decode[T](data)
		}
	}
	return v, err
}

func listOwn[T any](r store.Reader, a *vault.Account, t store.Table[store.Raw], kind string) ([]T, error) {
	var out []T
	for row, err := range t.Prefix(r, a.Index(t.Bucket)) {
		if err != nil {
			return nil, err
		}
		v, err := openOwn[T](a, kind, row.Key, row.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
