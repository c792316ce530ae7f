package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/orgnumber"
)

// logHead is the end of a log.
type logHead struct {
	Log      string `json:"log,omitempty"` // audit.Log's name, which stays; older files have none
	Business string `json:"business"`      // its organisation number, "operator" or "addresses"; empty when it is closed
	Head     string `json:"head"`
	Closed   string `json:"closed,omitempty"` // the day on which the business was closed
	Fault    string `json:"fault,omitempty"`  // why the log does not verify
}

// of reports whether a kept head is of the same log: by its name, or where an
// older file has none by the number.
func (h logHead) of(now logHead) bool {
	if h.Log != "" {
		return h.Log == now.Log
	}
	return h.Business == now.Business
}

// logName finds the name of a log in a line.
var logName = regexp.MustCompile(`^[0-9a-f]{8}$`)

// readCheckpoint reads heads that were kept: what "audit verify" has written, or
// lines that begin with an organisation number and end with a head, or, where
// business names one, lines with a head alone. Heads of closed businesses that
// an older version has written without a name are left out: nothing says whose
// they are.
func readCheckpoint(raw []byte, business string) ([]logHead, error) {
	var heads []logHead
	if json.Unmarshal(raw, &heads) != nil {
		heads = nil
		for line := range strings.Lines(string(raw)) {
			if fields := strings.Fields(line); len(fields) > 0 {
				heads = append(heads, lineHead(fields, business))
			}
		}
	}
	var out []logHead
	for i, h := range heads {
		if h.Log == "" && h.Business == "" {
			continue
		}
		if !h.check() {
			return nil, fmt.Errorf("entry %d is not an organisation number with the head of a log", i+1)
		}
		out = append(out, h)
	}
	if len(out) == 0 {
		return nil, errors.New("holds no head of a log")
	}
	return out, nil
}

// lineHead reads a line of text.
func lineHead(fields []string, business string) logHead {
	h := logHead{Business: fields[0], Head: fields[len(fields)-1]}
	switch {
	case len(fields) == 1:
		h.Business = cmp.Or(business, fields[0]) // a head alone is nobody's
	case fields[0] == "verifies" || fields[0] == "DOES": // the number was empty
		h.Business = ""
	case logName.MatchString(fields[1]):
		h.Log = fields[1]
	}
	if h.Business == "-" {
		h.Business = ""
	}
	return h
}

// check reports whether a head that was kept is one, and takes the spaces out of
// its number.
func (h *logHead) check() bool {
	if _, err := audit.ParseHead(h.Head); err != nil || h.Log != "" && !logName.MatchString(h.Log) {
		return false
	}
	switch h.Business {
	case operatorChain, addressesChain:
		return true
	case "":
		return h.Log != ""
	}
	number, err := orgnumber.Check(h.Business)
	h.Business = number
	return err == nil
}
