package consent

import (
	"bytes"
	"encoding/json"
	"testing"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// b is n times the byte c.
func b(c byte, n int) []byte { return bytes.Repeat([]byte{c}, n) }

func TestTheFormatOfAGrantIsFrozen(t *testing.T) {
	w := domaintest.Open(t)
	for name, g := range map[string]grant{
		"grant-fresh":   {Account: b('A', 16), Day: 20514, Deadline: b('D', 16), Wrap: b('W', 9), Keys: b('K', 9)},
		"grant-adopted": {Account: b('A', 16), Day: 20514, Deadline: b('D', 16), Generation: 2, Adopted: b('O', 9), Keys: b('K', 9)},
		"grant-sent":    {Account: b('A', 16), Day: 20514, Deadline: b('D', 16), Generation: 2, Adopted: b('O', 9), Keys: b('K', 9), Sent: b('S', 9)},
		"grant-taken":   {Account: b('A', 16), Day: 20514, Deadline: b('D', 16), Wrap: b('W', 9), Keys: b('K', 9), Taken: true},
	} {
		w.Update(t, func(tx store.Tx) error { return table.Put(tx, b('G', 32), g) })
		w.View(t, func(r store.Reader) error {
			raw, err := r.Get("grant", b('G', 32))
			domaintest.Golden(t, name, raw)
			return err
		})
	}
}

func TestTheFormatsInsideAGrantAreFrozen(t *testing.T) {
	for name, v := range map[string]any{
		"secret":       secret{Key: b('K', 32), Reference: "7KQ2M9"},
		"secret-moved": secret{Key: b('K', 32), Reference: "7KQ2M9", Openings: [][]byte{b('O', 16), b('P', 16)}},
		"sent":         []Sent{{b('I', 8), "mapping/phq9", "may_help", b('P', 16), 20514, "", 0, false}, {b('J', 8), "mapping/gad7", "before", b('P', 16), 20514, "done", 20515, false}},
		"sent-stands":  []Sent{{b('I', 8), "program/sleep/all", "may_help", b('P', 16), 20514, "", 0, true}},
		"keys":         []categoryKey{{vault.Activity, 1, b('A', 32)}, {vault.Mapping, 3, b('M', 32)}},
	} {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		domaintest.Golden(t, name, raw)
	}
}
