package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/web"
)

// contentPreview shows programmes and mapping tools on this machine until it is
// told to end. They are read anew for each page, which is loaded anew when a file
// has changed.
func contentPreview(ctx context.Context, args []string, out, diag io.Writer) error {
	flags := flag.NewFlagSet("content preview", flag.ContinueOnError)
	named := contentFlags(flags)
	listen := flags.String("listen", "127.0.0.1:8081", "")
	if err := parse(flags, args, diag); err != nil {
		return err
	}
	content := named()
	if _, err := checkFolder(content); err != nil {
		return err
	}
	server, err := web.New(web.Options{Config: config.Default(), Assets: assets.FS, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	l, err := listenLocal(*listen)
	if err != nil {
		return err
	}
	app := server.Preview(web.ContentSource{
		Read:  func() web.Content { return readFolder(content) },
		Stamp: func() string { return stampOf(content.Dir) },
	})
	stop := context.AfterFunc(ctx, func() { _ = app.Shutdown() })
	defer stop()
	fmt.Fprintf(out, "http://%s\n", l.Addr())
	return app.Listener(l)
}

// readFolder reads the content. A folder that has gone away is a fault.
func readFolder(c config.Content) web.Content {
	sources, close, err := contentSources(c.Dir)
	if err != nil {
		return web.Content{Faults: []string{err.Error()}}
	}
	defer close()
	tools, err := loadTools(c)
	if err != nil {
		return web.Content{Faults: strings.Split(err.Error(), "\n")} // a line each
	}
	catalogue, found, _ := program.Check(ids(tools), sources...)
	content := web.Content{Programs: catalogue, Tools: tools}
	for _, f := range found {
		content.Faults = append(content.Faults, f.Error())
	}
	return content
}

// stampOf is another text when a file of the folder has changed.
func stampOf(dir string) string {
	sum := sha256.New()
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error { // a file that goes away meanwhile is a change
		if err == nil {
			if info, err := d.Info(); err == nil {
				fmt.Fprintln(sum, path, info.Size(), info.ModTime().UnixNano())
			}
		}
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil))
}
