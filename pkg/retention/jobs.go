package retention

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

const nightTime = "5 0 * * *" // five past midnight, UTC: never skipped or doubled by summer time

// Run catches up once at the start, which makes up for missed runs, and then
// takes every night until ctx ends. A night that is still running is not started
// again. done is told what came of each; a panic is an error of that night and
// ends nothing.
func Run(ctx context.Context, n *Night, now func() time.Time, done func(Report, error)) {
	guarded := func(do func() (Report, error)) {
		defer func() {
			if p := recover(); p != nil {
				done(Report{}, fmt.Errorf("retention: panic of type %T", p))
			}
		}()
		done(do())
	}
	jobs := cron.New(cron.WithLocation(time.UTC), cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger)))
	if _, err := jobs.AddFunc(nightTime, func() {
		guarded(func() (Report, error) { return n.byClock(ctx, now(), n.unconfirmed) })
	}); err != nil {
		panic(err) // the time is ours
	}
	guarded(func() (Report, error) { return n.byClock(ctx, now(), n.CatchUp) })
	jobs.Start()
	<-ctx.Done()
	<-jobs.Stop().Done()
}

func (n *Night) unconfirmed(ctx context.Context, now time.Time) (Report, error) {
	return n.Run(ctx, now, false)
}

// byClock is a job at the time that the clock says.
func (n *Night) byClock(ctx context.Context, now time.Time, job func(context.Context, time.Time) (Report, error)) (Report, error) {
	wrong, fault := n.Clock(ctx, now)
	report, err := job(ctx, now)
	report.Wrong = wrong
	return report, errors.Join(fault, err)
}
