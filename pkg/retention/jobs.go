package retention

import (
	"context"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

const sweepTime = "5 0 * * *" // five past midnight, UTC: never skipped or doubled by summer time

// Run sweeps once at the start, which makes up for missed runs, and then every
// night until ctx ends. A sweep that is still running is not started again. done
// is told what came of each; a panic is an error of that sweep and ends nothing.
func Run(ctx context.Context, s Sweeper, now func() time.Time, done func(Report, error)) {
	sweep := func() {
		defer func() {
			if p := recover(); p != nil {
				done(Report{}, fmt.Errorf("retention: panic of type %T", p))
			}
		}()
		done(s.Sweep(ctx, now(), false))
	}
	jobs := cron.New(cron.WithLocation(time.UTC), cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger)))
	if _, err := jobs.AddFunc(sweepTime, sweep); err != nil {
		panic(err) // the time is ours
	}
	sweep()
	jobs.Start()
	<-ctx.Done()
	<-jobs.Stop().Done()
}
