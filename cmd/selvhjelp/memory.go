package main

import (
	"io/fs"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// garbage is how many bytes of it may gather before it is collected; as much as
// lives, if that is more.
const garbage = 20 << 20

// letGarbageGather is called once everything is loaded. Little lives here, a few
// MB, and to collect whenever as much garbage has come would cost the processor
// a fifth of its work. Whoever sets GOGC decides otherwise.
func letGarbageGather() {
	if os.Getenv("GOGC") != "" {
		return
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	debug.SetGCPercent(garbagePercent(m.HeapAlloc))
}

// garbagePercent is the share of what lives, as GOGC means it: the collector
// takes less than 4 MiB for 4.
func garbagePercent(live uint64) int { return int(max(100, 100*garbage/max(live, 4<<20))) }

// limitMemory has the garbage collector work harder as the process comes near
// seven tenths of the memory that it may have: a crowd must not get it killed.
// Whoever sets GOMEMLIMIT decides otherwise.
func limitMemory() {
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
