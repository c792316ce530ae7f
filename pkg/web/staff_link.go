package web

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/netaddr"
	"selvhjelp/pkg/organization"
	"selvhjelp/store"
)

// setupFor is how long a one-time secret that a form shows can be confirmed.
const setupFor = time.Hour

// setup is the one-time secret of a form that is being filled in. It travels
// sealed, bound to the link, and rests nowhere.
type setup struct {
	Secret string `json:"s"`
	At     int64  `json:"t"` // seconds since 1970
}

// linkPage is the form of an invitation or a reset.
type linkPage struct {
	Page
	Reset                            bool
	First                            bool // the first super user of the business
	Business                         string
	Name, Email, Workplace, Position string
	Secret                           []string // in groups
	QR                               QR
	Setup                            string // sealed
	Wrong                            string // the field that Error is about
}

// linkForm is a link together with the form that was filled in for it.
type linkForm struct {
	token     string
	link      organization.Link
	business  organization.Business
	applicant organization.Applicant
	setup     setup
}

// passwordProblems are what CheckPassword may say.
var passwordProblems = []struct {
	err error
	id  string
}{
	{organization.ErrPasswordShort, "password_short"},
	{organization.ErrPasswordLong, "password_long"},
	{organization.ErrPasswordSimple, "password_simple"},
	{organization.ErrPasswordOwn, "password_own"},
}

// linkPage shows the form of a link. It does not use the link up.
func (s *Server) linkPage(c *fiber.Ctx) error {
	f, err := s.linkFor(c)
	if err != nil {
		return err
	}
	if reopened(c) {
		s.readLink(c, f) // what is wrong is told when it is sent
	}
	return s.showLink(c, f, fiber.StatusOK, "", "")
}

// linkFor finds the link of the path and whom it is for.
func (s *Server) linkFor(c *fiber.Ctx) (*linkForm, error) {
	f := &linkForm{token: c.Params("token")}
	err := s.usage.View(c.UserContext(), func(r store.Reader) (err error) {
		if f.link, err = organization.LinkFor(r, s.ring, f.token, s.now()); err != nil {
			return err
		}
		if f.business, err = organization.BusinessByID(r, f.link.Business); err != nil {
			return err
		}
		f.applicant = organization.Applicant{ID: organization.NewID(), Name: f.link.Name, Email: f.link.Email, Policy: s.policyVersion()}
		if !f.link.Reset() {
			return nil
		}
		p, err := organization.ProfessionalByID(r, f.link.Professional)
		f.applicant = organization.Applicant{ID: p.ID, Name: p.Name, Email: p.Email}
		return err
	})
	f.setup = setup{organization.NewTOTP(), s.now().Unix()}
	return f, s.linkRefused(c, err)
}

// linkRefused counts and notes a link that does not open; any other error it
// returns as it is.
func (s *Server) linkRefused(c *fiber.Ctx, err error) error {
	if !errors.Is(err, organization.ErrLink) {
		return err
	}
	s.event(c, netaddr.LinkRefused)
	return s.failed(c, s.limits.links, explain(err))
}

// showLink shows the form with what is known. id names what is wrong with a
// field.
func (s *Server) showLink(c *fiber.Ctx, f *linkForm, status int, field, id string) error {
	a := f.applicant
	page := linkPage{Page: s.page(c), Reset: f.link.Reset(), First: f.link.Super && f.business.Identity == 0, Business: f.business.Name, Wrong: field,
		Name: a.Name, Email: a.Email, Workplace: a.Workplace, Position: a.Position,
		Secret: groups(f.setup.Secret, 4)}
	page.Error = id
	raw, err := json.Marshal(f.setup)
	if err != nil {
		return err
	}
	page.Setup = base64.RawURLEncoding.EncodeToString(s.forms.Seal("setup", raw, []byte(f.token)))
	if page.QR, err = newQR(otpauth(s.config.Service.Name, a.Email, f.setup.Secret)); err != nil {
		return err
	}
	return s.render(c, status, "staff/link", page)
}

// otpauth is the address that authenticator apps read (Key Uri Format of
// Google Authenticator).
func otpauth(issuer, account, secret string) string {
	label := url.PathEscape(issuer + ":" + account)
	return "otpauth://totp/" + label + "?secret=" + secret + "&issuer=" + url.QueryEscape(issuer)
}

// groups splits a text for reading aloud and typing.
func groups(text string, size int) []string {
	var out []string
	for len(text) > size {
		out, text = append(out, text[:size]), text[size:]
	}
	return append(out, text)
}

// accept uses a link: the professional gets a password, an app and a session.
func (s *Server) accept(c *fiber.Ctx) error {
	f, err := s.linkFor(c)
	if err != nil {
		return err
	}
	if field, id := s.readLink(c, f); id != "" {
		return s.showLink(c, f, fiber.StatusUnprocessableEntity, field, id)
	}
	f.applicant.Salt, f.applicant.Code = organization.NewSalt(), field(c, "totp")
	f.applicant.Key, err = s.passwords.Key(c.UserContext(), s.ring, f.applicant.ID, field(c, "password"), f.applicant.Salt)
	if err != nil {
		return err
	}
	var in organization.Accepted
	err = s.usage.Update(c.UserContext(), func(tx store.Tx) (err error) {
		in, err = organization.Accept(tx, s.ring, f.token, f.applicant, s.now())
		return err
	})
	if errors.Is(err, organization.ErrEmailTaken) {
		return s.showLink(c, f, fiber.StatusConflict, "email", "email_taken")
	} else if err != nil {
		return s.linkRefused(c, err)
	}
	if f.link.Reset() {
		s.event(c, netaddr.ResetUsed)
	}
	st := staffSession(in.Professional, in.Login, in.Keys)
	st.Spare, st.Recovery = in.Spare, in.RecoveryKey
	return s.enterStaff(c, st, "/pro/saved")
}

// readLink reads the form and names the first field that is wrong, with the
// text that says why.
func (s *Server) readLink(c *fiber.Ctx, f *linkForm) (wrong, id string) {
	a := &f.applicant
	if !f.link.Reset() {
		a.Name, a.Email = strings.TrimSpace(field(c, "name")), strings.TrimSpace(field(c, "email"))
		a.Workplace, a.Position = strings.TrimSpace(field(c, "workplace")), strings.TrimSpace(field(c, "position"))
	}
	opened, fresh := s.openSetup(field(c, "setup"), f.token)
	if fresh {
		f.setup = opened
	}
	if wrong, id := checkWho(a.Name, a.Email, a.Workplace, a.Position); id != "" {
		return wrong, id
	}
	if field(c, "password") != field(c, "again") {
		return "again", "password_differs"
	}
	err := organization.CheckPassword(field(c, "password"), f.business.Name, s.config.Service.Name, a.Name, a.Email)
	for _, p := range passwordProblems {
		if errors.Is(err, p.err) {
			return "password", p.id
		}
	}
	switch {
	case !fresh:
		return "totp", "setup_expired"
	case !organization.TOTPValid(f.setup.Secret, field(c, "totp"), s.appTime()):
		return "totp", "totp"
	}
	a.TOTP = f.setup.Secret
	return "", ""
}

// checkWho checks a name, an e-mail address, a workplace and a position.
func checkWho(name, email, workplace, position string) (wrong, id string) {
	at := strings.IndexByte(email, '@')
	switch {
	case name == "" || max(len(name), len(workplace), len(position)) > 200:
		return "name", "name"
	case at < 1 || at == len(email)-1 || len(email) > 254 || strings.ContainsAny(email, " \t\r\n"):
		return "email", "email"
	}
	return "", ""
}

// openSetup reads the sealed secret; false when it is too old or not ours.
func (s *Server) openSetup(field, token string) (setup, bool) {
	var st setup
	sealed, err := base64.RawURLEncoding.DecodeString(field)
	if err != nil {
		return st, false
	}
	raw, err := s.forms.Open("setup", sealed, []byte(token))
	if err != nil || json.Unmarshal(raw, &st) != nil {
		return st, false
	}
	return st, s.now().Sub(time.Unix(st.At, 0)) < setupFor
}
