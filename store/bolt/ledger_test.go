package bolt_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"selvhjelp/store"
	"selvhjelp/store/bolt"
)

// ledgerFile names, for a child process, the file it writes to.
const ledgerFile = "TEST_LEDGER_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(ledgerFile); path != "" {
		writeLedger(path, os.Getenv(ledgerFile+"_ROUND"), os.Getenv(ledgerFile+"_COMPACT") != "")
	}
	os.Exit(m.Run())
}

// writeLedger writes until it is killed: every transaction puts two keys, and
// its name goes to standard output once it has been acknowledged. Meanwhile the
// file may be compacted, again and again.
func writeLedger(path, round string, compact bool) {
	db, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		panic(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for compact {
			if err := db.Compact(context.Background(), asItIs); err != nil {
				panic(err)
			}
		}
	})
	for w := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("%s-%d-%d", round, w, i)
				err := db.Update(context.Background(), func(tx store.Tx) error {
					if err := tx.Put("left", []byte(name), []byte(name)); err != nil {
						return err
					}
					return tx.Put("right", []byte(name), []byte(name))
				})
				if err != nil {
					panic(err)
				}
				os.Stdout.WriteString(name + "\n")
			}
		})
	}
	wg.Wait()
}

// TestNothingAcknowledgedIsLostByKill kills the writer in the midst of its
// work, several times over one file.
func TestNothingAcknowledgedIsLostByKill(t *testing.T) { killRepeatedly(t, false) }

// TestNothingAcknowledgedIsLostByKillDuringCompaction does the same while the
// file is compacted all the time.
func TestNothingAcknowledgedIsLostByKillDuringCompaction(t *testing.T) { killRepeatedly(t, true) }

func killRepeatedly(t *testing.T, compact bool) {
	path := filepath.Join(t.TempDir(), "db")
	var acknowledged []string
	for round := range 8 {
		acknowledged = append(acknowledged, untilKilled(t, path, round, 100+37*round, compact)...)
		db := open(t, path, bolt.Options{})
		left, right := names(t, db, "left"), names(t, db, "right")
		for _, name := range acknowledged {
			if !left[name] || !right[name] {
				t.Errorf("round %d: %s was acknowledged and is not there", round, name)
			}
		}
		if len(left) != len(right) {
			t.Errorf("round %d: a transaction is half applied", round)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		wantAlone(t, path)
	}
}

// untilKilled runs a writer, kills it after so many acknowledgements, and
// returns all it has given.
func untilKilled(t *testing.T, path string, round, after int, compact bool) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), ledgerFile+"="+path, fmt.Sprintf("%s_ROUND=%d", ledgerFile, round))
	if compact {
		cmd.Env = append(cmd.Env, ledgerFile+"_COMPACT=yes")
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for in := bufio.NewReader(out); ; {
		line, err := in.ReadString('\n')
		if err != nil {
			break // a line cut short was not an acknowledgement yet
		}
		if lines = append(lines, strings.TrimSpace(line)); len(lines) == after {
			cmd.Process.Kill()
		}
	}
	if err := cmd.Wait(); cmd.ProcessState.Exited() {
		t.Fatalf("the writer ended by itself: %v", err)
	}
	return lines
}

func names(t *testing.T, db *bolt.DB, bucket string) map[string]bool {
	t.Helper()
	got := map[string]bool{}
	err := db.View(t.Context(), func(r store.Reader) error {
		clear(got)
		for e, err := range r.Range(bucket, nil, nil) {
			if err != nil {
				return err
			}
			got[string(e.Key)] = string(e.Key) == string(e.Value)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}
