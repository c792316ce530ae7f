package netaddr

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
)

// ErrRecipients is returned for a list that is not the recipients of two
// officers.
var ErrRecipients = errors.New(`netaddr: not the recipients of two different officers; each begins with "age1pq1" and is printed by "selvhjelp addresses keygen"`)

// CheckOfficers checks the recipients of two officers. An empty list is right
// too: then no address is written.
func CheckOfficers(officers []string) error {
	if len(officers) == 0 {
		return nil
	}
	if len(officers) != 2 || officers[0] == officers[1] {
		return ErrRecipients
	}
	for _, text := range officers {
		if _, err := age.ParseHybridRecipient(text); err != nil {
			return ErrRecipients
		}
	}
	return nil
}

// NewOfficer makes an officer's identity in a new file that only its owner can
// read, and returns the recipient for the configuration. The file belongs on
// the officer's own machine.
func NewOfficer(path string) (recipient string, err error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintf(f, "# selvhjelp: one of two identities that open addresses. Keep it offline, apart from the other.\n%s\n", id)
	return id.Recipient().String(), errors.Join(err, f.Sync(), f.Close())
}

// ReadOfficer reads the identity in a file.
func ReadOfficer(path string) (*age.HybridIdentity, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, 1<<16))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, err := age.ParseHybridIdentity(line)
		if err != nil {
			return nil, fmt.Errorf("%s: not an officer's identity; give the file that \"addresses keygen\" made", path)
		}
		return id, nil
	}
	return nil, fmt.Errorf("%s: holds no identity; give the file that \"addresses keygen\" made", path)
}
