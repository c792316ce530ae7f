package netaddr

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"filippo.io/age"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
)

// KeepDays is how many days a segment is kept, as the privacy page says.
const KeepDays = 14

// maxRecords is how many events one segment takes, so that nobody can fill the
// disk: about 3 MB a day.
const maxRecords = 1 << 16

// ErrFull is returned once for a day that has had too many events.
var ErrFull = errors.New("netaddr: too many events today; the rest of the day is not written")

// Kind says what happened. The numbers rest in files and never change.
type Kind byte

// The kinds of events of staff and professionals.
const (
	LoginFailed Kind = 1 // e-mail, password or one-time code did not fit
	LoginOver   Kind = 2 // the same, over the limit of an address or a person
	ResetUsed   Kind = 3 // a reset link was used
	LinkRefused Kind = 4 // a link that is used up, has lapsed or never was
	ForgedEvent Kind = 5 // a message that claims to be of the payment provider
)

var kindNames = map[Kind]string{
	LoginFailed: "login-failed", LoginOver: "login-over-limit", ResetUsed: "reset-used", LinkRefused: "link-refused", ForgedEvent: "forged-event",
}

// String is the kind in a word.
func (k Kind) String() string {
	if name, ok := kindNames[k]; ok {
		return name
	}
	return fmt.Sprintf("kind-%d", byte(k))
}

// Event is what happened, readable: for an officer alone.
type Event struct {
	Day     string // 2026-01-31
	Hour    int    // UTC
	Kind    Kind
	Address string
}

// Dir is where a data folder keeps the segments.
func Dir(data string) string { return filepath.Join(data, "addresses") }

// Journal writes security events of staff and professionals. A nil Journal
// writes nothing.
type Journal struct {
	dir      string
	ring     *keyring.Ring
	officers [2]age.Recipient

	mu    sync.Mutex
	file  *os.File
	chain *chain // nil before the first event
}

// OpenJournal writes to the folder dir for two officers, who are given as age
// recipients; nil when none is named. Nothing is made before the first event.
func OpenJournal(dir string, ring *keyring.Ring, officers []string) (*Journal, error) {
	if len(officers) == 0 {
		return nil, nil
	}
	if err := CheckOfficers(officers); err != nil {
		return nil, err
	}
	j := &Journal{dir: dir, ring: ring}
	for i, text := range officers {
		r, err := age.ParseHybridRecipient(text)
		if err != nil {
			return nil, ErrRecipients
		}
		j.officers[i] = r
	}
	return j, nil
}

// Write notes what happened in the hour of now, and flushes it. ErrFull once a
// day at most; any other error is that of the disk.
func (j *Journal) Write(kind Kind, a Addr, now time.Time) error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.chain == nil || j.chain.day != deadline.DayOf(now) {
		if err := j.begin(deadline.DayOf(now)); err != nil {
			return err
		}
	}
	switch {
	case j.chain.n > maxRecords:
		return nil
	case j.chain.n == maxRecords:
		j.chain.n++
		return ErrFull
	}
	if _, err := j.file.Write(j.chain.seal(kind, a, now)); err != nil {
		return errors.Join(err, j.close()) // what follows must not stand behind half a record
	}
	return j.file.Sync()
}

// begin starts the segment of a day. The key of the one before is gone.
func (j *Journal) begin(day deadline.Day) error {
	if err := j.close(); err != nil {
		return err
	}
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return err
	}
	head, c, err := beginSegment(j.ring, j.officers, day)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(j.dir, fileName(c.prologue)), os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(head); err != nil {
		return errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	j.file, j.chain = f, c
	return nil
}

func (j *Journal) close() error {
	if j.chain == nil {
		return nil
	}
	clear(j.chain.key[:])
	j.chain = nil
	return j.file.Close()
}

// Close forgets the key of the segment.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.close()
}

const fileEnd = ".segment"

// fileName is the day and half of the id: the day so that Expire need open
// nothing.
func fileName(p prologue) string {
	return p.day.String() + "-" + hex.EncodeToString(p.id[:8]) + fileEnd
}

// segmentFiles lists the segments of a folder with their days; none when there
// is no folder.
func segmentFiles(dir string) (map[string]deadline.Day, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	out := map[string]deadline.Day{}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, fileEnd) || len(name) < len(time.DateOnly) {
			continue
		}
		if day, err := time.Parse(time.DateOnly, name[:len(time.DateOnly)]); err == nil {
			out[filepath.Join(dir, name)] = deadline.DayOf(day)
		}
	}
	return out, nil
}

// Expire removes the segments of a folder that were begun KeepDays days before
// now or earlier, and counts them.
func Expire(dir string, now time.Time) (removed int, err error) {
	files, err := segmentFiles(dir)
	for path, day := range files {
		if day > deadline.DayOf(now)-KeepDays {
			continue
		}
		if gone := os.Remove(path); gone != nil {
			err = errors.Join(err, gone)
			continue
		}
		removed++
	}
	return removed, err
}
