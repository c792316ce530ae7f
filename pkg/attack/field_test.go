package attack

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"testing"

	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
	"selvhjelp/store/packed"
)

// field is something sealed inside a record, with every context that it could
// be bound to.
type field struct {
	kind     string
	sealed   []byte
	contexts [][][]byte // nil for an age file
	account  *vault.ID  // whose it is, when the server's keys tell
	salt     []byte     // of an account's key
}

// try opens the field with what the thief holds.
func (f field) try(x *thief) ([]byte, bool) {
	if f.contexts == nil {
		for _, id := range x.ages {
			if plain, err := organization.Decrypt(f.sealed, id); err == nil {
				return plain, true
			}
		}
	}
	for _, context := range f.contexts {
		for _, key := range x.keys {
			if plain, err := key.Open(f.kind, f.sealed, context...); err == nil {
				return plain, true
			}
		}
	}
	return nil, false
}

// record has the members of all records that hold something sealed, or say
// whose they are; their meanings differ from bucket to bucket.
type record struct {
	Account *codeAccount `json:"a"`
	Issued  *codeIssued  `json:"i"`
}

type codeAccount struct {
	ID     []byte `json:"i"`
	Master struct {
		Salt []byte `json:"s"`
		Key  []byte `json:"k"`
	} `json:"m"`
}

type codeIssued struct {
	Open      []byte `json:"o"`
	Reference []byte `json:"r"`
}

type grant struct {
	Account []byte `json:"a"`
	Wrap    []byte `json:"w"`
	Adopted []byte `json:"o"`
	Keys    []byte `json:"k"`
	Sent    []byte `json:"s"`
}

// fields finds everything sealed in the loot. Which account a record belongs to
// is computed from the ids that records under codes and grants show.
func (l loot) fields(t testing.TB, ring *keyring.Ring) []field {
	t.Helper()
	out, ids := l.codes(t)
	grants, more := l.grants(t)
	out, ids = append(out, grants...), append(ids, more...)
	seen := map[vault.ID]bool{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, l.account(ring, id)...)
		}
	}
	return append(out, l.organizations(t)...)
}

func (l loot) codes(t testing.TB) (out []field, ids []vault.ID) {
	t.Helper()
	for _, e := range l["code"] {
		r := unpackCode(t, e)
		if i := r.Issued; i != nil {
			out = append(out, field{kind: "code", sealed: i.Reference, contexts: [][][]byte{{i.Open}}})
		}
		if a := r.Account; a != nil {
			id := vault.ID(a.ID)
			ids = append(ids, id)
			out = append(out, field{"account", a.Master.Key, [][][]byte{{id[:]}}, &id, a.Master.Salt})
		}
	}
	return out, ids
}

func (l loot) grants(t testing.TB) (out []field, ids []vault.ID) {
	t.Helper()
	for _, e := range l["grant"] {
		g := decode[grant](t, e)
		id, context := vault.ID(g.Account), [][][]byte{{e.Key}}
		ids = append(ids, id)
		out = append(out, field{"grant", g.Keys, context, &id, nil})
		if g.Sent != nil {
			out = append(out, field{"what was sent", g.Sent, context, &id, nil})
		}
		if g.Adopted != nil {
			out = append(out, field{"grant", g.Adopted, context, &id, nil})
		} else {
			out = append(out, field{"wrap of a grant", g.Wrap, nil, &id, nil})
		}
	}
	return out, ids
}

// account finds the records of one account by the storage keys that the
// server's keys yield.
func (l loot) account(ring *keyring.Ring, id vault.ID) (out []field) {
	add := func(bucket, kind string, prefix []byte, contexts func(key []byte) [][][]byte) {
		for _, e := range l[bucket] {
			if bytes.HasPrefix(e.Key, prefix) {
				out = append(out, field{kind, e.Value[1:], contexts(e.Key), &id, nil})
			}
		}
	}
	own := func(key []byte) [][][]byte { return [][][]byte{{id[:]}, {id[:], key}} }
	shared := func(key []byte) (all [][][]byte) {
		for _, category := range []string{vault.Mapping, vault.Activity, vault.Programme, vault.Tool("phq9"), vault.Tool("gad7")} {
			for version := range uint32(5) {
				all = append(all, [][]byte{id[:], []byte(category), binary.BigEndian.AppendUint32(nil, version), key})
			}
		}
		return all
	}
	add("own", "account data", ring.Index("own", id[:]), own)
	add("draft", "draft", ring.Index("draft", id[:]), own)
	add("hist", "history", ring.Index("hist", id[:]), own)
	add("reg", "registration", ring.Index("reg", id[:]), shared)
	for _, category := range []string{vault.Mapping, vault.Activity, vault.Programme} {
		add("sum", "summary", ring.Index("sum", id[:], []byte(category)), shared)
	}
	add("sum", "summary", ring.Index("sum", id[:]), shared) // of tools that are shared by themselves
	return out
}

// organizations finds what is sealed for professionals and businesses.
func (l loot) organizations(t testing.TB) (out []field) {
	t.Helper()
	for _, e := range l["staff"] {
		p := decode[struct {
			Secrets []byte `json:"k"`
		}](t, e)
		out = append(out, field{kind: "professional", sealed: p.Secrets, contexts: [][][]byte{{e.Key}}})
	}
	for _, e := range l["member"] {
		m := decode[struct {
			Wrap []byte `json:"w"`
		}](t, e)
		if m.Wrap != nil {
			out = append(out, field{kind: "wrap of a business's identity", sealed: m.Wrap})
		}
	}
	for _, e := range l["ident"] {
		out = append(out, field{kind: "identity", sealed: e.Value[1:], contexts: [][][]byte{{e.Key}}})
	}
	for _, e := range l["issued"] {
		i := decode[struct {
			Sealed []byte `json:"s"`
		}](t, e)
		out = append(out, field{kind: "reference", sealed: i.Sealed, contexts: [][][]byte{{e.Key}}})
	}
	return out
}

// decode reads a record: a version byte, then JSON.
func decode[T any](t testing.TB, e store.Entry) (v T) {
	t.Helper()
	if err := json.Unmarshal(e.Value[1:], &v); err != nil {
		t.Fatal("a record is not what the thief thinks it is")
	}
	return v
}

// unpackCode reads what rests under a code, in bare bytes.
func unpackCode(t testing.TB, e store.Entry) (rec record) {
	t.Helper()
	if len(e.Value) < 2 || e.Value[1] != 2 {
		return decode[record](t, e)
	}
	r := packed.NewReader(e.Value[2:])
	if r.Flag() {
		rec.Account = new(codeAccount)
		r.Part(func(r *packed.Reader) {
			rec.Account.ID = r.Bytes()
			r.Number() // generation
			rec.Account.Master.Salt, rec.Account.Master.Key = r.Bytes(), r.Bytes()
		})
	} else {
		rec.Issued = new(codeIssued)
		r.Part(func(r *packed.Reader) {
			r.Bytes() // business
			rec.Issued.Open, rec.Issued.Reference = r.Bytes(), r.Bytes()
		})
	}
	if r.Err() != nil {
		t.Fatal("a record is not what the thief thinks it is")
	}
	return rec
}
