package main

import (
	"testing"
	"testing/fstest"
)

func TestTheMemoryAllowedIsThatOfTheControlGroup(t *testing.T) {
	for name, c := range map[string]struct {
		groups, file, text string
		bytes              int64
		limited            bool
	}{
		"version 2":          {"0::/system.slice/selvhjelp.service\n", "sys/fs/cgroup/system.slice/selvhjelp.service/memory.max", "268435456\n", 256 << 20, true},
		"a container":        {"0::/\n", "sys/fs/cgroup/memory.max", "536870912\n", 512 << 20, true},
		"version 1":          {"5:cpu:/a\n4:memory:/a/b\n0::/\n", "sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "268435456\n", 256 << 20, true},
		"no limit":           {"0::/\n", "sys/fs/cgroup/memory.max", "max\n", 0, false},
		"no group of memory": {"0::/\n", "sys/fs/cgroup/cpu.max", "100\n", 0, false},
		"no groups":          {"", "sys/fs/cgroup/memory.max", "100\n", 0, false},
	} {
		system := fstest.MapFS{"proc/self/cgroup": {Data: []byte(c.groups)}, c.file: {Data: []byte(c.text)}}
		if bytes, limited := memoryAllowed(system); bytes != c.bytes || limited != c.limited {
			t.Errorf("%s: %d, %v", name, bytes, limited)
		}
	}
}

func TestGarbageMayTakeTwentyMegabytesOrAsMuchAsLives(t *testing.T) {
	for live, want := range map[uint64]int{0: 500, 1 << 20: 500, 5 << 20: 400, 20 << 20: 100, 80 << 20: 100} {
		if got := garbagePercent(live); got != want {
			t.Errorf("%d bytes live: %d %%", live, got)
		}
	}
}
