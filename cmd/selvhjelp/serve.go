package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime/pprof"
	"sync"
	"time"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/netaddr"
	"selvhjelp/pkg/web"
)

const drainFor = 6 * time.Second // of the 10 s in which the process ends; a handler and the night have the rest

// serve runs the service until it is told to stop.
func serve(ctx context.Context, args []string, out, diag io.Writer) error {
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	file, profile := fs.String("config", "", ""), fs.String("cpuprofile", "", "")
	c, err := configuredBy(fs, file, args, diag)
	if err != nil {
		return err
	}
	warn(c, diag)
	limitMemory()
	stop, err := profiled(*profile)
	if err != nil {
		return err
	}
	defer stop()
	in, err := openInstallation(c)
	if err != nil {
		return err
	}
	warnOfContent(in.instruments, in.programs, diag)
	l, err := listen(c)
	if err != nil {
		return errors.Join(err, in.close())
	}
	err = in.serve(ctx, l, false, diag, func() {
		fmt.Fprintln(out, "serving", c.Server.BaseURL)
		letGarbageGather()
	})
	return errors.Join(err, in.close())
}

// profiled writes a CPU profile for developers to a file, if one is named,
// until stop is called. It holds names of functions and nothing of a request.
func profiled(file string) (stop func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, nil
}

// configured reads the flag -config and the file it names.
func configured(name string, args []string, diag io.Writer) (config.Config, error) {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	return configuredBy(fs, fs.String("config", "", ""), args, diag)
}

// configuredBy does so for a command with flags of its own.
func configuredBy(fs *flag.FlagSet, path *string, args []string, diag io.Writer) (config.Config, error) {
	if err := parse(fs, args, diag); err != nil {
		return config.Config{}, err
	}
	if err := required(diag, map[string]string{"config": *path}); err != nil {
		return config.Config{}, err
	}
	return config.Load(*path)
}

// warn prints what is not wrong but should be known.
func warn(c config.Config, diag io.Writer) {
	for _, p := range c.Check() {
		if !p.Fatal {
			fmt.Fprintln(diag, "warning:", p.Error())
		}
	}
	if deadline.DayOf(c.Policy.PrivacyVersion.Time()) > deadline.DayOf(time.Now()) {
		fmt.Fprintln(diag, "warning: policy.privacy_version: a day to come, but everybody is told of it at once; write the day it is in force")
	}
}

// listen opens the port, with TLS where a certificate is configured. HTTP/2 is
// not offered: the server does not speak it.
func listen(c config.Config) (net.Listener, error) {
	cert, err := certificate(c)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", c.Server.Listen)
	if err != nil || cert == nil {
		return l, err
	}
	return tls.NewListener(l, &tls.Config{
		Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
	}), nil
}

// serve answers on a listener and on the control socket until ctx ends or the
// store fails; then it drains. ready is called when answers are given.
func (in *installation) serve(ctx context.Context, l net.Listener, demo bool, diag io.Writer, ready func()) error {
	if err := in.openSessions(); err != nil {
		return errors.Join(err, l.Close())
	}
	log := slog.New(slog.NewJSONHandler(diag, nil))
	server, journal, err := in.newServer(log, demo)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer journal.Close()
	if l, err = crowded(l, in.config.Server.Concurrency, server); err != nil {
		return errors.Join(err, l.Close())
	}
	socket, err := control.Listen(in.config.Data.Dir)
	if err != nil {
		return errors.Join(fmt.Errorf("control socket: %w", err), l.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	app := server.App()
	in.counts.counters = server.Counters()
	ended := make(chan error, 2)
	go func() { ended <- app.Listener(l) }()
	go func() { ended <- control.Serve(ctx, socket, in.operate) }()
	var jobs sync.WaitGroup
	jobs.Go(func() { in.jobs(ctx, log) })
	jobs.Go(func() { in.keepCounting(ctx, log) })
	jobs.Go(func() { in.keepSelling(ctx, log) })
	ready()
	select {
	case err = <-ended:
	case <-ctx.Done():
	case <-in.shop.failed():
		err = errors.New("the payment database failed in a way that leaves open what was saved; the process ends so that it is started anew")
	case <-in.db.Failed():
		err = errors.New("the database failed in a way that leaves open what was saved; the process ends so that it is started anew")
	}
	cancel()
	if drained := app.ShutdownWithTimeout(drainFor); !errors.Is(drained, context.DeadlineExceeded) {
		err = errors.Join(err, drained) // a connection that only waits does not make the end a failure
	}
	jobs.Wait()
	return errors.Join(err, in.keepLastCounts())
}

// newServer makes the web server, and the journal of addresses that it writes.
func (in *installation) newServer(log *slog.Logger, demo bool) (*web.Server, *netaddr.Journal, error) {
	journal, err := netaddr.OpenJournal(netaddr.Dir(in.config.Data.Dir), in.ring, in.config.Addresses.Officers)
	if err != nil {
		return nil, nil, err
	}
	desk, counter := in.shop.sides()
	server, err := web.New(web.Options{
		Config: in.config, Usage: in.usage, Sessions: in.sessions, Ring: in.ring, Instruments: in.instruments, Programs: in.programs,
		Assets: assets.FS, Now: in.clock.now, Apps: time.Now, Log: log, Mail: in.mail, Demo: demo, Ready: in.works, Journal: journal,
		Payment: desk, Vouchers: counter,
	})
	return server, journal, err
}

// works reports whether the database still answers for what it acknowledges.
func (in *installation) works() bool {
	select {
	case <-in.db.Failed():
		return false
	case <-in.shop.failed():
		return false
	default:
		return true
	}
}
