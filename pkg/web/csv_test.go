package web

import "testing"

// TestNoCellIsComputed: a spreadsheet shows every text as it is, also one that
// it would take for a formula or for a number.
func TestNoCellIsComputed(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+47": "'+47", "-x": "'-x", "@SUM": "'@SUM", "\tx": "'\tx", "\rx": "'\rx",
		"012345": "'012345", "123456": "'123456", "12E345": "'12E345", "1E2345": "'1E2345",
		"7KQ2M9": "7KQ2M9", "mild": "mild", "": "", "q1": "q1", "a=b": "a=b",
	} {
		if got := plain(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		if normalReference(plain("012345")) != "012345" {
			t.Error("a reference from a table is not found again")
		}
	}
}
