package web_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// traces are the forms in which a secret might be left behind.
func traces(secret string) map[string][]byte {
	plain := []byte(secret)
	return map[string][]byte{
		"plain":      plain,
		"no hyphens": []byte(strings.ReplaceAll(secret, "-", "")),
		"lower case": []byte(strings.ToLower(secret)),
		"hex":        []byte(hex.EncodeToString(plain)),
		"base64":     []byte(base64.RawStdEncoding.EncodeToString(plain)),
		"base64url":  []byte(base64.RawURLEncoding.EncodeToString(plain)),
		"escaped":    []byte(strings.NewReplacer("@", "%40", " ", "+").Replace(secret)),
	}
}

// search names the secrets that content holds, never the secrets themselves.
func search(content []byte, secrets map[string]string) []string {
	var out []string
	for name, secret := range secrets {
		for form, trace := range traces(secret) {
			if bytes.Contains(content, trace) {
				out = append(out, fmt.Sprintf("%s (%s)", name, form))
			}
		}
	}
	return out
}

// TestNothingPersonalReachesFilesOrLogs runs every journey with known codes,
// names and answers, makes the server fail too, and searches what is left.
func TestNothingPersonalReachesFilesOrLogs(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	secrets := map[string]string{"business": "Fjordklinikken", "professional": "Fagperson pro", "e-mail": "pro@klinikk.example",
		"instrument": `"phq9"`, "answer": `"q7":3`, "band": "moderate", "password": s.staff["pro"].password, "TOTP secret": s.staff["pro"].totp}

	code, reference := s.issue(t, "pro")
	secrets["issued code"], secrets["reference"] = code, reference
	anna := s.browser(t)
	anna.post(t, "/login", "code="+code)
	anna.post(t, "/me/welcome", "category=mapping", "own_code=yes")
	anna.get(t, "/start/confirm")
	own := attributes(anna.body, "data-access-code")[0]
	secrets["own code"], secrets["last group"] = own, own[18:]
	anna.post(t, "/start/confirm", "last_group="+own[18:])
	anna.post(t, "/me/mapping/phq9/answers", "item=q1", "value=2")
	anna.post(t, "/me/mapping/phq9", "q1=2", "q2=3", "q3=1", "q4=0", "q5=1", "q6=0", "q7=3", "q8=1", "q9=1")
	s.operator(t)
	secrets["message"] = "words-of-a-message"
	anna.post(t, "/me/messages", "kind=suggestion", "text="+secrets["message"])
	anna.get(t, "/me/messages")
	s.operatorIn(t).get(t, "/staff/requests/"+attributes(anna.body, "data-message")[0])
	secrets["session"] = cookie(t, anna, "s")
	pro := s.browser(t)
	pro.post(t, "/pro/login", "email="+s.staff["pro"].email, "password="+s.staff["pro"].password, "totp="+s.code(t, "pro"))
	for _, path := range []string{"/pro", "/pro/users/" + reference, "/pro/audit", "/pro/staff", "/pro/codes",
		"/pro/export?format=csv", "/pro/users/" + reference + "/export?format=json", "/pro/users/" + reference + "/end", "/pro/profile/export"} {
		pro.get(t, path)
		if pro.status != 200 {
			t.Fatalf("%s answered %d", path, pro.status)
		}
	}
	stranger := s.browser(t)
	stranger.post(t, "/login", "code="+own[:20]+"QQQ")
	stranger.get(t, "/me/registrations/"+own)
	stranger.get(t, "/pro/link/"+own)
	check(t, s.Store.Close()) // from now on the server fails
	for _, path := range []string{"/me", "/me/settings"} {
		anna.get(t, path)
	}
	anna.post(t, "/login", "code="+own)
	if anna.status < 500 || s.logged() == "" {
		t.Fatal("the server was to fail and to say so in its log")
	}

	for _, found := range search([]byte(s.logged()), secrets) {
		t.Errorf("the log holds: %s", found)
	}
	for _, dir := range []string{filepath.Dir(s.Path), s.Dir} {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		check(t, err)
		for _, file := range files {
			raw, err := os.ReadFile(file)
			check(t, err)
			for _, found := range search(raw, secrets) {
				t.Errorf("%s holds: %s", filepath.Base(file), found)
			}
		}
	}
}

func TestTheSearchFindsWhatIsPlanted(t *testing.T) {
	secrets := map[string]string{"code": "7KQ2M-9XW4T-HB3CE-N0VRA", "e-mail": "pro@klinikk.example"}
	for form, planted := range traces(secrets["code"]) {
		if form == "escaped" {
			continue
		}
		if len(search(append([]byte("path=/login "), planted...), secrets)) == 0 {
			t.Errorf("a code in the form %q was not found", form)
		}
	}
	if len(search([]byte("email=pro%40klinikk.example"), secrets)) == 0 {
		t.Error("an escaped e-mail address was not found")
	}
	if found := search([]byte("nothing of note"), secrets); len(found) > 0 {
		t.Errorf("found %v in nothing", found)
	}
}

func cookie(t testing.TB, b *browser, name string) string {
	t.Helper()
	at, err := url.Parse(b.base)
	check(t, err)
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == name {
			return c.Value
		}
	}
	t.Fatalf("there is no cookie %s", name)
	return ""
}
