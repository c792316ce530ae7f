package registration

import (
	"encoding/json"
	"slices"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Batch is how many records one transaction re-encrypts or deletes at most.
const Batch = 256

// Reseal moves up to Batch registrations, and the summaries, from old keys of
// their categories to the current ones, and the history from the master key
// before to the current one. When none is left the old keys go. It reports
// whether another call is needed; the caller saves the account.
func Reseal(tx store.Tx, a *vault.Account) (more bool, err error) {
	rotating := a.Rotating()
	if err := resealSummaries(tx, a, rotating); err != nil {
		return false, err
	}
	if len(rotating) > 0 {
		if more, err = resealRecords(tx, a); err != nil || more {
			return more, err
		}
	}
	for _, category := range rotating {
		a.Forget(category)
	}
	return resealHistory(tx, a)
}

// resealRecords moves a batch of registrations.
func resealRecords(tx store.Tx, a *vault.Account) (more bool, err error) {
	stale, err := staleRecords(tx, a)
	if err != nil {
		return false, err
	}
	for _, p := range stale[:min(Batch, len(stale))] {
		category, err := p.home(a)
		if err != nil {
			return false, err
		}
		sealed := a.Current(category).Seal("registration", p.data, a.ID, p.key)
		if err := regTable.Put(tx, p.key, sealed); err != nil {
			return false, err
		}
	}
	return len(stale) > Batch, nil
}

// resealHistory moves a batch of what corrections have replaced.
func resealHistory(tx store.Tx, a *vault.Account) (more bool, err error) {
	if a.Data.Before == nil {
		return false, nil
	}
	stale := map[string]json.RawMessage{}
	for row, err := range histTable.Prefix(tx, a.Index("hist")) {
		if err != nil {
			return false, err
		}
		if _, err := a.Master.Open("history", row.Value, a.ID[:], row.Key); err == nil {
			continue
		}
		if more = len(stale) == Batch; more {
			break
		}
		if stale[string(row.Key)], err = openOwn[json.RawMessage](a, "history", row.Key, row.Value); err != nil {
			return false, err
		}
	}
	for key, data := range stale {
		if err := putOwn(tx, a, histTable, "history", []byte(key), data); err != nil {
			return false, err
		}
	}
	if !more {
		a.Data.Before = nil
	}
	return more, nil
}

// staleRecords returns up to Batch+1 registrations that are under an old key.
func staleRecords(tx store.Tx, a *vault.Account) ([]plain, error) {
	var stale []plain
	for p, err := range all(tx, a.Scope(), true) {
		if err != nil {
			return nil, err
		}
		if !a.Latest(p.opener) {
			stale = append(stale, p)
		}
		if len(stale) > Batch {
			break
		}
	}
	return stale, nil
}

func resealSummaries(tx store.Tx, a *vault.Account, categories []string) error {
	for _, category := range categories {
		sum, err := readSummary[store.Raw](tx, a.Scope(), category)
		if err != nil {
			return err
		}
		if sum == nil {
			continue
		}
		if err := putSummary(tx, a, category, sum); err != nil {
			return err
		}
	}
	return nil
}

// Counts says what an account has, for the page that confirms its deletion.
type Counts struct {
	Registrations, Drafts, Replaced int
}

// Count counts an account's records.
func Count(r store.Reader, s vault.Scope) (Counts, error) {
	var n [3]int
	for i, t := range []store.Table[store.Raw]{regTable, draftTable, histTable} {
		for _, err := range t.Prefix(r, s.Index(t.Bucket)) {
			if err != nil {
				return Counts{}, err
			}
			n[i]++
		}
	}
	return Counts{n[0], n[1], n[2]}, nil
}

// Erase deletes up to Batch records of an account and reports whether another
// call is needed. It needs no key of the account.
func Erase(tx store.Tx, s vault.Scope, categories []string) (more bool, err error) {
	tx.Essential()
	for _, category := range categories {
		if err := sumTable.Delete(tx, sumKey(s, vault.Opener{Category: category})); err != nil {
			return false, err
		}
	}
	left := Batch
	for _, t := range []store.Table[store.Raw]{regTable, draftTable, histTable, sumTable} {
		keys, err := firstKeys(tx, t, s.Index(t.Bucket), left)
		if err != nil {
			return false, err
		}
		for _, key := range keys {
			if err := t.Delete(tx, key); err != nil {
				return false, err
			}
		}
		if left -= len(keys); left == 0 {
			return true, nil
		}
	}
	return false, nil
}

func firstKeys(r store.Reader, t store.Table[store.Raw], prefix []byte, most int) ([][]byte, error) {
	var keys [][]byte
	for row, err := range t.Prefix(r, prefix) {
		if err != nil {
			return nil, err
		}
		keys = append(keys, slices.Clone(row.Key))
		if len(keys) == most {
			break
		}
	}
	return keys, nil
}
