// Package oracle compares our scores with those of another program: the mapping
// tools are turned into FHIR questionnaires with a weight for each answer, and
// fhirpath.js of the US National Library of Medicine adds the weights up. It
// promises that every sum of every tool is the same in both.
//
// It has tests alone. They need node, and the packages that scripts/test
// installs in scripts/browser.
package oracle
