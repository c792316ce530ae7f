//go:build long

package campaign

import (
	"bufio"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/retention"
	"selvhjelp/store"
)

const (
	codesOfAKind  = 200
	loginsOfAKind = 4000
	difference    = 1.05 // between two of one quartile, to be told apart
)

// TestCodesThatOpenNothingTakeEquallyLong tries codes of every kind, shuffled,
// one after the other. The control: a mistyped code, which no login is tried
// with, is told apart by the same measure.
func TestCodesThatOpenNothingTakeEquallyLong(t *testing.T) {
	in := install(t, settings{server: `trusted_proxies = ["127.0.0.0/8"]`})
	codes := in.deadCodes()
	s := in.start()
	q := quartiles(in.measure(codes))
	s.stop()
	for _, kind := range slices.Sorted(maps.Keys(q)) {
		t.Logf("%-22s %v", kind, q[kind])
	}
	if apart(q) == "" {
		t.Error("mistyped codes are not told apart")
	}
	delete(q, "mistyped")
	if which := apart(q); which != "" {
		t.Error(which)
	}
}

// deadCodes makes codes that open nothing, by what they once opened. The last
// sweep is far back, so that the server leaves alone what is due.
func (in *installation) deadCodes() map[string][]string {
	in.t.Helper()
	codes := map[string][]string{}
	now := time.Now()
	in.through(func(w *domaintest.World) {
		_, err := retention.Sweeper{Store: w.Store, Ring: w.Ring}.Sweep(in.t.Context(), now.AddDate(0, 0, -10), true)
		check(in.t, err)
		for kind, end := range ends {
			for range codesOfAKind {
				code := accesscode.New()
				w.Update(in.t, func(tx store.Tx) error { return end(tx, w, code, now) })
				codes[kind] = append(codes[kind], code.Grouped())
			}
		}
	})
	for _, code := range codes["unknown"] {
		last := map[bool]string{true: "1", false: "0"}[strings.HasSuffix(code, "0")]
		codes["mistyped"] = append(codes["mistyped"], code[:len(code)-1]+last)
	}
	return codes
}

// ends are the ways in which a code comes to open nothing.
var ends = map[string]func(tx store.Tx, w *domaintest.World, code accesscode.Code, now time.Time) error{
	"unknown": func(store.Tx, *domaintest.World, accesscode.Code, time.Time) error { return nil },
	"deleted": func(tx store.Tx, w *domaintest.World, code accesscode.Code, now time.Time) error {
		a, ref, err := account.Create(tx, w.Ring, account.Start{Code: code}, now)
		if err != nil {
			return err
		}
		due, err := account.Delete(tx, a, ref.Lookup, now)
		if err != nil {
			return err
		}
		_, err = account.Erase(tx, w.Ring, a.ID, due)
		return err
	},
	"retired": func(tx store.Tx, w *domaintest.World, code accesscode.Code, now time.Time) error {
		if err := unused(tx, w, code, now); err != nil {
			return err
		}
		return account.Retire(tx, w.Ring, w.Ring.Lookup(code), now)
	},
	"retired, not swept": unused,
	"lapsed": func(tx store.Tx, w *domaintest.World, code accesscode.Code, now time.Time) error {
		if err := late(tx, w, code, now); err != nil {
			return err
		}
		return account.Lapse(tx, w.Ring.Lookup(code), now)
	},
	"lapsed, not swept": late,
	"revoked": func(tx store.Tx, w *domaintest.World, code accesscode.Code, now time.Time) error {
		open, err := issue(tx, w, code, deadline.DayOf(now)+300)
		if err != nil {
			return err
		}
		return account.Revoke(tx, open)
	},
}

// unused makes an account that has not been used for six years.
func unused(tx store.Tx, w *domaintest.World, code accesscode.Code, now time.Time) error {
	a, _, err := account.Create(tx, w.Ring, account.Start{Code: code}, now.AddDate(-6, 0, 0))
	if err != nil {
		return err
	}
	return a.Save(tx)
}

// late issues a code whose last day was yesterday.
func late(tx store.Tx, w *domaintest.World, code accesscode.Code, now time.Time) error {
	_, err := issue(tx, w, code, deadline.DayOf(now)-1)
	return err
}

func issue(tx store.Tx, w *domaintest.World, code accesscode.Code, useBy deadline.Day) ([]byte, error) {
	return account.Issue(tx, w.Ring, code, organization.NewID(), "ABC234", useBy)
}

// measure tries the codes in random order over one connection, each from
// another address as a proxy would name it, and returns how long the answers
// took. They must be of equal status and size.
func (in *installation) measure(codes map[string][]string) map[string][]time.Duration {
	in.t.Helper()
	var order []string
	for kind := range codes {
		order = append(order, slices.Repeat([]string{kind}, loginsOfAKind)...)
	}
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	conn, err := net.Dial("tcp", strings.TrimPrefix(in.url, "http://"))
	check(in.t, err)
	defer conn.Close()
	in.inTurn(conn, codes, order[:200]) // what is slow once
	return in.inTurn(conn, codes, order)
}

// inTurn sends one login after the other.
func (in *installation) inTurn(conn net.Conn, codes map[string][]string, order []string) map[string][]time.Duration {
	in.t.Helper()
	took := map[string][]time.Duration{}
	answers := bufio.NewReader(conn)
	sizes := map[string]int64{}
	for _, kind := range order {
		request := in.loginRequest(codes[kind][rand.IntN(codesOfAKind)])
		begun := time.Now()
		_, err := conn.Write([]byte(request))
		check(in.t, err)
		resp, err := http.ReadResponse(answers, nil)
		check(in.t, err)
		_, err = answers.Discard(int(resp.ContentLength))
		took[kind] = append(took[kind], time.Since(begun))
		check(in.t, err)
		if want := map[bool]int{true: 422, false: 401}[kind == "mistyped"]; resp.StatusCode != want {
			in.t.Fatalf("%s: status %d", kind, resp.StatusCode)
		}
		sizes[kind] = resp.ContentLength
	}
	delete(sizes, "mistyped")
	if list := slices.Sorted(maps.Values(sizes)); list[0] != list[len(list)-1] {
		in.t.Errorf("the answers differ in size: %v", sizes)
	}
	return took
}

func (in *installation) loginRequest(code string) string {
	body := url.Values{"code": {code}}.Encode()
	return fmt.Sprintf("POST /login HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: 10.%d.%d.%d\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		strings.TrimPrefix(in.url, "http://"), rand.IntN(256), rand.IntN(256), rand.IntN(256), len(body), body)
}

// quartiles are the first, the median and the third of each kind.
func quartiles(took map[string][]time.Duration) map[string][3]time.Duration {
	out := map[string][3]time.Duration{}
	for kind, list := range took {
		slices.Sort(list)
		n := len(list)
		out[kind] = [3]time.Duration{list[n/4], list[n/2], list[3*n/4]}
	}
	return out
}

// apart names two kinds that one of their quartiles tells apart, if there are.
func apart(q map[string][3]time.Duration) string {
	for n, name := range []string{"first quartile", "median", "third quartile"} {
		by := func(a, b string) int { return int(q[a][n] - q[b][n]) }
		kinds := slices.SortedFunc(maps.Keys(q), by)
		low, high := kinds[0], kinds[len(kinds)-1]
		if float64(q[high][n]) > difference*float64(q[low][n]) {
			return fmt.Sprintf("%s: %q takes %v and %q %v", name, low, q[low][n], high, q[high][n])
		}
	}
	return ""
}
