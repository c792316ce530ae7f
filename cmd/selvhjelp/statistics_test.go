package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"selvhjelp/pkg/control"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/statistics"
	"selvhjelp/pkg/useragent"
	"selvhjelp/store"
)

var (
	counted  = statistics.Route{Method: "GET", Pattern: "/me"}
	aBrowser = useragent.Device{System: useragent.Android, Browser: useragent.Firefox}
)

func newDemo(t *testing.T) *installation {
	t.Helper()
	in, _, err := openDemo(t.Context(), demoDir(t), "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// stored counts the days that are kept, open or not.
func stored(t *testing.T, in *installation) (n int) {
	t.Helper()
	err := in.usage.View(context.Background(), func(r store.Reader) error {
		n = 0
		for _, err := range r.Range("stat", []byte{0}, nil) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheOperatorReadsDaysThatAreOver(t *testing.T) {
	in := newDemo(t)
	defer in.close()
	in.counts.counters = statistics.NewCounters(map[statistics.Route]string{counted: "GET /me"})
	yesterday := time.Now().UTC().AddDate(0, 0, -1)
	for _, at := range []time.Time{yesterday, time.Now()} {
		for range statistics.Least + 1 {
			in.counts.counters.Count(counted, 200, aBrowser, at)
		}
		in.counts.counters.Count(counted, 500, aBrowser, at)
		for range 2 { // what was kept is not kept again
			if err := in.keepCounts(t.Context(), at); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := `[{"day":"` + deadline.DayOf(yesterday).String() + `","counts":[{"route":"GET /me","status":"2xx","system":"android","browser":"firefox","count":11}]}]` + "\n"
	for range 2 { // and showing changes nothing
		got, err := in.showStatistics(t.Context(), control.Request{Args: map[string]string{"json": "yes"}})
		if err != nil || got != want {
			t.Errorf("got %s, %v", got, err)
		}
	}
	text, err := in.showStatistics(t.Context(), control.Request{Args: map[string]string{"to": deadline.DayOf(yesterday.AddDate(0, 0, -1)).String()}})
	if err != nil || strings.Contains(text, "GET /me") {
		t.Errorf("days before show %q, %v", text, err)
	}
}

// TestCountsAreKeptEveryHour under a clock of its own.
func TestCountsAreKeptEveryHour(t *testing.T) {
	in := newDemo(t)
	defer in.close()
	synctest.Test(t, func(t *testing.T) {
		in.counts.counters = statistics.NewCounters(map[statistics.Route]string{counted: "GET /me"})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); in.keepCounting(ctx, slog.New(slog.DiscardHandler)) }()
		synctest.Wait()
		in.counts.counters.Count(counted, 200, aBrowser, time.Now())
		<-time.After(keepCountsEvery - time.Second) // of the bubble's time
		synctest.Wait()
		before := stored(t, in)
		<-time.After(2 * time.Second)
		synctest.Wait()
		if after := stored(t, in); before != 0 || after != 1 {
			t.Errorf("%d days are stored before an hour is over, %d after it", before, after)
		}
		cancel()
		<-done
	})
}

// TestAPlannedStopKeepsWhatWasCounted by the server itself, over a socket.
func TestAPlannedStopKeepsWhatWasCounted(t *testing.T) {
	in := newDemo(t)
	defer in.close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- in.serve(ctx, l, true, io.Discard, func() { close(ready) }) }()
	<-ready
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, place := range []string{"/help", "/healthz", "/nowhere"} {
		response, err := client.Get(url + place)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	var rests []byte
	err = in.usage.View(t.Context(), func(r store.Reader) error {
		for e, err := range r.Range("stat", []byte{0}, nil) {
			rests = bytes.Clone(e.Value)
			return err
		}
		return nil
	})
	if err != nil || !bytes.Contains(rests, []byte(`"GET /help"`)) || bytes.Contains(rests, []byte("healthz")) || bytes.Contains(rests, []byte("nowhere")) || bytes.Contains(rests, []byte(`"GET /"`)) {
		t.Errorf("after the stop %q rests, %v", rests, err)
	}
}
