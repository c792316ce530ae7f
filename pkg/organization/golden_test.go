package organization

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// records are one of each kind that the package stores, every field filled.
func records() map[string]any {
	id := ID([]byte("0123456789abcdef"))
	return map[string]any{
		"business": Business{ID: id, Name: "Bryggen klinikk", Number: "310000011", Contacts: []Contact{{"Åse", "ase@example.org"}},
			Team: true, Identity: 3, Recipient: "age1pq1newest", Recovery: "age1pq1recovery", Recovered: true},
		"business-help": Business{Name: "Bryggen klinikk", Number: "310000011", Help: Help{Unit: "Vakt", Phone: "55 12 34 56",
			Hours: Words{"dag", "dag", "day"}, Text: Words{"råd", "råd", "advice"}}},
		"business-closed": Business{Name: "Bryggen klinikk", Closed: 20510, Deadline: []byte("due")},
		"professional": Professional{ID: id, Business: id, Name: "Åse", Email: "ase@example.org", Workplace: "Bergen", Position: "psykolog",
			Super: true, Inactive: true, Salt: []byte("salt"), Secrets: []byte("sealed"), Recipient: "age1pq1own", Step: 57,
			Spare: [][]byte{[]byte("hash")}, Version: 4, Looked: 20510, LookedBefore: 20500},
		"professional-marks": Professional{ID: id, Business: id, Name: "Åse", Email: "ase@example.org", Marks: map[string]int{"phq9": 10}},
		"professional-left":  Professional{ID: id, Business: id, Name: "Åse", Inactive: true, Version: 5},
		"professional-told": Professional{ID: id, Business: id, Name: "Åse", Email: "ase@example.org", Salt: []byte("salt"),
			Secrets: []byte("sealed"), Recipient: "age1pq1own", Policy: "2026-11-21"},
		"operator":      Business{ID: id, Name: "Drift AS", Operator: true},
		"correspondent": Professional{ID: id, Business: id, Tickets: [][]byte{[]byte("ticket")}},
		"secrets":       secrets{Identity: "AGE-SECRET-KEY-PQ-1", TOTP: "JBSWY3DP"},
		"mail":          id,
		"member":        member{Wrap: []byte("age file")},
		"bundle":        bundle{Generation: 3, Identity: "AGE-SECRET-KEY-PQ-1", Index: []byte("index key")},
		"link": Link{Business: id, Professional: id, Version: 4, Super: true, Name: "Åse", Email: "ase@example.org",
			Until: 1772445600, Deadline: []byte("due")},
		"issued": Issued{Reference: "7KQ2M9", By: id, Cover: id, CoverTo: 20520, Day: 20510, Open: []byte("opening"),
			Revoked: true, Archived: true},
		"sealedissued": sealedIssued{Generation: 3, Sealed: []byte("sealed")},
	}
}

// TestTheRecordsStayAsTheyAre: what is stored today is read in ten years.
// A file is written once, where none exists, and then never changes.
func TestTheRecordsStayAsTheyAre(t *testing.T) {
	for name, record := range records() {
		got, err := json.MarshalIndent(record, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".golden")
		want, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
			t.Errorf("%s was missing; it has been written: read it and keep it", path)
		} else if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// TestABusinessIsReadAsItRestsAndAsItRestedBefore: the first form was JSON alone.
func TestABusinessIsReadAsItRestsAndAsItRestedBefore(t *testing.T) {
	b := Business{Name: "Bryggen klinikk", Number: "310000011", Identity: 1, Recipient: "age1pq1newest", Recovery: "age1pq1recovery"}
	for form, stored := range map[string]struct {
		raw  string
		want Business
	}{
		"now":         {"age1pq1newest\nage1pq1recovery\n" + `{"n":"Bryggen klinikk","o":"310000011","g":1}`, b},
		"before":      {`{"n":"Bryggen klinikk","o":"310000011","g":1,"p":"age1pq1newest","r":"age1pq1recovery"}`, b},
		"none yet":    {"\n\n" + `{"n":"{","o":""}`, Business{Name: "{"}},
		"no recovery": {"age1\n\n" + `{"n":"A","o":"","m":true}`, Business{Name: "A", Recipient: "age1", Operator: true}},
	} {
		var got storedBusiness
		if err := got.UnmarshalBinary([]byte(stored.raw)); err != nil || !cmp.Equal(got.Business, stored.want) {
			t.Errorf("%s: %+v, %v", form, got.Business, err)
		}
		if raw, err := got.MarshalBinary(); form != "before" && (err != nil || string(raw) != stored.raw) {
			t.Errorf("%s is written as %s, %v", form, raw, err)
		}
	}
	if new(storedBusiness).UnmarshalBinary([]byte("age1\nage2\n")) == nil {
		t.Error("a record that is cut off was read")
	}
}

func TestRealPasswordsAreGuardedAtFullCost(t *testing.T) {
	if want := (Cost{Memory: 64 << 10, Passes: 3}); NewPasswords().cost != want {
		t.Errorf("a real password costs %+v", NewPasswords().cost)
	}
}

func TestWaitingForThePasswordSlotEndsWithItsContext(t *testing.T) {
	p := NewPasswords()
	p.slot <- struct{}{} // somebody else's password is being derived
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Key(ctx, nil, ID{}, "", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that of the context", err)
	}
}
