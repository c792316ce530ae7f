package main

import (
	"context"
	"flag"
	"io"
	"io/fs"

	"selvhjelp/assets"
)

// opsFiles are the examples for what stands around the server.
var opsFiles = map[string]string{
	"nginx":   "ops/nginx.conf.example",
	"caddy":   "ops/Caddyfile.example",
	"systemd": "ops/selvhjelp.service",
}

// ops prints an example to begin with.
func ops(_ context.Context, args []string, out, diag io.Writer) error {
	flags := flag.NewFlagSet("ops", flag.ContinueOnError)
	flags.SetOutput(diag)
	flags.Usage = func() {}
	if flags.Parse(args) != nil || flags.NArg() != 1 || opsFiles[flags.Arg(0)] == "" {
		return errUsage
	}
	raw, err := fs.ReadFile(assets.FS, opsFiles[flags.Arg(0)])
	if err != nil {
		return err
	}
	_, err = out.Write(raw)
	return err
}
