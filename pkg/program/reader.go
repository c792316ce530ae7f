package program

import (
	"strings"

	"selvhjelp/pkg/strict"
)

// Fault is what is wrong in a line of a file, and what to do.
type Fault = strict.Fault

// reader reads one file.
type reader struct {
	strict.Reader
	lang string // of texts, in a part

	instruments []string // the mapping tools there are

	said  strings.Builder // what a reader is to read, for its level
	links []link          // into the service
}
