package attack

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/vault"
)

// thief holds the loot and keys, and what it has read so far.
type thief struct {
	t       testing.TB
	ring    *keyring.Ring
	loot    loot
	fields  []field
	keys    map[string]vault.Key
	ages    map[string]*age.HybridIdentity
	learned []byte                           // everything read, in the clear
	opened  map[string]int                   // fields that opened, by kind
	of      map[vault.ID]map[string]int      // the same, by account
	links   map[vault.ID]map[string]struct{} // what else was read beside an account: references
	names   map[string]struct{}              // references to look for
}

// newThief is B: it has the compacted database and the server's key files.
func newThief(t *testing.T, w *world) *thief {
	t.Helper()
	dir := filepath.Dir(w.Path)
	root, seal := filepath.Join(dir, "root.key"), filepath.Join(dir, "seal.keys")
	ring, seals, err := keyring.Load(root, seal)
	if err != nil {
		t.Fatal(err)
	}
	x := &thief{t: t, ring: ring, keys: map[string]vault.Key{}, ages: map[string]*age.HybridIdentity{},
		opened: map[string]int{}, of: map[vault.ID]map[string]int{}, links: map[vault.ID]map[string]struct{}{}, names: map[string]struct{}{}}
	for _, u := range w.users {
		if u.reference != "" {
			x.names[u.reference] = struct{}{}
		}
	}
	var shut int
	if x.loot, shut = steal(t, w.Path).unseal(t, w.Path, seals); shut > 0 {
		t.Fatalf("%d records do not open with the seal keys", shut)
	}
	x.fields = x.loot.fields(t, ring)
	for _, entries := range x.loot {
		for _, e := range entries {
			x.learn(e.Key)
			x.learn(e.Value)
		}
	}
	x.takeServerKeys(file(t, root), file(t, seal))
	return x
}

// takeServerKeys adds the keys of the files and all that derives from them
// without anybody's secret.
func (x *thief) takeServerKeys(files ...[]byte) {
	for word := range bytes.FieldsSeq(bytes.Join(files, []byte("\n"))) {
		raw, err := base64.StdEncoding.DecodeString(string(word))
		if err != nil || len(raw) != 32 {
			continue
		}
		x.takeKey(raw)
		for _, label := range []string{"lookup-v1", "pepper-v1", "index-v1"} {
			child, err := hkdf.Key(sha256.New, raw, nil, "selvhjelp "+label, 32)
			if err != nil {
				x.t.Fatal(err)
			}
			x.takeKey(child)
		}
	}
	for _, e := range x.loot["code"] { // as if a lookup key were the code
		x.takeSecret(x.ring.Pepper("code", e.Key))
	}
	x.takeSecret(x.ring.Pepper("code"))
}

// takeKey adds a key of 32 bytes; others are none.
func (x *thief) takeKey(raw []byte) {
	if key, err := vault.KeyFrom(raw); err == nil {
		x.keys[string(raw)] = key
	}
}

// takeSecret adds every key that the domain derives from a secret.
func (x *thief) takeSecret(secret []byte) {
	for _, label := range []string{"kek-v1", "reference-v1", "business-v1", "professional-v1"} {
		for _, salt := range append(x.salts(), nil) {
			x.takeKey(vault.DeriveKey(secret, salt, label).Bytes())
		}
	}
}

// takeCode adds an access code.
func (x *thief) takeCode(code accesscode.Code) { x.takeSecret(x.ring.Pepper("code", code.Data())) }

// takePassword adds the key of a professional's password, with the salt of the
// record that has their e-mail address.
func (x *thief) takePassword(p *person) {
	x.t.Helper()
	for _, e := range x.loot["staff"] {
		r := decode[struct {
			Email string `json:"e"`
			Salt  []byte `json:"h"`
		}](x.t, e)
		if r.Email != p.Email {
			continue
		}
		key, err := organization.NewPasswords().Key(x.t.Context(), x.ring, organization.ID(e.Key), p.password, r.Salt)
		if err != nil {
			x.t.Fatal(err)
		}
		x.takeKey(key.Bytes())
	}
}

// salts are those of all accounts.
func (x *thief) salts() (out [][]byte) {
	for _, f := range x.fields {
		if f.salt != nil {
			out = append(out, f.salt)
		}
	}
	return out
}

// rob tries every key on every field until nothing more opens.
func (x *thief) rob() {
	for more := true; more; {
		more = false
		x.fields = slices.DeleteFunc(x.fields, func(f field) bool {
			plain, ok := f.try(x)
			if !ok {
				return false
			}
			more = true
			x.opened[f.kind]++
			if f.account != nil {
				x.note(*f.account, f.kind, plain)
			}
			x.learn(plain)
			return true
		})
	}
}

// note keeps what was read of an account.
func (x *thief) note(id vault.ID, kind string, plain []byte) {
	if x.of[id] == nil {
		x.of[id], x.links[id] = map[string]int{}, map[string]struct{}{}
	}
	x.of[id][kind]++
	for name := range x.names {
		if holds(plain, name) {
			x.links[id][name] = struct{}{}
		}
	}
}

// learn keeps what was read and takes every key in it.
func (x *thief) learn(plain []byte) {
	x.learned = append(append(x.learned, plain...), '\n')
	x.takeKey(plain)
	var v any
	if json.Unmarshal(bytes.TrimPrefix(plain, []byte{1}), &v) == nil {
		x.walk(v)
	} else {
		x.takeText(string(plain))
		x.takeFields(plain)
	}
}

// takeFields takes what stands behind its own length in bare bytes, wherever it
// begins: all keys of a packed record, and some that are none.
func (x *thief) takeFields(plain []byte) {
	for i, n := range plain {
		if n == 32 && i+1+int(n) <= len(plain) {
			x.takeKey(plain[i+1 : i+1+int(n)])
		}
	}
}

// walk looks at every text in a decoded record.
func (x *thief) walk(v any) {
	switch v := v.(type) {
	case string:
		x.takeText(v)
	case []any:
		for _, e := range v {
			x.walk(e)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			x.walk(v[k])
		}
	}
}

// takeText adds the key that a text holds, if it holds one, and what base64
// hides to what was read.
func (x *thief) takeText(s string) {
	if id, err := age.ParseHybridIdentity(strings.TrimSpace(s)); err == nil {
		x.ages[s] = id
		x.takeSecret([]byte(s))
	}
	if raw, err := base64.StdEncoding.DecodeString(s); err == nil && len(raw) > 0 {
		x.learned = append(append(x.learned, raw...), '\n')
		x.takeKey(raw)
	}
}

// knows reports whether the thief has read a text.
func (x *thief) knows(text string) bool { return holds(x.learned, text) }

// String is a line of the report: what was read, and how much of it.
func (x *thief) String() string {
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(x.opened)) {
		out = append(out, fmt.Sprintf("%s %d", kind, x.opened[kind]))
	}
	if len(out) == 0 {
		out = []string{"nothing beneath the seal"}
	}
	return fmt.Sprintf("%s; shut %d", strings.Join(out, ", "), len(x.fields))
}
