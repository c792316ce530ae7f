package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/config"
)

func TestAVersionOfADayToComeIsAWarning(t *testing.T) {
	c := config.Default()
	for day, want := range map[time.Time]bool{time.Now(): false, time.Now().AddDate(0, 0, 2): true} { // at midnight tomorrow is today
		c.Policy.PrivacyVersion = config.Date(day.UTC().Format(time.DateOnly))
		var diag bytes.Buffer
		warn(c, &diag)
		if strings.Contains(diag.String(), "policy.privacy_version: a day to come") != want {
			t.Errorf("version %s: %q", c.Policy.PrivacyVersion, diag.String())
		}
	}
}

// TestARequestThatIsHalfSentDoesNotHoldUpTheEnd: the process has 10 s, and what
// comes after the drain needs some of them. The server would read for an hour.
func TestARequestThatIsHalfSentDoesNotHoldUpTheEnd(t *testing.T) {
	in, _, err := openDemo(t.Context(), demoDir(t), "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	in.config.Server.ReadTimeout.Duration = time.Hour
	l, err := listenLocal("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- in.serve(ctx, l, true, io.Discard, func() { close(ready) }) }()
	<-ready
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err != nil { // the server waits for the rest
		t.Fatal(err)
	}
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * drainFor): // what a busy machine adds is not ours
		t.Fatal("the request holds up the end")
	}
	if drainFor > 8*time.Second {
		t.Errorf("of 10 s the drain takes %s", drainFor)
	}
}
