package main

import (
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"

	"selvhjelp/pkg/config"
)

// machine is what check reads of the machine, as the files of the kernel have
// it. What could not be read is empty, and then nothing is said about it.
type machine struct {
	swaps       string // /proc/swaps
	limits      string // /proc/self/limits
	corePattern string // /proc/sys/kernel/core_pattern
	superblock  []byte // the first of the file system of the data folder
}

// readMachine reads the machine that dir lies on.
func readMachine(dir string) machine {
	text := func(path string) string {
		raw, _ := os.ReadFile(path) // absent on other systems
		return string(raw)
	}
	m := machine{swaps: text("/proc/swaps"), limits: text("/proc/self/limits"), corePattern: text("/proc/sys/kernel/core_pattern")}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		m.superblock = readSuperblock(ext4Device(text("/proc/self/mounts"), real))
	}
	return m
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

// fastCommit reports whether an ext4 superblock has the feature fast_commit
// (ext4 on-disk layout: magic at 0x38, compatible features at 0x5C, bit 0x400).
func fastCommit(superblock []byte) bool {
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
	add(fastCommit(m.superblock), `the file system of data.dir has the feature fast_commit, which can lose acknowledged writes at a power cut; turn it off with "tune2fs -O ^fast_commit" while it is not mounted`)
	return out
}
