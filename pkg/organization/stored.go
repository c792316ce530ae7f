package organization

import (
	"bytes"
	"encoding/json"

	"selvhjelp/store"
)

// storedBusiness is a business as it rests: its two recipients, a line each, and
// its JSON without them. They are long, and most of what a page of a user had
// to read through. Records from before are JSON alone.
type storedBusiness struct{ Business }

var orgTable = store.Table[storedBusiness]{Bucket: "org"}

// MarshalBinary writes the lines and the JSON.
func (s *storedBusiness) MarshalBinary() ([]byte, error) {
	out := []byte(s.Recipient + "\n" + s.Recovery + "\n")
	rest := s.Business
	rest.Recipient, rest.Recovery = "", ""
	raw, err := json.Marshal(rest)
	return append(out, raw...), err
}

// UnmarshalBinary reads what MarshalBinary has written, and JSON alone.
func (s *storedBusiness) UnmarshalBinary(raw []byte) error {
	lines, _, _ := bytes.Cut(raw, []byte("{"))
	if err := json.Unmarshal(raw[len(lines):], &s.Business); err != nil {
		return err
	}
	if newest, rest, found := bytes.Cut(lines, []byte("\n")); found {
		s.Recipient, s.Recovery = string(newest), string(bytes.TrimSuffix(rest, []byte("\n")))
	}
	return nil
}
