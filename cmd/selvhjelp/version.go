package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
)

// version prints what the binary was built from, as the Go linker knows it.
func version(_ context.Context, args []string, out, diag io.Writer) error {
	if err := parse(flag.NewFlagSet("version", flag.ContinueOnError), args, diag); err != nil {
		return err
	}
	v, revision := "development", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" && info.Main.Version != "(devel)" {
			v = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value
			}
		}
		v += revision + " " + info.GoVersion
	}
	_, err := fmt.Fprintln(out, "selvhjelp", v)
	return err
}
