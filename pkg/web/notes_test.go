package web_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"selvhjelp/assets"
)

// The account's half of the notes' key stays through a change of the code, is
// one of its own for every account, and is handed to nobody else.
func TestTheNotesKeyBelongsToTheAccountAndNotToTheCode(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	code, _ := s.issue(t, "pro")
	another, _ := s.issue(t, "pro")
	one, other := s.take(t, code), s.take(t, another)
	one.post(t, "/me/notes/key")
	key := one.body
	one.post(t, "/me/notes/key")
	if one.status != 200 || one.body != key || len(key) != len(`{"key":""}`)+43 {
		t.Errorf("%d %d bytes, the same: %v", one.status, len(one.body), one.body == key)
	}
	other.post(t, "/me/notes/key")
	if other.body == key {
		t.Error("two accounts have the same key")
	}
	one.post(t, "/me/code")
	fresh := regexp.MustCompile(`data-access-code="([^"]+)"`).FindStringSubmatch(one.body)[1]
	one.post(t, "/me/code/confirm", "last_group="+fresh[len(fresh)-5:])
	one.post(t, "/me/notes/key")
	if one.body != key {
		t.Error("the change of the code has changed the key: notes would be lost")
	}
	one.get(t, "/me/export")
	if strings.Contains(one.body, strings.Split(key, `"`)[3]) {
		t.Error("the download holds the key")
	}
	stranger := s.browser(t)
	stranger.post(t, "/me/notes/key")
	if strings.Contains(stranger.body, `"key"`) {
		t.Error("somebody who is not logged in got a key")
	}
}

// TestTheScriptOfNotesSendsNothing: what it is built on asks for the account's
// half of the key, and none of them has other means to reach anybody. What could
// not be sent is kept in the browser's shelves, notes are not.
func TestTheScriptOfNotesSendsNothing(t *testing.T) {
	const banned = `XMLHttpRequest|sendBeacon|WebSocket|EventSource|BroadcastChannel|postMessage|submit|requestSubmit|src|eval|Function|` +
		`innerHTML|outerHTML|insertAdjacentHTML|document\.write|caches|cookie|console|style`
	const shelves = `|localStorage|sessionStorage`
	for name, more := range map[string]string{"device.js": shelves, "notes.js": shelves + `|fetch`, "unsent.js": `|fetch`} {
		if found := regexp.MustCompile(`\b(`+banned+more+`)\b`).FindAllString(staticScript(t, name), -1); found != nil {
			t.Errorf("%s uses %q", name, found)
		}
	}
	script := staticScript(t, "device.js")
	if n := strings.Count(script, "fetch("); n != 1 || !strings.Contains(script, "fetch('/me/notes/key', { method: 'POST', headers: { Accept: 'application/json' }, redirect: 'error' })") {
		t.Errorf("%d requests, or one that carries something", n)
	}
}

func staticScript(t *testing.T, name string) string {
	t.Helper()
	raw, err := fs.ReadFile(assets.FS, "static/"+name)
	check(t, err)
	return string(raw)
}
