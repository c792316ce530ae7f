package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"selvhjelp/pkg/config"
)

// machine is what check reads of the machine, as the files of the kernel have
// it. What could not be read is empty, and then nothing is said about it.
type machine struct {
	swaps       string // /proc/swaps
	limits      string // /proc/self/limits
	corePattern string // /proc/sys/kernel/core_pattern
	superblock  []byte // the first of the file system of the data folder; root alone reads it
	commits     string // what the kernel tells everybody of the fast commits of that file system

	data, runtime int64       // kinds of the file systems of the two folders, as statfs has them
	readable      fs.FileMode // what anybody but the owner may do with the data folder or the database
}

// Kinds of file systems (statfs(2)).
const (
	tmpfs   = 0x01021994
	ramfs   = 0x858458f6
	btrfs   = 0x9123683e
	zfs     = 0x2fc12fc1
	overlay = 0x794c7630
)

// copies are the file systems that may keep what was written over.
var copies = map[int64]string{btrfs: "btrfs", zfs: "zfs", overlay: "overlay"}

// readMachine reads the machine that an installation lies on.
func readMachine(c config.Config) machine {
	text := func(path string) string {
		raw, _ := os.ReadFile(path) // absent on other systems
		return string(raw)
	}
	m := machine{swaps: text("/proc/swaps"), limits: text("/proc/self/limits"), corePattern: text("/proc/sys/kernel/core_pattern")}
	m.data, m.runtime = fileSystem(c.Data.Dir), fileSystem(c.Data.RuntimeDir)
	m.readable = readable(c.Data.Dir) | readable(databasePath(c))
	if real, err := filepath.EvalSymlinks(c.Data.Dir); err == nil {
		m.superblock, m.commits = readSuperblock(ext4Device(text("/proc/self/mounts"), real)), text(fastCommits(real))
	}
	return m
}

// fileSystem is the kind of file system that a folder is on; 0 when it cannot
// be told.
func fileSystem(dir string) int64 {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0
	}
	return int64(s.Type)
}

// readable is what others than its owner may do with a file.
func readable(path string) fs.FileMode {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Mode().Perm() & 0o077
}

// ext4Device is the device of the ext4 file system that a folder is on; empty
// for another kind.
func ext4Device(mounts, dir string) string {
	device, longest := "", -1
	for line := range strings.Lines(mounts) {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		at := strings.ReplaceAll(f[1], `\040`, " ")
		if inside, err := filepath.Rel(at, dir); err != nil || !filepath.IsLocal(inside) || len(at) < longest {
			continue
		}
		device, longest = "", len(at)
		if f[2] == "ext4" {
			device = f[0]
		}
	}
	return device
}

// readSuperblock reads the superblock of a device; only root may.
func readSuperblock(device string) []byte {
	f, err := os.Open(device)
	if err != nil {
		return nil
	}
	defer f.Close()
	raw, err := io.ReadAll(io.NewSectionReader(f, 1024, 1024))
	if err != nil {
		return nil
	}
	return raw
}

// fastCommits is the file in which the kernel counts the fast commits of the ext4
// file system that a folder is on.
func fastCommits(dir string) string {
	var s syscall.Stat_t
	if syscall.Stat(dir, &s) != nil {
		return ""
	}
	device := fmt.Sprintf("/sys/dev/block/%d:%d", s.Dev>>8&0xfff|s.Dev>>32&^0xfff, s.Dev&0xff|s.Dev>>12&^0xff&0xffffffff)
	real, err := filepath.EvalSymlinks(device)
	if err != nil {
		return ""
	}
	return filepath.Join("/proc/fs/ext4", filepath.Base(real), "fc_info")
}

// fastCommit reports whether an ext4 file system has the feature fast_commit: by
// its superblock (ext4 on-disk layout: magic at 0x38, compatible features at 0x5C,
// bit 0x400), or because the kernel has tried some, which it counts only then
// (fs/ext4/fast_commit.c: "N commits", "N ineligible").
func fastCommit(superblock []byte, commits string) bool {
	for line := range strings.Lines(commits) {
		if f := strings.Fields(line); len(f) == 2 && f[0] != "0" && (f[1] == "commits" || f[1] == "ineligible") {
			return true
		}
	}
	return len(superblock) >= 0x60 && binary.LittleEndian.Uint16(superblock[0x38:]) == 0xEF53 &&
		binary.LittleEndian.Uint32(superblock[0x5C:])&0x400 != 0
}

// coreDumps reports whether a process that crashes may leave its memory on a
// disk. A pattern that begins with a bar hands it to a program, whatever the
// limit says.
func coreDumps(limits, pattern string) bool {
	pattern = strings.TrimSpace(pattern)
	if strings.HasPrefix(pattern, "|") {
		return pattern != "|/bin/false"
	}
	for line := range strings.Lines(limits) {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok {
			f := strings.Fields(rest)
			return pattern != "" && len(f) > 0 && f[0] != "0"
		}
	}
	return false
}

// swapOn reports whether memory may be written to a disk.
func swapOn(swaps string) bool {
	return strings.Count(strings.TrimSpace(swaps), "\n") > 0 // the first line is a heading
}

// warnings are what is not wrong with an installation, but weakens it.
func (m machine) warnings(c config.Config) []string {
	var out []string
	add := func(is bool, text string) {
		if is {
			out = append(out, text)
		}
	}
	add(len(c.Addresses.Officers) == 0, `addresses.officers is empty, so that nothing of an attack on the professionals' login can be traced; let two officers run "selvhjelp addresses keygen"`)
	add(swapOn(m.swaps), `swap is on: keys in memory can be written to the disk; turn it off with "swapoff -a" and in /etc/fstab, or set MemorySwapMax=0 for the service`)
	add(coreDumps(m.limits, m.corePattern), `core dumps are possible: a crash can write keys to the disk; set LimitCORE=0 for the service and kernel.core_pattern to "|/bin/false"`)
	add(fastCommit(m.superblock, m.commits), `the file system of data.dir has the feature fast_commit, which can lose acknowledged writes at a power cut; turn it off with "tune2fs -O ^fast_commit" while it is not mounted`)
	add(m.runtime != 0 && m.runtime != tmpfs && m.runtime != ramfs, `data.runtime_dir is not in memory: the key of the sessions can survive on the disk; put it on a tmpfs, such as below /run`)
	add(m.readable != 0, `others than their owner may reach data.dir or usage.db; run chmod 700 on the folder and chmod 600 on the file`)
	add(copies[m.data] != "", "data.dir is on "+copies[m.data]+", which can keep copies of what was deleted; put it on a file system that writes in place, such as ext4, and make no snapshots of it")
	return out
}
