package vault_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
	"selvhjelp/store/sealed"
)

// told is account data with what the user has been told about.
func told() vault.Data {
	return vault.Data{Policy: "2026-11-21", Services: []*vault.Service{{
		Business: bytes.Repeat([]byte{'B'}, 16), Reference: "7KQ2M9",
		Past: []vault.Past{{Grant: bytes.Repeat([]byte{'P'}, 32), From: 20100, To: 20281,
			Categories: []string{vault.Mapping}, Why: "unanswered", Seen: true}},
	}}}
}

// paused is account data with what a pause, a deletion and a connected code add.
func paused() vault.Data {
	data := full()
	data.Frozen, data.Leaving = 20514, true
	data.Services[0].Openings, data.Services[0].Moving = [][]byte{bytes.Repeat([]byte{'C'}, 16)}, true
	return data
}

// frozenForms are the data of the golden files.
func frozenForms() map[string]vault.Data {
	return map[string]vault.Data{"data": full(), "data-told": told(), "data-paused": paused(),
		"tickets": {Tickets: [][]byte{[]byte("ticket")}, Before: bytes.Repeat([]byte{'M'}, 32)}}
}

func TestTheFormatOfAccountDataIsFrozen(t *testing.T) {
	for name, data := range frozenForms() {
		w := domaintest.Open(t)
		a := vault.New(w.Ring)
		a.Data = data
		w.Update(t, a.Save)
		raw := ownRecord(t, w, a)
		plain, err := a.Master.Open("account data", raw[1:], a.ID[:])
		if err != nil || raw[0] != 1 {
			t.Fatal(err, raw[0])
		}
		domaintest.Golden(t, name+"-packed", []byte(hex.EncodeToString(plain)))
		same(t, name, data, rest(t, w, a, plain))
	}
}

// TestDataOfBeforeItWasPackedIsReadAndPacked when it is next saved.
func TestDataOfBeforeItWasPackedIsReadAndPacked(t *testing.T) {
	for name, data := range frozenForms() {
		if name == "tickets" {
			data.Before = nil
		}
		old, err := os.ReadFile(filepath.Join("testdata", name+".golden"))
		if err != nil {
			t.Fatal(err)
		}
		w := domaintest.Open(t)
		a := vault.New(w.Ring)
		opened := rest(t, w, a, bytes.TrimSpace(old))
		same(t, name, data, opened)
		w.Update(t, opened.Save)
		plain, err := a.Master.Open("account data", ownRecord(t, w, a)[1:], a.ID[:])
		if err != nil || plain[0] != 2 {
			t.Errorf("%s: begins with %d: %v", name, plain[0], err)
		}
	}
}

func TestNoFieldOfAccountDataIsForgotten(t *testing.T) {
	w := domaintest.Open(t)
	a := vault.New(w.Ring)
	domaintest.Fill(&a.Data)
	w.Update(t, a.Save)
	w.View(t, func(r store.Reader) error {
		opened, err := vault.Open(r, w.Ring, a.ID, a.Master)
		if err == nil {
			same(t, "filled", a.Data, opened)
		}
		return err
	})
}

func TestDataThatDoesNotDecodeIsAnErrorWithoutContent(t *testing.T) {
	w := domaintest.Open(t)
	a := vault.New(w.Ring)
	for _, plain := range []string{"", "{\"l\":\"sentinel", "\x02\xff\xffsentinel", "\x03sentinel"} {
		put(t, w, a, []byte(plain))
		w.View(t, func(r store.Reader) error {
			_, err := vault.Open(r, w.Ring, a.ID, a.Master)
			if err == nil || strings.Contains(err.Error(), "sentinel") {
				t.Errorf("%q: %v", plain, err)
			}
			return nil
		})
	}
}

// TestTheSizeOfAnAccountDoesNotTellWhetherItShares, nor that a sharing has
// ended, nor with how many categories' keys it came.
func TestTheSizeOfAnAccountDoesNotTellWhetherItShares(t *testing.T) {
	w := domaintest.Open(t)
	a := vault.New(w.Ring)
	a.Data.Language, a.Data.Policy = "nb", "2026-11-21"
	a.Data.UsedMonth, a.Data.Retirement = 24314, make([]byte, 16)
	s := &vault.Service{Business: make([]byte, 16), Reference: "7KQ2M9", Openings: [][]byte{make([]byte, 16)}}
	a.Data.Services = []*vault.Service{s}
	sizes := map[int]bool{}
	note := func() {
		w.Update(t, a.Save)
		sizes[sealed.Padded(len(ownRecord(t, w, a)))] = true
	}
	var names []string
	for _, category := range []string{vault.Activity, vault.Mapping, "programme", "diary"} {
		names = append(names, category)
		a.Current(category)
		s.Grant, s.Key, s.Categories, s.Since, s.Yes = nil, nil, nil, 0, 0
		note()
		s.Grant, s.Key, s.Categories, s.Since, s.Yes = make([]byte, 32), make([]byte, 32), names, 20514, 20600
		note()
	}
	s.Past = []vault.Past{{Grant: make([]byte, 32), From: 20100, To: 20281, Categories: names, Why: "unanswered"}}
	note()
	if len(sizes) != 1 {
		t.Errorf("sizes %v", sizes)
	}
}

// put stores account data in the plain, and rest opens it again.
func put(t *testing.T, w *domaintest.World, a *vault.Account, plain []byte) {
	t.Helper()
	w.Update(t, func(tx store.Tx) error {
		return tx.Put("own", a.Index("own"), append([]byte{1}, a.Master.Seal("account data", plain, a.ID[:])...))
	})
}

func rest(t *testing.T, w *domaintest.World, a *vault.Account, plain []byte) (opened *vault.Account) {
	t.Helper()
	put(t, w, a, plain)
	w.View(t, func(r store.Reader) (err error) {
		opened, err = vault.Open(r, w.Ring, a.ID, a.Master)
		return err
	})
	return opened
}

func same(t *testing.T, name string, want vault.Data, got *vault.Account) {
	t.Helper()
	if want.Categories == nil {
		want.Categories = map[string]*vault.CategoryKeys{}
	}
	if diff := cmp.Diff(want, got.Data); diff != "" {
		t.Errorf("%s:\n%s", name, diff)
	}
}
