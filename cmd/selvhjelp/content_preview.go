package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"time"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/web"
)

// contentPreview shows the programmes on this machine until it is told to end.
// They are read anew for each page, so that a change is there at the next click.
func contentPreview(ctx context.Context, args []string, out, diag io.Writer) error {
	flags := flag.NewFlagSet("content preview", flag.ContinueOnError)
	dir := flags.String("dir", "", "")
	listen := flags.String("listen", "127.0.0.1:8081", "")
	if err := parse(flags, args, diag); err != nil {
		return err
	}
	if _, err := checkFolder(*dir); err != nil {
		return err
	}
	c := config.Default()
	server, err := web.New(web.Options{Config: c, Assets: assets.FS, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	l, err := listenLocal(*listen)
	if err != nil {
		return err
	}
	app := server.Preview(func() (*program.Catalogue, []program.Fault) { return readFolder(*dir) })
	stop := context.AfterFunc(ctx, func() { _ = app.Shutdown() })
	defer stop()
	fmt.Fprintf(out, "http://%s\n", l.Addr())
	return app.Listener(l)
}

// readFolder reads the programmes. A folder that has gone away is a fault.
func readFolder(dir string) (*program.Catalogue, []program.Fault) {
	sources, close, err := contentSources(dir)
	if err != nil {
		return nil, []program.Fault{{File: dir, Line: 1, Text: err.Error()}}
	}
	defer close()
	tools, _ := knownTools(dir) // its faults are content check's concern
	catalogue, faults, _ := program.Check(tools, sources...)
	return catalogue, faults
}
