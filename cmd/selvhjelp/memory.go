package main

import (
	"io/fs"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// garbage is how much of it may gather, in per cent of what lives, before it is
// collected. Little lives here, a few MB, so that much of it takes little room
// and saves the processor a fifth of its work.
const garbage = 400

// limitMemory lets garbage gather, and has the collector work harder as the
// process comes near seven tenths of the memory that it may have: a crowd must
// not get it killed. Whoever sets GOGC or GOMEMLIMIT decides otherwise.
func limitMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	allowed, limited := memoryAllowed(os.DirFS("/"))
	if limited && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(allowed / 10 * 7)
	}
}

// memoryAllowed is how many bytes of memory the control group of the process
// may have, be it of version 2 or 1, and whether there is a limit.
func memoryAllowed(system fs.FS) (bytes int64, limited bool) {
	groups, err := fs.ReadFile(system, "proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(groups)) {
		_, line, _ = strings.Cut(strings.TrimSpace(line), ":")
		kind, group, _ := strings.Cut(line, ":")
		file := path.Join("sys/fs/cgroup", group, "memory.max")
		if kind == "memory" {
			file = path.Join("sys/fs/cgroup/memory", group, "memory.limit_in_bytes")
		}
		text, err := fs.ReadFile(system, file)
		if err != nil {
			continue
		}
		if bytes, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
			return bytes, true
		}
	}
	return 0, false
}
