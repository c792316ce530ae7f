// Package web reads requests, opens transactions and renders pages.
//
// It is the only place that knows fiber. A handler opens at most one visible
// Update for a journey; what a user reads and what a log says are two values,
// mapped in error.go. Request bodies, paths, codes and addresses are never
// logged: a line has the route's pattern and the status.
//
// # For scripts and other clients
//
// These stay as they are. Form posts answer 303 on success, except those that
// show a code: POST /start, /pro/codes and /me/code answer 200 once for a form
// key, and 409 when it is sent again. Cross-site posts are refused by Origin and
// Sec-Fetch-Site; a script that sends neither may post. Failures over the limit
// of an address answer 429 with Retry-After; what is right works all the same,
// but of passwords only one is tried every five seconds then.
//
//	GET  /                              the front page with the code field
//	POST /login                         code, device=shared|own
//	POST /logout
//	POST /start                         a new code without a service
//	POST /start/confirm                 last_group
//	GET  /me                            the start page
//	GET  /me/welcome                    the first login
//	POST /me/welcome                    category (repeated), own_code=yes|no
//	GET  /me/mapping                    all mapping tools, and /me/mapping/{id}
//	POST /me/mapping/{id}/answers       item, value, perhaps version
//	POST /me/mapping/{id}               one field for each item id, attempt, perhaps version (of the tool, as it was shown)
//	GET  /me/programs                   and /me/programs/{id}, /me/programs/{id}/print
//	GET  /me/programs/{id}/{part}/{page}
//	POST /me/programs/{id}/{part}/{page} a.{exercise} (repeated), a.{exercise}.{option} of a ranking, a.{exercise}.{1-7} and a.{exercise}.{1-7}.time of a plan, then=next|later
//	POST /me/programs/{id}/{part}/{page}/answers item={exercise} and its fields: ticked, not saved
//	POST /me/programs/{id}/homework     a.{homework}=yes|partly|no|not_yet
//	POST /me/programs/{id}/open         all=yes|no
//	POST /me/programs/{id}/delete
//	GET  /me/development
//	GET  /me/registrations              and /me/registrations/{id}
//	POST /me/registrations/{id}/correct one field for each item id
//	POST /me/registrations/{id}/delete
//	GET  /me/settings
//	POST /me/code                       a new code in place of the one in use
//	POST /me/code/confirm               last_group
//	POST /me/sharing                    action=share|withdraw|continue|stop, category
//	POST /me/sharing/tools              action=split|split_all|join, tool (repeated), keep (a service's id, repeated)
//	GET  /me/question                   whether the follow-up goes on, when it is asked
//	POST /me/question                   answer=yes|no|later, service
//	POST /me/understood                 service, or policy with the version that was seen
//	GET  /me/export                     JSON, after /schema/export-v1.json; ?format=html to read
//	GET  /me/messages                   to the operator; /me/messages/{id} counts as reading the answer
//	GET  /me/messages/new/{kind}        correction, suggestion or evaluation
//	POST /me/messages                   kind, about, text, one field for each question id, attempt
//	POST /me/visits/{id}/delete         and /me/visits/delete for all
//	POST /me/connect                    code, of a service; leads to /me/connect/{service}
//	POST /me/connect/{service}          category (repeated), sharing=share|later
//	POST /me/reference                  service; a new reference
//	GET  /me/sent                       what professionals have sent; POST service, id, reply=read|done|later|talk
//	GET  /me/notes                      what this browser keeps; the service has nothing of it
//	POST /me/notes/key                  {"key": base64url}: the account's half of the notes' key
//	POST /me/pause, /me/resume
//	POST /me/delete                     confirm=DELETE|SLETT, when=now|week
//	GET  /deleted                       the confirmation, once
//	POST /deleted/check                 text
//	POST /me/closed                     service; removes one that no longer uses selvhjelp
//	POST /language                      lang=nb|nn|en
//	POST /pro/login                     email, password, totp
//	GET  /pro                           the overview; ?all=1 without pages
//	GET  /pro/export                    format=csv: its rows, by ref, sort and show=marked as there
//	POST /pro/codes                     count
//	GET  /pro/users/{reference}
//	GET  /pro/users/{reference}/export  format=csv|json
//	POST /pro/users/{reference}/end     checked=yes
//	POST /pro/users/{reference}/send    to, message=may_help|before|since_last|talked, attempt; to is mapping/{id}, program/{id},
//	                                    program/{id}/all (all parts open), program/{id}/{part}[/{page}[/{exercise}]]
//	POST /pro/profile                   name, workplace, position, mark_{instrument}
//	POST /pro/profile/delete            confirm=DELETE|SLETT, password, totp
//	GET  /pro/staff
//	GET  /pro/audit
//	POST /pro/understood                policy with the version that was seen
//	GET  /schema/export-v1.json
//	GET  /buy                           when something is sold; with /buy/return, /buy/cancelled,
//	                                    /buy/purchase, /buy/stored, /voucher, /terms
//	POST /pro/messages                  as /me/messages, and kind=behalf with reference
//	GET  /staff                         the operator's staff: messages, what is due first
//	GET  /staff/requests/{id}           opens one; POST .../answer (words), .../close, .../delete
//	GET  /staff/evaluations, /staff/jobs, /staff/audit
//	GET  /healthz, /readyz
//
// Where something is sold, these take and give JSON ({error, text} for what fails;
// bytes are base64url without padding), and look at no cookie but the language:
//
//	POST /buy                           product, key_id, purchase_id, blinded, perhaps amount: checkout_url
//	GET  /buy/issuer.json               keys, as JWK with product, year, signs and refund
//	POST /buy/signature                 purchase_id: state, signature
//	POST /buy/status                    purchase_id: state, product, amount, vat, currency, terms, day, refund_until, today, late, fetched, doubt, kept, receipt, why
//	POST /buy/refund                    purchase_id, perhaps refund_token {message, signature}
//	POST /buy/receipt                   purchase_id, email: sent
//	POST /redeem                        message, signature, code
//	POST /redeem/surrender              message, signature, blinded: signature, under the refund key of that product and year
//	POST /stripe/webhook                the payment provider's
//	GET  /staff/purchases               the operator's staff; POST .../find (day, amount, last4); .../{reference}/refund asks, and with confirm=yes does it
//	POST /staff/accounts                from, to: CSV
//
// "share" adds, "withdraw" removes the named categories (all when none is
// named), "stop" removes all, "continue" renews. "split" makes mapping tools
// categories of their own, such as mapping.phq9, which those in keep may read;
// "join" ends it. Instruments and items have
// stable ids: phq9 with q1 to q10, gad7 with q1 to q7, sjekkinn with mood, unease,
// sleep and activity, of 0 to 10. Scores of scales stand beside the total or in
// its place: data-scale with data-scale-score and data-scale-band. How a score has
// moved since the first is data-change (better, worse or unchanged by the published
// threshold, unknown without one). A tool that was used and is due again for a person
// is data-due-instrument. How far somebody has come in a programme, in the overview and
// on the page of a person, is data-program with data-done, data-parts (numbers of parts),
// data-homework-done, data-homework-set and data-last (the day of the last use); a
// programme whose order a professional has lifted is data-lifted for its user. The short form of the start page is data-checkin,
// with data-done. Pages carry what a script
// needs in attributes: data-access-code, data-reference, data-score, data-band,
// data-shared (yes or no), data-shared-until, data-due, data-message, data-request,
// data-error, data-missing (the items, fields or categories that the error is about), data-sharing-ended (why
// sharing ended: unanswered or service), data-policy (the version of a privacy
// statement that is new to the reader), data-readers (who can read what is
// written here: none or service).
//
// From the 25th week without an answer, GET /me leads to /me/question until it is
// answered or put off; no other page does.
//
// CSV is UTF-8 with a byte order mark, separated by semicolons, with a line of
// stable names first; days are 2026-01-31, facts are yes or no, and a text that
// a spreadsheet would compute or take for a number has an apostrophe before it.
// Columns of the overview's table are {instrument}_score and its like, and for each
// programme program_{id}_parts_done, _parts, _homework_done, _homework_set and _last; in
// a person's, category is mapping, activity, programme or due, and instrument holds the
// id. The JSON of a person is PersonFacts; its names stay.
package web

import (
	"cmp"
	"errors"
	"html/template"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/keyring"
	"selvhjelp/pkg/mail"
	"selvhjelp/pkg/netaddr"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/payment"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/statistics"
	"selvhjelp/pkg/vault"
	"selvhjelp/pkg/voucher"
	"selvhjelp/store"
)

// Options are what a Server is made of.
type Options struct {
	Config      config.Config
	Usage       store.Store // accounts and businesses
	Sessions    store.Store
	Ring        *keyring.Ring
	Instruments *instrument.Catalogue
	Programs    *program.Catalogue // nil has none
	Assets      fs.FS
	Now         func() time.Time
	Apps        func() time.Time // what authenticator apps go by; nil is Now
	Log         *slog.Logger
	Demo        bool                    // a banner on every page
	Ready       func() bool             // whether the store still works
	Mail        *mail.Sender            // nil sends nothing: links are shown
	Journal     *netaddr.Journal        // of security events; nil writes none
	Payment     *payment.Desk           // nil sells nothing
	Vouchers    *voucher.Desk           // beside Payment
	Passwords   *organization.Passwords // nil is at the cost that guards real ones
}

// Server answers requests.
type Server struct {
	config      config.Config
	usage       store.Store
	sessions    store.Store
	ring        *keyring.Ring
	instruments *instrument.Catalogue
	catalogue   *program.Catalogue
	now         func() time.Time
	apps        func() time.Time // nil is now
	log         *slog.Logger
	mail        *mail.Sender
	demo        bool
	ready       func() bool
	secure      bool // cookies only over https
	location    *time.Location
	texts       map[string]*texts
	crisis      map[string][]CrisisNumber
	policy      []config.Change // newest first
	assets      fs.FS
	common      map[string]Page // by language
	compiled    compiledPages
	field       *template.Template // of a question with a list to choose from
	static      statics
	payment     *payment.Desk
	vouchers    *voucher.Desk
	pins        pins
	schema      []byte // JSON Schema of what users download
	passwords   *organization.Passwords
	misses      misses
	addresses   netaddr.Reader
	limits      limits
	counts      counts
	journal     *netaddr.Journal
	counters    *statistics.Counters
	forms       vault.Key // seals what a form carries; new at every start
}

// New loads texts and templates and reports every fault of them at once.
func New(o Options) (*Server, error) {
	s := &Server{
		config: o.Config, usage: o.Usage, sessions: o.Sessions, ring: o.Ring, instruments: o.Instruments,
		catalogue: cmp.Or(o.Programs, &program.Catalogue{}),
		now:       o.Now, apps: o.Apps, log: o.Log, mail: o.Mail, demo: o.Demo, ready: o.Ready,
		secure:    strings.HasPrefix(o.Config.Server.BaseURL, "https://"),
		passwords: cmp.Or(o.Passwords, organization.NewPasswords()),
		limits:    newLimits(),
		journal:   o.Journal,
		forms:     vault.NewKey(),
		assets:    o.Assets,
		payment:   o.Payment,
		vouchers:  o.Vouchers,
	}
	var faults [8]error
	s.location, faults[0] = time.LoadLocation(o.Config.Service.TimeZone)
	s.texts, faults[1] = loadTexts(o.Assets)
	faults[2] = checkTemplates(o.Assets)
	s.static, faults[3] = loadStatics(o.Assets)
	s.addresses, faults[4] = netaddr.NewReader(o.Config.Server.TrustedProxies)
	s.policy, faults[5] = loadPolicy(o.Assets, o.Config.Policy)
	s.schema, faults[6] = fs.ReadFile(o.Assets, schemaFile)
	s.field, faults[7] = template.ParseFS(o.Assets, "templates/field.html")
	s.crisis = crisisNumbers(o.Config.Crisis)
	if err := errors.Join(faults[:]...); err != nil {
		return nil, err
	}
	s.common = s.commonPages()
	return s, nil
}

// App is the fiber application with all routes.
func (s *Server) App() *fiber.App {
	c := s.config.Server
	app := fiber.New(fiber.Config{
		AppName:                 "selvhjelp",
		Immutable:               true, // values of a request must not change under a later one
		CaseSensitive:           true,
		BodyLimit:               int(c.MaxBodyBytes),
		ReadBufferSize:          maxHeader,
		WriteBufferSize:         wholePage,
		ReadTimeout:             c.ReadTimeout.Duration,
		WriteTimeout:            c.RequestTimeout.Duration,
		IdleTimeout:             time.Minute,
		Concurrency:             c.Concurrency + SpareConnections,
		EnableTrustedProxyCheck: true,
		TrustedProxies:          c.TrustedProxies,
		ErrorHandler:            s.fail,
		DisableStartupMessage:   true,
	})
	app.Use(s.counted, s.recover, s.bound, s.logged, s.plainForm, s.sameSite, s.retyping)
	s.guard(app)
	s.routes(app)
	s.counters = newCounters(app)
	return app
}

// crisisNumbers puts the operator's numbers into each language.
func crisisNumbers(list []config.Crisis) map[string][]CrisisNumber {
	out := map[string][]CrisisNumber{}
	for _, c := range list {
		tel := template.URL("tel:" + onlyDigits(c.Number))
		for lang, in := range map[string]func(config.Text) string{
			"nb": func(t config.Text) string { return t.NB },
			"nn": func(t config.Text) string { return t.NN },
			"en": func(t config.Text) string { return t.EN },
		} {
			out[lang] = append(out[lang], CrisisNumber{c.Number, in(c.Name), in(c.What), in(c.When), tel})
		}
	}
	return out
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, s)
}
