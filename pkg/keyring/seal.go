package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"selvhjelp/pkg/keyfile"
	"selvhjelp/store/sealed"
)

// Times of an epoch, in days.
const (
	RollDays = 7  // after which the current epoch is replaced
	KeepDays = 21 // from the last use of an epoch to its end; as long as a backup lives
)

// ErrInUse is returned by Destroy for the current epoch, and for one that a live
// record is still under.
var ErrInUse = errors.New("keyring: the epoch is in use")

// ErrBehind is returned when the file has not the key that is in use: somebody
// has put an older copy in its place.
var ErrBehind = errors.New("keyring: the key file lacks the key in use; put the newest copy back before the service ends")

// Seal holds the key of every epoch and the file they are kept in. It
// implements sealed.Keys.
type Seal struct {
	path   string
	change sync.Mutex // held while the file is written anew
	epochs atomic.Pointer[epochs]
}

// Epoch is one of the seal keys.
type Epoch struct {
	Number sealed.Epoch
	Made   time.Time // the day, in UTC
}

// epochs is what a key file holds, oldest first; the last one is current.
type epochs struct {
	list []Epoch
	keys map[sealed.Epoch]cipher.AEAD
	text map[sealed.Epoch]string // its line
}

func (e *epochs) current() Epoch {
	if len(e.list) == 0 {
		return Epoch{}
	}
	return e.list[len(e.list)-1]
}

// Current returns the newest epoch and its key.
func (s *Seal) Current() (sealed.Epoch, cipher.AEAD) {
	e := s.epochs.Load()
	current := e.current().Number
	return current, e.keys[current]
}

// Key returns the key of an epoch; false once it has been destroyed.
func (s *Seal) Key(n sealed.Epoch) (cipher.AEAD, bool) {
	aead, ok := s.epochs.Load().keys[n]
	return aead, ok
}

// Epochs lists the epochs that have a key, oldest first; the last is current.
func (s *Seal) Epochs() []Epoch { return slices.Clone(s.epochs.Load().list) }

// Format hides the keys whatever the verb.
func (s *Seal) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[seal keys]") }

// Roll makes a new epoch when the current one is RollDays old, and reports
// whether it has. Nothing is sealed under it before its key is on the disk.
func (s *Seal) Roll(now time.Time) (rolled bool, err error) {
	return s.replaceIf(now, func(current Epoch) bool { return now.Sub(current.Made) >= RollDays*24*time.Hour })
}

// Retract makes a new epoch when the current one has a day that is still to
// come at now, and reports whether it has. It is for a clock that is known to
// have been ahead: Roll would wait for that day.
func (s *Seal) Retract(now time.Time) (rolled bool, err error) {
	return s.replaceIf(now, func(current Epoch) bool { return current.Made.After(now) })
}

func (s *Seal) replaceIf(now time.Time, wanted func(current Epoch) bool) (rolled bool, err error) {
	err = s.rewrite(func(f *sealFile) bool {
		newest := f.current()
		if rolled = wanted(newest); rolled {
			f.lines = append(f.lines, sealLine(newest.Number+1, now))
		}
		return rolled
	})
	return rolled && err == nil, err
}

// Destroy removes the key of an epoch from the file and then forgets it. live
// counts the records that every epoch still has. The error is ErrInUse for one
// that has any, and for the current one.
func (s *Seal) Destroy(n sealed.Epoch, live sealed.Tally) error {
	if current, _ := s.Current(); n == current || live[n] > 0 {
		return fmt.Errorf("%w: epoch %d, %d records", ErrInUse, n, live[n])
	}
	return s.rewrite(func(f *sealFile) bool {
		if i := slices.IndexFunc(f.list, func(e Epoch) bool { return e.Number == n }); i >= 0 {
			f.lines = slices.Delete(f.lines, i, i+1)
		}
		return true
	})
}

// rewrite lets change edit the lines of the file, puts the result in its place,
// and only then uses it. A file that is ahead of what is used, as a write that
// failed at its last step leaves it, is written again even without a change. One
// that has not the key in use is left alone: ErrBehind.
func (s *Seal) rewrite(change func(*sealFile) bool) error {
	s.change.Lock()
	defer s.change.Unlock()
	f, err := readSeal(s.path)
	if err != nil {
		return err
	}
	used := s.epochs.Load()
	if n := used.current().Number; f.text[n] != used.text[n] {
		return fmt.Errorf("%w: %s", ErrBehind, s.path)
	}
	ahead := f.current() != used.current()
	if !change(f) && !ahead {
		return nil
	}
	next, err := parseSeal(s.path, f.lines)
	if err != nil {
		return err
	}
	if err := keyfile.Replace(s.path, sealText(f.lines), 0o600); err != nil {
		return err
	}
	s.epochs.Store(next.epochs)
	return nil
}

// sealFile is a key file: its lines, and what they say.
type sealFile struct {
	lines []string
	*epochs
}

func readSeal(path string) (*sealFile, error) {
	lines, err := readKeyFile(path, sealHeader)
	if err != nil {
		return nil, err
	}
	return parseSeal(path, lines)
}

func parseSeal(path string, lines []string) (*sealFile, error) {
	f := &sealFile{lines, &epochs{keys: map[sealed.Epoch]cipher.AEAD{}, text: map[sealed.Epoch]string{}}}
	var faults []error
	for i, line := range lines {
		faults = append(faults, f.add(path, i+2, line))
	}
	if len(lines) == 0 {
		faults = append(faults, fmt.Errorf("%s: holds no key; restore it from your key escrow", path))
	}
	return f, errors.Join(faults...)
}

// add reads "<epoch> <day> <key>"; epochs rise from line to line.
func (e *epochs) add(path string, n int, line string) error {
	fields := strings.Fields(line)
	if len(fields) != 3 {
		return fmt.Errorf("%s:%d: want an epoch, a day and a key; restore the file from your key escrow", path, n)
	}
	number, err := strconv.ParseUint(fields[0], 10, 32)
	if err != nil || sealed.Epoch(number) <= e.current().Number {
		return fmt.Errorf("%s:%d: epochs must be numbers that rise from line to line; restore the file from your key escrow", path, n)
	}
	made, err := time.Parse(time.DateOnly, fields[1])
	if err != nil {
		return fmt.Errorf("%s:%d: the day must look like 2026-01-31; restore the file from your key escrow", path, n)
	}
	key, err := decodeKey(path, n, fields[2])
	if err != nil {
		return err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	e.list = append(e.list, Epoch{sealed.Epoch(number), made})
	e.text[sealed.Epoch(number)] = line
	e.keys[sealed.Epoch(number)], err = cipher.NewGCM(block)
	return err
}

// sealLine is a line with a new key.
func sealLine(n sealed.Epoch, day time.Time) string {
	return fmt.Sprintf("%d %s %s", n, day.UTC().Format(time.DateOnly), newKey())
}

func sealText(lines []string) string {
	return sealHeader + "\n" + strings.Join(lines, "\n") + "\n"
}
