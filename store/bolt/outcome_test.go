package bolt

import (
	"errors"
	"fmt"
	"io"
	"syscall"
	"testing"

	bbolterrors "go.etcd.io/bbolt/errors"
)

func TestOnlyWantOfRoomMeansNotSaved(t *testing.T) {
	for err, want := range map[error]bool{
		bbolterrors.ErrMaxSizeReached:                         true,
		fmt.Errorf("write db: %w", syscall.ENOSPC):            true,
		fmt.Errorf("write db: %w", syscall.EDQUOT):            true,
		fmt.Errorf("file resize error: %s", syscall.ENOSPC):   true,
		fmt.Errorf("write db: %w", syscall.EIO):               false,
		errors.Join(errors.New("panic: page"), io.EOF):        false,
		fmt.Errorf("mmap allocate error: %s", syscall.EFAULT): false,
	} {
		if got := lacksRoom(err); got != want {
			t.Errorf("lacksRoom(%v) = %v", err, got)
		}
	}
}

// TestACommitThatReadersSeeWasSaved: a disk may run full while the head, which
// is already there, is being synced.
func TestACommitThatReadersSeeWasSaved(t *testing.T) {
	db := openHere(t, Options{NoSync: true})
	for range 3 {
		if err := db.Update(t.Context(), putting("k", 1)); err != nil {
			t.Fatal(err)
		}
		seen := commits(t, db)
		if !db.holds(seen) || db.holds(seen+1) {
			t.Errorf("the file holds commit %d: %v, the next: %v", seen, db.holds(seen), db.holds(seen+1))
		}
	}
}
