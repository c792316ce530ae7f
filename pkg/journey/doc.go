// Package journey walks through the running demo as people do: in Chromium, at
// the width of a telephone and of a desk, in three languages, with and without
// JavaScript, with the keyboard alone. It has nothing but tests.
package journey
