package attack

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// ofAlpha are the groups that a professional at alpha may read: the list of
// references, and what is shared now.
func (w *world) ofAlpha() []string {
	groups := with(operator, "app of "+w.alpha.pro.Name, "kept", "own")
	groups = append(groups, "programme of own", "sent to kept", "sent to own")
	for _, name := range []string{"kept", "own", "withdrawn", "deleted", "unused"} {
		groups = append(groups, "reference of "+name)
	}
	return groups
}

// sharedWithAlpha is what may be read of each account: two mappings and a
// visit, or two mappings and an answer in a programme. Each grant yields its key,
// the keys it hands out, and what was sent.
var sharedWithAlpha = map[string]map[string]int{
	"kept": {"grant": 2, "what was sent": 1, "registration": 3, "summary": 2},
	"own":  {"grant": 2, "what was sent": 1, "registration": 3, "summary": 2},
}

// playD guesses the password of a professional at alpha.
func (w *world) playD(t *testing.T) string {
	x := newThief(t, w)
	x.takePassword(w.alpha.pro)
	x.rob()
	w.expectAlpha(t, x)
	return x.String()
}

func (w *world) expectAlpha(t *testing.T, x *thief) {
	t.Helper()
	w.expect(t, x.knows, w.ofAlpha()...)
	w.tied(t, x, "kept", "own")
	w.owned(t, x, sharedWithAlpha)
}

// playDWithKeysFromBefore has, besides, every key that alpha was handed for the
// accounts that were withdrawn and deleted since.
func (w *world) playDWithKeysFromBefore(t *testing.T) string {
	x := newThief(t, w)
	x.takePassword(w.alpha.pro)
	for _, key := range w.captured {
		x.takeKey(key.Bytes())
	}
	x.rob()
	w.expectAlpha(t, x)
	return x.String()
}

// playDAtBeta reads the visits that beta's user shares, and no mapping.
func (w *world) playDAtBeta(t *testing.T) string {
	x := newThief(t, w)
	x.takePassword(w.beta.pro)
	x.rob()
	w.expect(t, x.knows, with(operator, "app of "+w.beta.pro.Name, "reference of beta")...)
	w.tied(t, x, "beta")
	w.owned(t, x, map[string]map[string]int{"beta": {"grant": 1, "wrap of a grant": 1, "registration": 1, "summary": 1}})
	return x.String()
}

// playDWhoIsOut has the password of somebody who was deactivated: it opens
// their own identity, and nothing is wrapped to that any more.
func (w *world) playDWhoIsOut(t *testing.T) string {
	x := newThief(t, w)
	x.takePassword(w.alpha.ex)
	x.rob()
	w.expect(t, x.knows, with(operator, "app of "+w.alpha.ex.Name)...)
	w.tied(t, x)
	return x.String()
}

// playDWithKeptKeys is the same person, who kept the business's keys of a
// session from before: the list of references is under the new key, and since
// the overview was opened once, so is every grant.
func (w *world) playDWithKeptKeys(t *testing.T) string {
	x := newThief(t, w)
	x.learn(w.kept)
	x.rob()
	w.expect(t, x.knows, operator...)
	w.tied(t, x)
	w.owned(t, x, map[string]map[string]int{})
	return x.String()
}

// TestTheThiefReadsNoLessThanTheDomain: what the business's own functions show
// to a professional who logs in is what the thief found by force.
func TestTheThiefReadsNoLessThanTheDomain(t *testing.T) {
	w := build(t)
	var keys *organization.Keys
	w.Update(t, func(tx store.Tx) (err error) {
		keys, err = w.enter(tx, w.alpha.pro)
		return err
	})
	found := map[string]bool{}
	w.View(t, func(r store.Reader) error {
		for o, err := range consent.OpenAll(r, w.Ring, keys, now) {
			if err != nil {
				return err
			}
			found[o.Reference] = true
		}
		return nil
	})
	want := map[string]bool{w.users["kept"].reference: true, w.users["own"].reference: true}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("shared with alpha:\n%s", diff)
	}
}
