package accesscode_test

import (
	"strings"
	"testing"

	"selvhjelp/pkg/accesscode"
)

func TestACodeIsFoundWithinAText(t *testing.T) {
	grouped := "7KQ2M-9XW4T-HB3CE-N0VR"
	for _, check := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
		if _, err := accesscode.Parse(grouped + string(check)); err == nil {
			grouped += string(check)
			break
		}
	}
	for _, text := range []string{
		grouped, "about " + grouped, "my code is " + strings.ToLower(grouped) + ".", "(" + strings.ReplaceAll(grouped, "-", " ") + ")",
		"the words about other " + strings.ReplaceAll(grouped, "-", " ") + " there", strings.ReplaceAll(grouped, "-", ""),
	} {
		if !accesscode.Within(text) {
			t.Errorf("not found in a text of %d characters", len(text))
		}
	}
	wrong := "0"
	if strings.HasSuffix(grouped, wrong) {
		wrong = "1"
	}
	for _, text := range []string{
		"", "there would never about", "call 22 33 44 55 or 99887766 on 2026-11-22", grouped[:22] + wrong, "x" + strings.ReplaceAll(grouped, "-", ""),
		strings.Repeat("a", 2000),
	} {
		if accesscode.Within(text) {
			t.Errorf("found in %q", text)
		}
	}
}
