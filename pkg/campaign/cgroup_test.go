//go:build long

package campaign

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// groupsIn is the variable that names the folder of control groups in which
// one can be made.
const groupsIn = "CAMPAIGN_CGROUP"

// group is a control group with a limit to the memory of its processes.
type group struct{ dir string }

// newGroup makes a group, of version 2 or 1 as the folder is.
func newGroup(t *testing.T, bytes int) group {
	t.Helper()
	if os.Getenv(groupsIn) == "" {
		t.Fatal(groupsIn + " is not set: run scripts/test -long")
	}
	dir, err := os.MkdirTemp(os.Getenv(groupsIn), "selvhjelp-")
	check(t, err)
	g := group{dir}
	t.Cleanup(func() { check(t, g.remove()) })
	limit := []byte(strconv.Itoa(bytes))
	err = os.WriteFile(g.file("memory.max"), limit, 0)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		err = os.WriteFile(g.file("memory.limit_in_bytes"), limit, 0)
	}
	check(t, err)
	for _, swap := range []struct{ name, limit string }{{"memory.swap.max", "0"}, {"memory.memsw.limit_in_bytes", string(limit)}} {
		os.WriteFile(g.file(swap.name), []byte(swap.limit), 0) // one of them, on a machine that swaps
	}
	return g
}

// remove waits for the last process to be gone from the group.
func (g group) remove() (err error) {
	for range 100 {
		if err = os.Remove(g.dir); !errors.Is(err, syscall.EBUSY) {
			return err
		}
		<-time.After(50 * time.Millisecond)
	}
	return err
}

func (g group) file(name string) string { return filepath.Join(g.dir, name) }

// around is what starts a program within the group.
func (g group) around() []string {
	return []string{"sh", "-c", `echo $$ >"$0" && exec "$@"`, g.file("cgroup.procs")}
}

// peak is the most memory that the group has held, files in the cache with it.
func (g group) peak(t *testing.T) int {
	t.Helper()
	raw, err := os.ReadFile(g.file("memory.peak"))
	if err != nil {
		raw, err = os.ReadFile(g.file("memory.max_usage_in_bytes"))
	}
	check(t, err)
	n, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	check(t, err)
	return n
}

// resident is the most memory that the process itself has held, in bytes.
func (s *server) resident() int {
	s.t.Helper()
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	check(s.t, err)
	_, rest, _ := strings.Cut(string(raw), "VmHWM:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	check(s.t, err)
	return n << 10
}
