package web_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/netaddr"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// behindProxy believes what this machine says about where a request comes from.
func behindProxy(c *config.Config) { c.Server.TrustedProxies = []string{"127.0.0.1"} }

// postFrom sends a form as somebody behind the proxy.
func (b *browser) postFrom(t *testing.T, address, path string, form url.Values) {
	t.Helper()
	b.do(t, http.MethodPost, path, form, http.Header{"X-Forwarded-For": {address}})
}

const (
	here  = "192.0.2.77"
	there = "198.51.100.88"
)

// mustWait asks that an answer is 429 with a text and a time to wait.
func (b *browser) mustWait(t *testing.T, text string) {
	t.Helper()
	wait, err := strconv.Atoi(b.header.Get("Retry-After"))
	if b.status != http.StatusTooManyRequests || err != nil || wait < 1 || !slices.Contains(attributes(b.body, "data-error"), text) {
		t.Errorf("answered %d with %q, to try again after %q", b.status, attributes(b.body, "data-error"), b.header.Get("Retry-After"))
	}
}

// Only failures count and only failures are refused: nobody can lock others out
// behind one address.
func TestARightCodeOpensOverTheLimit(t *testing.T) {
	s := newSite(t, behindProxy)
	s.service(t)
	right, _ := s.issue(t, "pro")
	b := s.browser(t)
	for n := range 300 {
		if b.postFrom(t, here, "/login", url.Values{"code": {accesscode.New().Grouped()}}); b.status != http.StatusUnauthorized {
			t.Fatalf("try %d answered %d", n+1, b.status)
		}
	}
	b.postFrom(t, here, "/login", url.Values{"code": {accesscode.New().Grouped()}})
	b.mustWait(t, "too_many")
	if b.postFrom(t, there, "/login", url.Values{"code": {accesscode.New().Grouped()}}); b.status != http.StatusUnauthorized {
		t.Errorf("from elsewhere: %d", b.status)
	}
	if b.postFrom(t, here, "/login", url.Values{"code": {"mistyped"}}); b.status != http.StatusUnprocessableEntity {
		t.Errorf("a slip: %d", b.status)
	}
	if b.postFrom(t, here, "/login", url.Values{"code": {right}}); b.location != "/me/welcome" {
		t.Errorf("the right code: %d", b.status)
	}
	s.wait(time.Minute)
	if b.postFrom(t, here, "/login", url.Values{"code": {accesscode.New().Grouped()}}); b.status != http.StatusUnauthorized {
		t.Errorf("after the wait: %d", b.status)
	}
}

func TestSlipsDoNotCountAsFailures(t *testing.T) {
	s := newSite(t, behindProxy)
	b := s.browser(t)
	for range 40 {
		b.postFrom(t, here, "/login", url.Values{"code": {"7KQ2M-9XW4T-HB3CE-N0VRB"}})
	}
	if b.postFrom(t, here, "/login", url.Values{"code": {accesscode.New().Grouped()}}); b.status != http.StatusUnauthorized {
		t.Errorf("after forty slips: %d", b.status)
	}
}

// Who is no trusted proxy cannot claim to be somebody else for each try.
func TestAClaimedAddressDoesNotEscapeTheLimit(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t)
	for n := range 301 {
		b.postFrom(t, "192.0.2."+strconv.Itoa(n%250), "/login", url.Values{"code": {accesscode.New().Grouped()}})
	}
	b.mustWait(t, "too_many")
}

// Over the limit too, unknown and revoked codes are one answer.
func TestOverTheLimitCodesCannotBeToldApart(t *testing.T) {
	s := newSite(t, behindProxy)
	s.service(t)
	used, _ := s.issue(t, "pro")
	s.take(t, used).post(t, "/me/delete", "confirm=DELETE")
	b := s.browser(t)
	for range 300 {
		b.postFrom(t, here, "/login", url.Values{"code": {accesscode.New().Grouped()}})
	}
	sizes := map[int]bool{}
	for _, code := range []string{used, accesscode.New().Grouped()} {
		b.postFrom(t, here, "/login", url.Values{"code": {code}})
		b.mustWait(t, "too_many")
		sizes[len(b.body)] = true
	}
	if len(sizes) != 1 {
		t.Errorf("the answers differ in size: %v", sizes)
	}
}

func TestLinksAndNewCodesHaveTheirLimits(t *testing.T) {
	s := newSite(t, behindProxy)
	b := s.browser(t)
	for range 60 {
		if b.postFrom(t, here, "/start", nil); b.status != http.StatusOK {
			t.Fatalf("a new code answered %d", b.status)
		}
	}
	b.postFrom(t, here, "/start", nil)
	b.mustWait(t, "too_many_starts")
	if b.postFrom(t, there, "/start", nil); b.status != http.StatusOK {
		t.Errorf("a new code from elsewhere answered %d", b.status)
	}

	s.service(t)
	for range 20 {
		if b.postFrom(t, here, "/pro/link/nonsense", nil); b.status != http.StatusGone {
			t.Fatalf("a link that is none answered %d", b.status)
		}
	}
	b.postFrom(t, here, "/pro/link/nonsense", nil)
	b.mustWait(t, "too_many")
	var token string
	s.Update(t, func(tx store.Tx) (err error) {
		token, err = organization.Invite(tx, s.Ring, organization.Link{Business: s.business.ID}, s.Now())
		return err
	})
	b.do(t, http.MethodGet, "/pro/link/"+token, nil, http.Header{"X-Forwarded-For": {here}})
	if b.status != http.StatusOK {
		t.Errorf("over the limit a right link answered %d", b.status)
	}
}

// What professionals' logins leave behind, and what nothing else does.
func TestOnlyEventsOfProfessionalsAreWrittenForTheOfficers(t *testing.T) {
	officers := []*age.HybridIdentity{officer(t), officer(t)}
	s := newSite(t, withOfficers(officers))
	s.service(t)
	b := s.browser(t)
	for range 302 { // end users: over every limit of theirs
		b.postFrom(t, there, "/login", url.Values{"code": {accesscode.New().Grouped()}})
	}
	for range 62 {
		b.postFrom(t, there, "/start", nil)
	}
	if _, err := os.Stat(netaddr.Dir(s.Dir)); !os.IsNotExist(err) {
		t.Fatal("the traffic of end users was written")
	}

	who := s.staff["pro"]
	for range 21 {
		b.postFrom(t, here, "/pro/login", url.Values{"email": {who.email}, "password": {"wrong"}, "totp": {"000000"}})
	}
	b.mustWait(t, "too_many")
	b.postFrom(t, here, "/pro/login", url.Values{"email": {who.email}, "password": {who.password}, "totp": {s.code(t, "pro")}})
	if b.location != "/pro" {
		t.Errorf("over the limit the right password answered %d", b.status)
	}
	b.postFrom(t, here, "/pro/link/nonsense", nil)

	got := map[netaddr.Event]int{}
	for _, e := range s.opened(t, officers) {
		got[e]++
	}
	if diff := cmp.Diff(map[netaddr.Event]int{
		{Day: "2026-03-02", Hour: 9, Kind: netaddr.LoginFailed, Address: here}: 20,
		{Day: "2026-03-02", Hour: 9, Kind: netaddr.LoginOver, Address: here}:   1,
		{Day: "2026-03-02", Hour: 9, Kind: netaddr.LinkRefused, Address: here}: 1,
	}, got); diff != "" {
		t.Error(diff)
	}
	s.noAddressAnywhere(t)
}

// withOfficers has the events noted for them.
func withOfficers(officers []*age.HybridIdentity) func(*config.Config) {
	return func(c *config.Config) {
		behindProxy(c)
		c.Addresses.Officers = []string{officers[0].Recipient().String(), officers[1].Recipient().String()}
	}
}

func officer(t *testing.T) *age.HybridIdentity {
	t.Helper()
	id, err := age.GenerateHybridIdentity()
	check(t, err)
	return id
}

// noAddressAnywhere searches the log after its next count, and all files.
func (s *site) noAddressAnywhere(t *testing.T) {
	t.Helper()
	s.wait(2 * time.Hour)
	s.browser(t).post(t, "/pro/link/nonsense")
	if log := s.logged(); !strings.Contains(log, `what="failed staff logins" count=20`) || !strings.Contains(log, `what="failed codes" count=300`) {
		t.Errorf("the log lacks the counts:\n%s", log)
	}
	secrets := map[string]string{"one address": here, "another": there, "its bytes": "\xc0\x00\x02\x4d"}
	for _, found := range search([]byte(s.logged()), secrets) {
		t.Errorf("the log holds: %s", found)
	}
	for _, dir := range []string{filepath.Dir(s.Path), s.Dir, netaddr.Dir(s.Dir)} {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		check(t, err)
		for _, file := range files {
			if info, err := os.Stat(file); err != nil || info.IsDir() {
				continue
			}
			raw, err := os.ReadFile(file)
			check(t, err)
			for _, found := range search(raw, map[string]string{"one address": here, "another": there}) {
				t.Errorf("%s holds: %s", filepath.Base(file), found)
			}
		}
	}
}

// opened is what both officers read of today.
func (s *site) opened(t *testing.T, officers []*age.HybridIdentity) []netaddr.Event {
	t.Helper()
	bundle, slip, err := netaddr.Release(netaddr.Dir(s.Dir), s.Ring, deadline.DayOf(s.Now()), netaddr.Slip{Who: "Kari"})
	check(t, err)
	_, events, err := netaddr.Open(bundle, slip, officers)
	check(t, err)
	return events
}

func TestAResetThatIsUsedIsNoted(t *testing.T) {
	officers := []*age.HybridIdentity{officer(t), officer(t)}
	s := newSite(t, withOfficers(officers))
	s.service(t)
	super := staffIn(t, s, "super")
	super.post(t, "/pro/staff/reset", "professional="+staffID(t, super, "pro"))
	super.get(t, "/pro/staff")
	link := attributes(super.body, "data-link")[0]
	staffAccept(t, s, strings.TrimPrefix(link, s.URL))
	if events := s.opened(t, officers); len(events) != 1 || events[0].Kind != netaddr.ResetUsed {
		t.Errorf("noted: %v", events)
	}
}
