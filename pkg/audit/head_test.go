package audit_test

import (
	"strings"
	"testing"

	"selvhjelp/pkg/audit"
)

func TestAHeadIsReadBackAndNothingElseIs(t *testing.T) {
	for _, text := range []string{"0:", "1:" + strings.Repeat("0f", 32), "4711:" + strings.Repeat("a0", 32)} {
		h, err := audit.ParseHead(text)
		if err != nil || h.String() != text {
			t.Errorf("%s is read as %s, %v", text, h, err)
		}
	}
	for _, text := range []string{"", ":", "1:", "0:00", "-1:" + strings.Repeat("0f", 32), "1:" + strings.Repeat("0f", 31), "x:" + strings.Repeat("0f", 32), "1:" + strings.Repeat("0g", 32), strings.Repeat("0f", 32)} {
		if h, err := audit.ParseHead(text); err == nil {
			t.Errorf("%q is read as %s", text, h)
		}
	}
}
