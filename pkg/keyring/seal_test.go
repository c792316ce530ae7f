package keyring_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/keyring"
	"selvhjelp/store/sealed"
)

// made is the day of the epoch in goodSeal.
var made = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func loadGood(t *testing.T) (seal *keyring.Seal, path string) {
	t.Helper()
	root, path := files(t, goodRoot, goodSeal)
	return reload(t, root, path), path
}

func reload(t *testing.T, root, path string) *keyring.Seal {
	t.Helper()
	_, seal, err := keyring.Load(root, path)
	if err != nil {
		t.Fatal(err)
	}
	return seal
}

// onDisk are the epochs that the key file holds now.
func onDisk(t *testing.T, path string) []keyring.Epoch {
	t.Helper()
	return reload(t, filepath.Join(filepath.Dir(path), "root.key"), path).Epochs()
}

func roll(t *testing.T, seal *keyring.Seal, now time.Time, want bool) {
	t.Helper()
	if rolled, err := seal.Roll(now); rolled != want || err != nil {
		t.Errorf("on %s: rolled %t, %v; want %t", now.Format(time.DateTime), rolled, err, want)
	}
}

func TestAnEpochIsReplacedWhenItIsAWeekOldAndStaysReadable(t *testing.T) {
	seal, path := loadGood(t)
	_, first := seal.Current()
	roll(t, seal, made.AddDate(0, 0, -300), false)
	roll(t, seal, made.AddDate(0, 0, 7).Add(-time.Nanosecond), false)
	roll(t, seal, made.AddDate(0, 0, 7), true)
	roll(t, seal, made.AddDate(0, 0, 8), false)
	roll(t, seal, made.AddDate(0, 0, 14), true)

	want := []keyring.Epoch{{Number: 1, Made: made}, {Number: 2, Made: made.AddDate(0, 0, 7)}, {Number: 3, Made: made.AddDate(0, 0, 14)}}
	if diff := cmp.Diff([][]keyring.Epoch{want, want}, [][]keyring.Epoch{seal.Epochs(), onDisk(t, path)}); diff != "" {
		t.Errorf("in use and on the disk (-want +got):\n%s", diff)
	}
	number, current := seal.Current()
	oldest, ok := seal.Key(1)
	if number != 3 || !ok || !sameKey(first, oldest) || sameKey(first, current) {
		t.Errorf("the current epoch is %d; the first one's key is there: %t", number, ok)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
}

func TestADestroyedEpochIsGoneFromMemoryAndDisk(t *testing.T) {
	seal, path := loadGood(t)
	roll(t, seal, made.AddDate(0, 0, 7), true)
	for range 2 { // once more does no harm
		if err := seal.Destroy(1, sealed.Tally{2: 4}); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := seal.Key(1); ok {
		t.Error("the key is still in use")
	}
	raw, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(raw), fixed('s')) {
		t.Errorf("the key is still in the file, or %v", err)
	}
	if diff := cmp.Diff(seal.Epochs(), onDisk(t, path)); diff != "" {
		t.Error(diff)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); len(entries) != 2 {
		t.Errorf("beside the two key files lies another: %v, %v", entries, err)
	}
}

func TestAnEpochInUseIsNotDestroyed(t *testing.T) {
	seal, path := loadGood(t)
	refused := func(n sealed.Epoch, live sealed.Tally) {
		t.Helper()
		if err := seal.Destroy(n, live); !errors.Is(err, keyring.ErrInUse) {
			t.Errorf("epoch %d with %d records: %v, want ErrInUse", n, live[n], err)
		}
	}
	refused(1, nil)
	roll(t, seal, made.AddDate(0, 0, 7), true)
	refused(1, sealed.Tally{1: 1})
	refused(2, nil)
	if got := onDisk(t, path); len(got) != 2 {
		t.Errorf("%d epochs are left", len(got))
	}
}

// TestAnEpochThatCannotBeWrittenIsNotUsed: otherwise a restart would leave
// records that nobody can open.
func TestAnEpochThatCannotBeWrittenIsNotUsed(t *testing.T) {
	seal, path := loadGood(t)
	inTheWay := filepath.Join(path+".new", "x")
	if err := os.MkdirAll(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	if rolled, err := seal.Roll(made.AddDate(0, 0, 7)); rolled || err == nil {
		t.Errorf("rolled %t, %v", rolled, err)
	}
	if n, _ := seal.Current(); n != 1 || len(onDisk(t, path)) != 1 {
		t.Errorf("epoch %d is in use, %d are on the disk", n, len(onDisk(t, path)))
	}
	if err := os.RemoveAll(path + ".new"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", []byte("what a crash left"), 0o600); err != nil {
		t.Fatal(err)
	}
	roll(t, seal, made.AddDate(0, 0, 7), true)
}

// TestAFileThatIsAheadIsFollowed: a write that failed at its last step is
// taken up by the next night, and no epoch is skipped or made twice.
func TestAFileThatIsAheadIsFollowed(t *testing.T) {
	seal, path := loadGood(t)
	other := reload(t, filepath.Join(filepath.Dir(path), "root.key"), path)
	roll(t, other, made.AddDate(0, 0, 7), true)
	roll(t, seal, made.AddDate(0, 0, 8), false)
	if n, _ := seal.Current(); n != 2 || len(onDisk(t, path)) != 2 {
		t.Errorf("epoch %d is in use, %d are on the disk", n, len(onDisk(t, path)))
	}
}

func TestADamagedKeyFileIsNotWrittenOver(t *testing.T) {
	seal, path := loadGood(t)
	const damaged = "selvhjelp seal keys v1\n1 2026-03-02 half\n"
	if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
		t.Fatal(err)
	}
	if rolled, err := seal.Roll(made.AddDate(0, 0, 7)); rolled || err == nil {
		t.Errorf("rolled %t, %v", rolled, err)
	}
	if raw, _ := os.ReadFile(path); string(raw) != damaged {
		t.Error("the file was changed")
	}
}

// TestEpochsChangeUnderReadersAndWriters: whoever seals or opens meanwhile has
// the key of a current epoch, and of every one that was current.
func TestEpochsChangeUnderReadersAndWriters(t *testing.T) {
	seal, _ := loadGood(t)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				n, key := seal.Current()
				if again, ok := seal.Key(n); key == nil || ok && !sameKey(key, again) {
					t.Errorf("epoch %d: its key is missing or another", n)
				}
			}
		})
	}
	for n := range sealed.Epoch(20) {
		roll(t, seal, made.AddDate(0, 0, 7*int(n+1)), true)
		if err := seal.Destroy(n+1, nil); err != nil {
			t.Error(err)
		}
	}
	close(done)
	wg.Wait()
}

// TestAnEpochOfADayToComeIsTakenBack when somebody knows that the clock was
// ahead, and is still there for what rests under it.
func TestAnEpochOfADayToComeIsTakenBack(t *testing.T) {
	seal, path := loadGood(t)
	before := made.AddDate(0, 0, -300)
	for _, want := range []bool{true, false} {
		if got, err := seal.Retract(before); got != want || err != nil {
			t.Errorf("taken back: %t, %v; want %t", got, err, want)
		}
	}
	want := []keyring.Epoch{{Number: 1, Made: made}, {Number: 2, Made: before}}
	if diff := cmp.Diff([][]keyring.Epoch{want, want}, [][]keyring.Epoch{seal.Epochs(), onDisk(t, path)}); diff != "" {
		t.Errorf("in use and on the disk (-want +got):\n%s", diff)
	}
}
