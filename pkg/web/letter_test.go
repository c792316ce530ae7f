package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"selvhjelp/assets"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/mail"
	"selvhjelp/pkg/mailtest"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/web"
)

// post is a site whose letters go to a mail server.
func post(t *testing.T, kind mailtest.Kind) (*site, *mailtest.Server) {
	t.Helper()
	server := mailtest.Start(t, kind)
	sender, err := mail.New(mail.Options{Host: server.Host, Port: server.Port, TLS: mail.STARTTLS, From: "post@selvhjelp.example", Roots: server.Roots})
	check(t, err)
	s := newSiteOn(t, domaintest.Open(t), nil, func(o *web.Options) { o.Mail = sender })
	s.service(t)
	return s, server
}

var linkInLetter = regexp.MustCompile(`https?://\S+/pro/link/\S+`)

// arrived is the only letter, and the path of the link in it.
func arrived(t *testing.T, s *site, server *mailtest.Server) (mailtest.Letter, string) {
	t.Helper()
	letters := server.Letters()
	if len(letters) != 1 {
		t.Fatalf("%d letters arrived", len(letters))
	}
	links := linkInLetter.FindAllString(letters[0].Text, -1)
	if len(links) != 1 {
		t.Fatalf("%d links in the letter", len(links))
	}
	return letters[0], strings.TrimPrefix(links[0], s.URL)
}

func TestAnInvitationArrivesByMailAndOnlyThere(t *testing.T) {
	s, server := post(t, mailtest.Kind{TLS: "starttls"})
	super := staffIn(t, s, "super")
	super.post(t, "/language", "lang=en", "from=/pro/staff")
	super.post(t, "/pro/staff/invite", "name=Ola Ny", "email=ola@klinikk.example")
	staffWant(t, super, http.StatusSeeOther, "/pro/staff")
	super.get(t, "/pro/staff")
	if notice := attributes(super.body, "data-notice"); len(notice) != 1 || notice[0] != "staff_invited_mailed" {
		t.Errorf("the inviter is told %v", notice)
	}
	if strings.Contains(super.body, "/pro/link/") {
		t.Error("the inviter sees the link")
	}
	letter, path := arrived(t, s, server)
	if letter.To != "ola@klinikk.example" || !letter.TLS || !strings.HasPrefix(letter.Subject, "Invitation to ") || !strings.Contains(letter.Text, "Fjordklinikken") {
		t.Errorf("to the right address %v, over TLS %v, subject %q", letter.To == "ola@klinikk.example", letter.TLS, letter.Subject)
	}
	for _, name := range []string{"Ola", "Fagperson"} {
		if strings.Contains(strings.ReplaceAll(letter.Text, path, ""), name) { // a link is random
			t.Error("the letter names a person")
		}
	}
	staffWant(t, staffAccept(t, s, path), http.StatusSeeOther, "/pro/saved")
	if found := search([]byte(s.logged()), map[string]string{"address": "ola@klinikk.example", "link": path[len("/pro/link/"):]}); len(found) > 0 {
		t.Errorf("the log holds: %v", found)
	}
}

func TestAResetArrivesByMail(t *testing.T) {
	s, server := post(t, mailtest.Kind{TLS: "starttls"})
	super := staffIn(t, s, "super")
	super.post(t, "/pro/staff/reset", "professional="+staffID(t, super, "pro"))
	super.get(t, "/pro/staff")
	if notice := attributes(super.body, "data-notice"); len(notice) != 1 || notice[0] != "staff_reset_mailed" || strings.Contains(super.body, "/pro/link/") {
		t.Errorf("the super user is told %v, or sees the link", notice)
	}
	letter, path := arrived(t, s, server)
	if letter.To != s.staff["pro"].email || strings.HasPrefix(letter.Subject, "Invitasjon") {
		t.Errorf("the letter is %q", letter.Subject)
	}
	staffWant(t, staffAccept(t, s, path), http.StatusSeeOther, "/pro/saved")
}

// TestALinkThatCannotBeMailedIsShown as without a mail server: nothing is lost.
func TestALinkThatCannotBeMailedIsShown(t *testing.T) {
	for story, kind := range map[string]mailtest.Kind{
		"a server that refuses": {TLS: "starttls", Refuse: true},
		"another's certificate": {TLS: "starttls", Name: "other.example"},
		"no TLS":                {TLS: "none"},
	} {
		s, server := post(t, kind)
		super := staffIn(t, s, "super")
		path := staffInvite(t, s, super, "ola@klinikk.example")
		if notice := attributes(super.body, "data-notice"); len(notice) != 1 || notice[0] != "staff_invited_refused" {
			t.Errorf("%s: the inviter is told %v", story, notice)
		}
		staffWant(t, staffAccept(t, s, path), http.StatusSeeOther, "/pro/saved")
		super.post(t, "/pro/staff/reset", "professional="+staffID(t, super, "pro"))
		super.get(t, "/pro/staff")
		if len(attributes(super.body, "data-link")) != 1 {
			t.Errorf("%s: the link of a reset is lost", story)
		}
		if len(server.Letters()) != 0 || !strings.Contains(s.logged(), "mail: ") {
			t.Errorf("%s: %d letters, or the log says nothing", story, len(server.Letters()))
		}
		secrets := map[string]string{"address": "ola@klinikk.example", "link": path[len("/pro/link/"):]}
		if found := search([]byte(s.logged()), secrets); len(found) > 0 {
			t.Errorf("%s: the log holds: %v", story, found)
		}
	}
}

func TestLettersAreWrittenInEveryLanguageAndHoldOneLink(t *testing.T) {
	letters, err := web.LoadLetters(assets.FS, "selvhjelp")
	check(t, err)
	const address = "https://selvhjelp.example/pro/link/abc"
	seen := map[string]bool{}
	for _, lang := range assets.Languages {
		for _, link := range []organization.Link{{Email: "a@b.example"}, {Email: "a@b.example", Professional: organization.NewID()}} {
			l := letters.Link(lang, link, "Å & <B>", address)
			if strings.Count(l.Text, "://") != 1 || strings.Count(l.Text, address+"\n") != 1 || !strings.Contains(l.Text, "Å & <B>") || !strings.Contains(l.Text, "72") {
				t.Errorf("%s: the letter lacks something or has more than one link", lang)
			}
			if strings.ContainsAny(l.Subject, "\r\n") || l.To != "a@b.example" || seen[l.Text] {
				t.Errorf("%s: subject %q", lang, l.Subject)
			}
			seen[l.Text] = true
		}
	}
}
