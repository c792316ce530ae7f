package web

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/netaddr"
)

// limit bounds what one address can try. Only failures count, and only failures
// are refused: a right code works whatever others behind the same address have
// done, so nobody can lock them out. A password costs us much to try, so that over
// the limit only one is tried every few seconds, right or wrong.
type limit struct {
	*netaddr.Limiter
	within, over tally
	problem      string // the text over the limit
}

// limits are those of all addresses, in memory alone. Many people may share an
// address (a school, a ward), so each is wide; a code cannot be guessed anyway.
type limits struct {
	codes  limit // codes that open nothing, which cost us next to nothing; slips do not count
	staff  limit // professionals' logins; each costs us a derived key
	keys   limit // keys that are derived over that limit, whether the password is right or wrong
	links  limit // invitations and resets that are used up
	tokens limit // tokens that are none, and purchase numbers of nobody
	buys   limit // purchases, where everybody counts: each asks the payment provider
	starts limit // new codes, where everybody counts: a whole class may start at once
}

func newLimits() limits {
	return limits{
		codes:  limit{netaddr.NewLimiter(300, time.Second), failedCodes, limitedCodes, "too_many"},
		staff:  limit{netaddr.NewLimiter(20, time.Minute), failedStaff, limitedStaff, "too_many"},
		keys:   limit{netaddr.NewLimiter(10, 5*time.Second), triedStaff, untriedStaff, "too_many_logins"},
		links:  limit{netaddr.NewLimiter(20, time.Minute), refusedLinks, limitedLinks, "too_many"},
		tokens: limit{netaddr.NewLimiter(60, 10*time.Second), failedTokens, limitedTokens, "too_many"},
		buys:   limit{netaddr.NewLimiter(60, 10*time.Second), newPurchases, limitedPurchases, "too_many"},
		starts: limit{netaddr.NewLimiter(60, 10*time.Second), newStarts, limitedStarts, "too_many_starts"},
	}
}

// within counts what the request has tried. Over the limit it is the problem to
// answer with, and the answer says when to try again; otherwise nil.
func (s *Server) within(c *fiber.Ctx, l limit) *problem {
	wait := l.Note(s.addresses.From(c.Context()), s.now())
	if wait == 0 {
		s.tallied(l.within)
		return nil
	}
	s.tallied(l.over)
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(wait.Seconds())))
	return problemOf(fiber.StatusTooManyRequests, l.problem)
}

// failed is the problem of a failed try: instead while within the limit.
func (s *Server) failed(c *fiber.Ctx, l limit, instead *problem) *problem {
	if p := s.within(c, l); p != nil {
		return p
	}
	return instead
}

// event notes a security event of staff or professionals with the address it
// came from, for the officers alone. Nothing else waits for it.
func (s *Server) event(c *fiber.Ctx, kind netaddr.Kind) {
	if err := s.journal.Write(kind, s.addresses.From(c.Context()), s.now()); err != nil {
		s.log.Error("journal of addresses", "error", class(err))
	}
}

// tally is a class of requests that are counted, never told apart.
type tally int

const (
	failedCodes tally = iota
	limitedCodes
	failedStaff
	limitedStaff
	triedStaff
	untriedStaff
	refusedLinks
	limitedLinks
	newStarts
	limitedStarts
	refusedRequests
	failedTokens
	limitedTokens
	usedTokens
	newPurchases
	limitedPurchases
	forgedMessages
	turnedAway
	tallies
)

var tallyNames = [tallies]string{"failed codes", "failed codes over the limit", "failed staff logins",
	"failed staff logins over the limit", "staff logins tried over the limit", "staff logins not tried", "refused links", "refused links over the limit",
	"new codes", "new codes over the limit", "unreadable requests",
	"failed tokens", "failed tokens over the limit", "used tokens", "new purchases", "new purchases over the limit", "forged messages",
	"connections turned away"}

// counts are the counts of the running hour.
type counts struct {
	since atomic.Int64 // seconds since 1970; 0 before the first
	of    [tallies]atomic.Int64
}

// tallied counts one. The log gets the sums, at most once an hour.
func (s *Server) tallied(t tally) {
	s.counts.of[t].Add(1)
	now, since := s.now().Unix(), s.counts.since.Load()
	if since == 0 {
		s.counts.since.CompareAndSwap(0, now)
		return
	}
	if now-since < int64(time.Hour/time.Second) || !s.counts.since.CompareAndSwap(since, now) {
		return
	}
	for i, name := range tallyNames {
		if n := s.counts.of[i].Swap(0); n > 0 {
			s.log.Info("counted", "what", name, "count", n)
		}
	}
}
