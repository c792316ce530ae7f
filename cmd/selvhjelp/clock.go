package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync/atomic"
	"time"

	"selvhjelp/pkg/control"
	"selvhjelp/pkg/deadline"
)

// clock is the time that an installation goes by. That of a demo can be some days
// ahead of the real one.
type clock struct{ ahead atomic.Int64 } // days

func (c *clock) now() time.Time {
	if ahead := c.ahead.Load(); ahead != 0 {
		return time.Now().AddDate(0, 0, int(ahead))
	}
	return time.Now()
}

// goTo makes it a day, which must not be before the one that it is.
func (c *clock) goTo(text string) error {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return errors.New("-day: give a day such as 2026-01-31")
	}
	ahead := int64(deadline.DayOf(day) - deadline.DayOf(time.Now()))
	if ahead < c.ahead.Load() {
		return errors.New("-day: this day is over; a demo only goes forward")
	}
	c.ahead.Store(ahead)
	return nil
}

// goToDay is what a demo does that is told of another day while it runs. Only what
// the command demo has started is one: the command serve goes by the real time,
// whatever folder it is given.
func (in *installation) goToDay(r control.Request) (string, error) {
	if in.fake == nil || !in.isDemo() {
		return "", errors.New("this is not a demo")
	}
	if err := in.clock.goTo(r.Args["day"]); err != nil {
		return "", err
	}
	return fmt.Sprintf("it is %s in the demo now\n", r.Args["day"]), nil
}

// tellDemo tells the demo that runs on a folder of another day. It reports
// whether one does.
func tellDemo(ctx context.Context, dir, day string, out io.Writer) (runs bool, err error) {
	if dir == "" || day == "" {
		return false, nil
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return false, err
	}
	text, err := control.Call(ctx, demoConfig(dir, "").Data.Dir, control.Request{Command: "demo day", Args: map[string]string{"day": day}})
	if errors.Is(err, control.ErrNoServer) {
		return false, nil
	}
	_, printed := io.WriteString(out, text)
	return true, errors.Join(err, printed)
}
