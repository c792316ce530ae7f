//go:build long

package attack

import "testing"

// TestThreeHundredPurchasesCannotBeLinked is the same with many: every way of
// guessing stays within what chance does in 99 of 100 cases for all four ways
// together.
func TestThreeHundredPurchasesCannotBeLinked(t *testing.T) {
	newBazaar(t).trade(30, 10).judge(2.81)
}
