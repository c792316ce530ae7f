package main

import (
	"fmt"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

func addContent(ts *testscript.TestScript, _ bool, args []string) {
	raw, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	text := fmt.Sprintf("%s[content]\ndir = %q\naccept_licences = [%q]\n", raw, ts.MkAbs(args[1]), args[2])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
