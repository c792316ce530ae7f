package web_test

import (
	"testing"

	"selvhjelp/pkg/program"
)

// What the texts of a programme may link to is there.
func TestEveryPlaceThatContentMayLinkToIsAPage(t *testing.T) {
	_, b := withCalm(t)
	for _, place := range program.Places {
		if b.get(t, place); b.status != 200 {
			t.Errorf("%s answers %d", place, b.status)
		}
	}
}
