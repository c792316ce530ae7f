package account

import (
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/vault"
)

// closeMonths are the months without use after which a login says how near the
// retirement was: its day could have fallen within three months.
const closeMonths = 12*retirementYears - 3

// LastDay is the last day on which an account's code works if it is never used
// again.
func LastDay(a *vault.Account) deadline.Day { return deadline.KeyDay(a.Data.Retirement) - 1 }

// Narrow returns the month, as year*12 + month - 1, in which an account would
// have been retired without the use that begins now, when it was so long unused
// that this was near; 0 otherwise.
func Narrow(a *vault.Account, now time.Time) int {
	if month(now)-a.Data.UsedMonth <= closeMonths {
		return 0
	}
	return month(deadline.KeyDay(a.Data.Retirement).Start())
}
