package mail_test

import (
	"context"
	"crypto/x509"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/mail"
	"selvhjelp/pkg/mailtest"
)

const secretLink = "https://selvhjelp.example/pro/link/kjempehemmelig-0123456789012345678901234567890123456789"

var letter = mail.Letter{To: "ola.nordmann@klinikk.example", Subject: "Invitasjon på prøve", Text: "Hei, æøå!\n\n" + secretLink + "\n"}

// send hands the letter to a server, with changed options.
func send(t *testing.T, s *mailtest.Server, change func(*mail.Options)) error {
	t.Helper()
	o := mail.Options{Host: s.Host, Port: s.Port, TLS: mail.STARTTLS, From: "post@selvhjelp.example", Roots: s.Roots}
	if change != nil {
		change(&o)
	}
	sender, err := mail.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return sender.Send(t.Context(), letter)
}

func TestALetterArrivesAsItWasWrittenByEachWay(t *testing.T) {
	for _, way := range []string{mail.STARTTLS, mail.TLS, mail.None} {
		s := mailtest.Start(t, mailtest.Kind{TLS: way})
		if err := send(t, s, func(o *mail.Options) { o.TLS = way }); err != nil {
			t.Errorf("%s: %v", way, err)
			continue
		}
		got := s.Letters()
		if len(got) != 1 || got[0].To != letter.To || got[0].Subject != letter.Subject || got[0].TLS != (way != mail.None) {
			t.Fatalf("%s: %d letters", way, len(got))
		}
		if text := strings.ReplaceAll(got[0].Text, "\r\n", "\n"); strings.TrimSpace(text) != strings.TrimSpace(letter.Text) {
			t.Errorf("%s: the text has changed: %q", way, text)
		}
	}
}

// TestALetterNamesNeitherThisMachineNorTheProgram and is plain text.
func TestALetterNamesNeitherThisMachineNorTheProgram(t *testing.T) {
	s := mailtest.Start(t, mailtest.Kind{TLS: "starttls"})
	if err := send(t, s, nil); err != nil {
		t.Fatal(err)
	}
	h := s.Letters()[0].Header
	for _, name := range []string{"User-Agent", "X-Mailer"} {
		if h.Get(name) != "" {
			t.Errorf("%s stands in the letter", name)
		}
	}
	if id := h.Get("Message-Id"); !regexp.MustCompile(`^<[A-Z2-7]{26}@selvhjelp\.example>$`).MatchString(id) {
		t.Errorf("the letter's id is %s", id)
	}
	if !strings.HasPrefix(h.Get("Content-Type"), "text/plain") {
		t.Errorf("a letter of the type %s", h.Get("Content-Type"))
	}
}

func TestAPasswordIsGivenOverTLSAlone(t *testing.T) {
	s := mailtest.Start(t, mailtest.Kind{TLS: "starttls", Password: "riktig"})
	login := func(password string) func(*mail.Options) {
		return func(o *mail.Options) { o.Username, o.Password = "post", password }
	}
	if err := send(t, s, login("riktig")); err != nil || s.Logins() != 1 {
		t.Errorf("%v, %d logins", err, s.Logins())
	}
	if err := send(t, s, login("feil")); !errors.Is(err, mail.ErrLogin) {
		t.Errorf("a wrong password: %v", err)
	}
	clear := mailtest.Start(t, mailtest.Kind{TLS: "none", Password: "riktig"})
	if err := send(t, clear, login("riktig")); !errors.Is(err, mail.ErrInsecure) || clear.Logins() != 0 {
		t.Errorf("a server without TLS: %v, %d logins", err, clear.Logins())
	}
	if _, err := mail.New(mail.Options{Host: "127.0.0.1", TLS: mail.None, Username: "post"}); !errors.Is(err, mail.ErrClear) {
		t.Errorf("a login in the clear: %v", err)
	}
}

func TestOnlyThisMachineGetsLettersInTheClear(t *testing.T) {
	for host, want := range map[string]error{
		"127.0.0.1": nil, "::1": nil, "localhost": nil,
		"10.0.0.1": mail.ErrClear, "smtp.example.org": mail.ErrClear, "localhost.example.org": mail.ErrClear, "": mail.ErrClear,
	} {
		if _, err := mail.New(mail.Options{Host: host, Port: 25, TLS: mail.None}); !errors.Is(err, want) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// TestWhatIsNotSafeOrNotAcceptedIsNotSent, and no error quotes the letter.
func TestWhatIsNotSafeOrNotAcceptedIsNotSent(t *testing.T) {
	for story, c := range map[string]struct {
		kind   mailtest.Kind
		change func(*mail.Options)
		want   error
	}{
		"no STARTTLS":               {mailtest.Kind{TLS: "none"}, nil, mail.ErrInsecure},
		"no TLS from the beginning": {mailtest.Kind{TLS: "none"}, func(o *mail.Options) { o.TLS = mail.TLS }, mail.ErrInsecure},
		"a name that is another's":  {mailtest.Kind{TLS: "starttls", Name: "other.example"}, nil, mail.ErrInsecure},
		"the same over TLS":         {mailtest.Kind{TLS: "tls", Name: "other.example"}, func(o *mail.Options) { o.TLS = mail.TLS }, mail.ErrInsecure},
		"an unknown authority":      {mailtest.Kind{TLS: "starttls"}, func(o *mail.Options) { o.Roots = x509.NewCertPool() }, mail.ErrInsecure},
		"a server that refuses":     {mailtest.Kind{TLS: "starttls", Refuse: true}, nil, mail.ErrRefused},
		"nobody there":              {mailtest.Kind{TLS: "starttls"}, func(o *mail.Options) { o.Port = 1 }, mail.ErrUnreachable},
	} {
		s := mailtest.Start(t, c.kind)
		err := send(t, s, c.change)
		if !errors.Is(err, c.want) || len(s.Letters()) != 0 {
			t.Errorf("%s: %v and %d letters, want %v", story, err, len(s.Letters()), c.want)
		}
		for _, secret := range []string{"ola", "klinikk", "hemmelig", "selvhjelp.example", "127.0.0.1"} {
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error quotes the letter", story)
			}
		}
	}
}

func TestAServerThatSaysNothingIsGivenUp(t *testing.T) {
	s := mailtest.Start(t, mailtest.Kind{Silent: true})
	sender, err := mail.New(mail.Options{Host: s.Host, Port: s.Port, TLS: mail.STARTTLS, From: "post@selvhjelp.example"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := sender.Send(ctx, letter); !errors.Is(err, mail.ErrUnreachable) || time.Since(began) > mail.Timeout/2 {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}

func TestAnAddressThatIsNoneIsRefusedBeforeAnybodyIsCalled(t *testing.T) {
	sender, err := mail.New(mail.Options{Host: "127.0.0.1", TLS: mail.STARTTLS, From: "post@selvhjelp.example"})
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"", "ola", "ola@klinikk.example\r\nBcc: alle@example.org"} {
		if err := sender.Send(t.Context(), mail.Letter{To: to}); !errors.Is(err, mail.ErrRefused) {
			t.Errorf("%v", err)
		}
	}
}
