package attack

import (
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"selvhjelp/pkg/payment"
)

// TestPurchasesCannotBeLinkedToAccounts: whoever has both databases of every day,
// before and after their compaction, and all keys, guesses no better than one in
// as many as could be.
func TestPurchasesCannotBeLinkedToAccounts(t *testing.T) {
	b := newBazaar(t).trade(10, 3)
	b.judge(4.5)
	if places := b.found(); len(places) > 0 {
		t.Errorf("secrets of the other side lie in %v", places)
	}
}

// TestTheLinkerFindsWhatIsPlanted is the control: a time to the second and the
// hash of a session's id on both sides give everybody away, also where one side
// is the log or what the provider was sent.
func TestTheLinkerFindsWhatIsPlanted(t *testing.T) {
	for leak, way := range map[string]string{"time": "time", "session": "shared", "log": "shared", "export": "shared"} {
		b := newBazaar(t)
		b.leak = leak
		hits, sum := 0, 0.0
		for _, g := range b.trade(4, 3).guesses(way) {
			hits, sum = hits+g.hit, sum+1
		}
		if float64(hits) < 0.99*sum {
			t.Errorf("%s: %d of %v were found", leak, hits, sum)
		}
	}
}

// TestASecretOfTheOtherSideIsFound is the control of the search.
func TestASecretOfTheOtherSideIsFound(t *testing.T) {
	b := newBazaar(t).trade(2, 1)
	c := b.customers[0]
	for _, leak := range []struct {
		place string
		plant func()
	}{
		{"usage", func() { put(t, b.usage.Store, "due", keyOf(payment.ID{1}), map[string]any{"p": c.Purchase}) }},
		{"payment", func() { put(t, b.books.Store, "event", keyOf(payment.ID{1}), map[string]any{"c": c.Code.Data()}) }},
		{"log", func() { b.log.WriteString("GET /voucher#" + text(c.Nonce)) }},
		{"provider", func() {
			r := httptest.NewRequest(http.MethodPost, "/v1/customers", strings.NewReader("metadata[code]="+c.Code.Grouped()))
			b.provider.ServeHTTP(httptest.NewRecorder(), r)
		}},
	} {
		before := b.found()
		if leak.plant(); slices.Contains(before, leak.place) || !slices.Contains(b.found(), leak.place) {
			t.Errorf("%s: found %v before, %v after", leak.place, before, b.found())
		}
	}
}

// guess is whether an account was traced to its purchase, and how likely that
// was by chance.
type guess struct {
	hit    int
	chance float64
	crowd  int
}

// judge fails when any way of guessing is better than chance by so many standard
// deviations, and says how each has done.
func (b *bazaar) judge(sigmas float64) {
	t := b.t
	t.Helper()
	for _, way := range []string{"shared", "time", "newest", "order"} {
		hits, mean, variance, crowd := 0, 0.0, 0.0, math.MaxInt
		for _, g := range b.guesses(way) {
			hits, mean, variance, crowd = hits+g.hit, mean+g.chance, variance+g.chance*(1-g.chance), min(crowd, g.crowd)
		}
		z := (float64(hits) - mean) / math.Sqrt(variance)
		t.Logf("%s: %d hits, %.1f by chance, %.1f standard deviations, smallest crowd %d", way, hits, mean, z, crowd)
		if z > sigmas {
			t.Errorf("%s finds %d where chance finds %.1f", way, hits, mean)
		}
	}
}

// guesses are those of one way for every account, each among the purchases that
// fit its day.
func (b *bazaar) guesses(way string) (out []guess) {
	common := b.common()
	for _, a := range b.accounts {
		fits := b.fitting(a)
		picked := pick(way, a, fits, common)
		g := guess{chance: 1 / float64(len(fits)), crowd: len(fits)}
		if picked == a.purchase {
			g.hit = 1
		}
		out = append(out, g)
	}
	return out
}

// fitting are the purchases that had been fetched and not redeemed when an
// account appeared. The thief is told which ones those are: a help that no real
// thief has.
func (b *bazaar) fitting(a *trace) []*trace {
	var out []*trace
	for _, p := range b.purchases {
		if p.day <= a.day && (p.redeemed == 0 || p.redeemed >= a.day) {
			out = append(out, p)
		}
	}
	return out
}

// pick is the purchase that a way of guessing names.
func pick(way string, a *trace, fits []*trace, common map[string]bool) *trace {
	best, least := fits[rand.IntN(len(fits))], math.Inf(1)
	for _, p := range fits {
		distance := math.Inf(1)
		switch way {
		case "shared":
			if p.shares(a, common) {
				distance = 0
			}
		case "time":
			distance = p.apart(a)
		case "newest":
			distance = float64(a.day - p.day)
		case "order":
			distance = math.Abs(a.place - p.place)
		}
		if distance < least || distance == least && rand.IntN(2) == 0 {
			best, least = p, distance
		}
	}
	return best
}
