package web

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// buyerScripts are the modules of the buyer's pages.
var buyerScripts = []string{"blind.js", "symbols.js", "purchase.js", "steps.js", "buy.js", "mypurchase.js", "qr.js", "issuers.js"}

func TestTheScriptsOfABuyerAreSmallAndOurOwn(t *testing.T) {
	elsewhere := regexp.MustCompile(`(?i)https?:|wss?:|["'(]//|url\(|\bimport\(|from '[^.]|from '\.[^/]`)
	for _, name := range buyerScripts {
		content := staticFile(t, name)
		if n := len(content); n == 0 || n > 6<<10 {
			t.Errorf("%s has %d bytes", name, n)
		}
		if found := elsewhere.FindAllString(content, -1); found != nil {
			t.Errorf("%s reaches for %q", name, found)
		}
		for _, m := range imported.FindAllStringSubmatch(content, -1) {
			if !slices.Contains(buyerScripts, m[1]) {
				t.Errorf("%s imports %s", name, m[1])
			}
		}
	}
}

// TestWhatIsKeptAndSentStandsInOnePlaceEach: purchase.js asks the server and
// steps.js keeps; a voucher waits in its tab. No other module can.
func TestWhatIsKeptAndSentStandsInOnePlaceEach(t *testing.T) {
	for word, owners := range map[string][]string{
		`\bfetch\(`:          {"purchase.js"},
		`\blocalStorage\b`:   {"steps.js"},
		`\bsessionStorage\b`: {"buy.js"},
		`\b(eval|Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|indexedDB|caches|cookie|console|XMLHttpRequest|sendBeacon|WebSocket|EventSource)\b|\.style\b`: nil,
	} {
		for _, name := range buyerScripts {
			if found := regexp.MustCompile(word).FindString(staticFile(t, name)); found != "" && !slices.Contains(owners, name) {
				t.Errorf("%s uses %s", name, found)
			}
		}
	}
	if asked := staticFile(t, "purchase.js"); !strings.Contains(asked, "credentials: 'omit', referrerPolicy: 'no-referrer'") {
		t.Error("the server is asked with cookies or with a referrer")
	}
}

// TestTheNameOfAScriptHoldsTheKeysThatItTakes: with another key every module
// that depends on it has another name, and the others keep theirs.
func TestTheNameOfAScriptHoldsTheKeysThatItTakes(t *testing.T) {
	raw := map[string][]byte{}
	for _, name := range append(buyerScripts, "app.css") {
		raw[name] = []byte(staticFile(t, name))
	}
	one := newStatics(raw).with("issuers.js", issuersModule([]issuerKey{{"access", "aa", 2026, false}}))
	other := one.with("issuers.js", issuersModule([]issuerKey{{"access", "ab", 2026, false}}))
	for name, differs := range map[string]bool{"issuers.js": true, "purchase.js": true, "buy.js": true, "mypurchase.js": true, "blind.js": false, "app.css": false} {
		if (one.url(name) != other.url(name)) != differs {
			t.Errorf("%s: %s and %s", name, one.url(name), other.url(name))
		}
	}
	script := string(one.files[one.url("buy.js")])
	if !strings.Contains(script, "from '"+one.url("purchase.js")+"'") || strings.Contains(script, "'./") {
		t.Error("buy.js imports by another name than the one that is served")
	}
	if !strings.Contains(string(one.files[one.url("issuers.js")]), "'aa'") {
		t.Error("the fingerprint is not in the script")
	}
}
