package web

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestPatienceEndsAsADeadlineDoes, whether somebody waits for it or only looks.
func TestPatienceEndsAsADeadlineDoes(t *testing.T) {
	for name, waits := range map[string]bool{"looked at": false, "waited for": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := patientFor(time.Minute)
				defer l.end()
				at, _ := l.Deadline()
				if waits {
					below, cancel := context.WithCancel(l)
					defer cancel()
					<-below.Done()
				} else {
					<-time.After(time.Minute - time.Nanosecond)
					if err := l.Err(); err != nil {
						t.Errorf("ended before its time: %v", err)
					}
					<-time.After(time.Nanosecond)
				}
				if time.Now() != at {
					t.Errorf("it ended at %v, want %v", time.Now(), at)
				}
				for range 2 {
					if err := l.Err(); !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("its time was over: %v", err)
					}
					l.end() // which changes nothing any more
				}
			})
		})
	}
}

func TestPatienceIsOverWithTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		waited, looked := patientFor(time.Minute), patientFor(time.Minute)
		done := waited.Done()
		waited.end()
		looked.end()
		<-done
		<-looked.Done()
		for range 2 {
			for _, l := range []*patience{waited, looked} {
				if err := l.Err(); !errors.Is(err, context.Canceled) {
					t.Errorf("after the end: %v", err)
				}
			}
			<-time.After(time.Hour) // what it has said stays
		}
	})
}
