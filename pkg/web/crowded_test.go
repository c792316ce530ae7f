package web_test

import (
	"strings"
	"testing"
	"time"
)

// TestTheLogCountsWhoWasTurnedAway, once an hour and without anything of them.
func TestTheLogCountsWhoWasTurnedAway(t *testing.T) {
	s := newSite(t, nil)
	s.browser(t).get(t, "/")
	for range 3 {
		s.server.TurnedAway()
	}
	s.wait(time.Hour)
	s.server.TurnedAway()
	if log := s.logged(); !strings.Contains(log, `what="connections turned away" count=4`) {
		t.Errorf("the log: %s", log)
	}
}
