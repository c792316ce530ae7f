//go:build long

package campaign

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/account"
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// mount makes a disk of so many bytes, which needs root.
func mount(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	check(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size))
	t.Cleanup(func() { check(t, syscall.Unmount(dir, 0)) })
	return dir
}

// enlarge makes room on such a disk.
func enlarge(t *testing.T, dir, size string) {
	t.Helper()
	check(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size="+size))
}

// TestAFullDiskRefusesContentAndNothingElse fills a disk of 10 MiB, of which the
// sessions hold a part, under a configuration that promises more. Somebody with
// hundreds of registrations, which a business reads, then leaves. What the disk
// has no room to clear away at once, and nobody can read any more, goes with the
// first sweep that finds room.
func TestAFullDiskRefusesContentAndNothingElse(t *testing.T) {
	in := install(t, settings{data: mount(t, "10m"), limits: `max_bytes = "64MiB"`})
	leaver, others := in.sharing(), in.clients(40)
	in.ballast(3 << 19) // about 3 MiB of the file, until the first night
	s := in.start()
	for _, c := range append(others, leaver) {
		check(t, c.enter())
	}
	for range 400 {
		if a, err := leaver.save(); err != nil || leaver.open != nil {
			t.Fatalf("a registration answered %d, %v", a.status, err)
		}
	}
	stayer := fill(t, others)
	t.Logf("full after %d and %d registrations", len(leaver.saved), entries(others))

	leaver.reads(t)
	for _, c := range append(others, leaver) {
		c.comesBack(t)
	}
	leaver.withdraws(t)
	leaver.leaves(t)
	if a, err := stayer.save(); err != nil || stayer.open != nil {
		t.Errorf("saving after somebody left answered %d, %v", a.status, err)
	}
	audit(t, others)
	enlarge(t, in.data, "20m")
	if out, err := in.run("sweep"); err != nil {
		t.Errorf("sweep: %s", out)
	}
	s.stop()
	if out, err := in.run("check"); err != nil {
		t.Errorf("check: %s", out)
	}
	in.through(func(w *domaintest.World) {
		if n := w.Count(t, "reg"); n != entries(others)+len(others) { // each has a day of use
			t.Errorf("%d records are stored, of %d registrations by %d who stayed", n, entries(others), len(others))
		}
	})
}

// ballast stands for what people have stored before.
func (in *installation) ballast(bytes int) {
	in.t.Helper()
	in.through(func(w *domaintest.World) {
		w.Update(in.t, func(tx store.Tx) (err error) {
			for n := 0; n < bytes>>10 && err == nil; n++ {
				err = tx.Put("ballast", fmt.Append(nil, n), make([]byte, 900))
			}
			return err
		})
	})
}

// sharing makes an account that shares its mappings with a business.
func (in *installation) sharing() *client {
	in.t.Helper()
	c := in.client(accesscode.New())
	now := time.Now()
	in.through(func(w *domaintest.World) {
		b, _, _ := w.Business(in.t, now)
		w.Update(in.t, func(tx store.Tx) error {
			a, _, err := account.Create(tx, w.Ring, account.Start{Code: c.code, Language: "en"}, now)
			if err != nil {
				return err
			}
			s := consent.Connect(a, b.ID, "ABC234")
			if err := consent.Share(tx, a, b, s, []string{vault.Mapping}, now); err != nil {
				return err
			}
			return a.Save(tx)
		})
	})
	return c
}

// fill has everybody save in turn until there is no room, and returns who was
// told so.
func fill(t *testing.T, clients []*client) *client {
	t.Helper()
	for n := range 40_000 {
		c := clients[n%len(clients)]
		a, err := c.save()
		check(t, err)
		if c.open == nil {
			continue
		}
		if a.status != http.StatusInsufficientStorage || !strings.Contains(a.body, `data-error="full"`) {
			t.Fatalf("a registration on a full disk answered %d", a.status)
		}
		return c
	}
	t.Fatal("the disk never got full")
	return nil
}

// reads wants every page, and everything that was acknowledged.
func (c *client) reads(t *testing.T) {
	t.Helper()
	for _, path := range []string{"/me", "/me/development", "/me/registrations", "/me/settings", "/me/data", "/privacy"} {
		if a, err := c.get(path); err != nil || a.status != http.StatusOK {
			t.Errorf("%s answered %d, %v", path, a.status, err)
		}
	}
	e, err := c.export()
	check(t, err)
	for _, f := range c.compare(e) {
		t.Error(f)
	}
}

// comesBack logs out and in.
func (c *client) comesBack(t *testing.T) {
	t.Helper()
	if a, err := c.post("/logout", url.Values{}); err != nil || a.location != "/" {
		t.Errorf("logging out answered %d, %v", a.status, err)
	}
	if a, err := c.get("/me"); err != nil || a.status != http.StatusSeeOther {
		t.Errorf("after logging out a page answered %d, %v", a.status, err)
	}
	check(t, c.enter())
}

// withdraws ends the sharing.
func (c *client) withdraws(t *testing.T) {
	t.Helper()
	if a, err := c.post("/me/sharing", url.Values{"action": {"stop"}}); err != nil || a.location != "/me/settings" {
		t.Errorf("ending the sharing answered %d, %v", a.status, err)
	}
	if a, err := c.get("/me"); err != nil || !strings.Contains(a.body, `data-shared="no"`) {
		t.Errorf("it is still shared: %d, %v", a.status, err)
	}
}

// leaves deletes the account, whose code then opens nothing.
func (c *client) leaves(t *testing.T) {
	t.Helper()
	if a, err := c.post("/me/delete", url.Values{"confirm": {"DELETE"}}); err != nil || a.location != "/deleted" {
		t.Errorf("deleting everything answered %d, %v", a.status, err)
	}
	if a, err := c.login(); err != nil || a.status != http.StatusUnauthorized {
		t.Errorf("the code of a deleted account answered %d, %v", a.status, err)
	}
}
