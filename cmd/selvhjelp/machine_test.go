package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selvhjelp/pkg/config"
)

const (
	noSwap   = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
	someSwap = noSwap + "/dev/sda2                               partition\t1003516\t\t0\t\t-2\n"
	noCore   = "Limit                     Soft Limit           Hard Limit           Units     \nMax core file size        0                    unlimited            bytes     \n"
	someCore = "Max core file size        unlimited            unlimited            bytes     \n"
)

// ext4 is a superblock with these compatible features.
func ext4(features uint32) []byte {
	raw := make([]byte, 1024)
	binary.LittleEndian.PutUint16(raw[0x38:], 0xEF53)
	binary.LittleEndian.PutUint32(raw[0x5C:], features)
	return raw
}

func TestEachWeaknessOfTheMachineIsSaidWithItsRemedy(t *testing.T) {
	c := config.Default()
	c.Addresses.Officers = []string{"a", "b"}
	good := machine{swaps: noSwap, limits: noCore, corePattern: "core\n", superblock: ext4(0x3c), commits: "fc stats:\n0 commits\n0 ineligible\n0 numblks\n0us avg_commit_time\n", data: 0xef53, runtime: tmpfs}
	if got := good.warnings(c); len(got) != 0 {
		t.Errorf("warned of a good machine: %q", got)
	}
	if got := (machine{}).warnings(c); len(got) != 0 {
		t.Errorf("warned of what could not be read: %q", got)
	}
	for word, change := range map[string]func(m *machine){
		"swapoff":       func(m *machine) { m.swaps = someSwap },
		"LimitCORE=0":   func(m *machine) { m.limits = someCore },
		"core_pattern":  func(m *machine) { m.corePattern = "|/usr/lib/systemd/systemd-coredump %P\n" },
		"^fast_commit":  func(m *machine) { m.superblock = ext4(0x43c) },
		"fast_commit,":  func(m *machine) { m.superblock, m.commits = nil, "fc stats:\n0 commits\n3 ineligible\n0 numblks\n" },
		"tmpfs":         func(m *machine) { m.runtime = 0xef53 },
		"chmod 700":     func(m *machine) { m.readable = 0o040 },
		"is on btrfs":   func(m *machine) { m.data = btrfs },
		"is on zfs":     func(m *machine) { m.data = zfs },
		"is on overlay": func(m *machine) { m.data = overlay },
		"addresses key": func(*machine) { c.Addresses.Officers = nil },
	} {
		m := good
		change(&m)
		if got := m.warnings(c); len(got) != 1 || !strings.Contains(got[0], word) || !strings.Contains(got[0], ";") {
			t.Errorf("%s: %q", word, got)
		}
		c.Addresses.Officers = []string{"a", "b"}
	}
}

func TestCoreDumpsThatGoNowhereAreNoWeakness(t *testing.T) {
	for _, m := range []machine{{limits: someCore, corePattern: "|/bin/false\n"}, {limits: someCore, corePattern: "\n"}, {limits: noCore, corePattern: "/tmp/core\n"}} {
		if coreDumps(m.limits, m.corePattern) {
			t.Errorf("warned of %q", m.corePattern)
		}
	}
}

func TestOnlyAnExt4SuperblockHasTheFeature(t *testing.T) {
	other := ext4(0x400)
	other[0x38] = 0
	for _, raw := range [][]byte{nil, make([]byte, 16), other, ext4(0x800)} {
		if fastCommit(raw, "fc stats:\n0 commits\n0 ineligible\n12 numblks\n") {
			t.Errorf("found in %d bytes", len(raw))
		}
	}
}

func TestFastCommitsAreThoseOfTheDeviceOfAFolder(t *testing.T) {
	if got := fastCommits(filepath.Join(t.TempDir(), "none")); got != "" {
		t.Errorf("a folder that is not there: %s", got)
	}
	if got := fastCommits("/proc"); got != "" {
		t.Errorf("a folder on no disk: %s", got)
	}
	if got := fastCommits(t.TempDir()); got != "" && (!strings.HasPrefix(got, "/proc/fs/ext4/") || !strings.HasSuffix(got, "/fc_info")) {
		t.Errorf("a folder on a disk: %s", got)
	}
}

func TestTheFileSystemOfAFolderIsTheInnermost(t *testing.T) {
	const mounts = "/dev/sda1 / ext4 rw 0 0\nproc /proc proc rw 0 0\n/dev/sdb1 /var/lib ext4 rw 0 0\ntmpfs /var/lib/fast tmpfs rw 0 0\n/dev/sdc1 /srv/a\\040b ext4 rw 0 0\nbroken\n"
	for dir, want := range map[string]string{
		"/var/lib/selvhjelp": "/dev/sdb1", "/var/library": "/dev/sda1", "/var/lib/fast/x": "", "/srv/a b/c": "/dev/sdc1", "/": "/dev/sda1",
	} {
		if got := ext4Device(mounts, dir); got != want {
			t.Errorf("%s is on %q, want %q", dir, got, want)
		}
	}
}

func TestWhatOthersMayReadIsFoundOnTheFolderAndOnTheDatabase(t *testing.T) {
	c := config.Default()
	c.Data.Dir, c.Data.RuntimeDir = t.TempDir(), t.TempDir()
	database := databasePath(c)
	for path, modes := range map[string][2]os.FileMode{c.Data.Dir: {0o755, 0o700}, database: {0o644, 0o600}} {
		for _, err := range []error{os.WriteFile(database, nil, 0o600), os.Chmod(c.Data.Dir, 0o700), os.Chmod(path, modes[0])} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if m := readMachine(c); m.readable == 0 || m.data == 0 || m.runtime == 0 {
			t.Errorf("%s with mode %o: %+v", path, modes[0], m)
		}
		if err := os.Chmod(path, modes[1]); err != nil {
			t.Fatal(err)
		}
		if m := readMachine(c); m.readable != 0 {
			t.Errorf("warned of %s with mode %o", path, modes[1])
		}
	}
}
