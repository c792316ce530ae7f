package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/instrument"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
)

// newFormKey names one rendering of a form, so that sending it twice is
// noticed.
func newFormKey() string { return rand.Text() }

// attemptID is the id of the registration that an attempt makes: the same
// attempt gives the same registration, in this account only.
func attemptID(id vault.ID, instrument, attempt string) registration.ID {
	if attempt == "" {
		return registration.NewID()
	}
	sum := sha256.Sum256(append([]byte("attempt\x00"+instrument+"\x00"+attempt+"\x00"), id[:]...))
	return registration.ID(sum[:16])
}

// field is one field of a form. It is read from the body alone: a code is never
// in an address.
func field(c *fiber.Ctx, name string) string {
	return string(c.Request().PostArgs().Peek(name))
}

// typed is what was typed into a field; otherwise stands in a form that was not
// filled in yet.
func typed(c *fiber.Ctx, name, otherwise string) string {
	if c.Request().PostArgs().Has(name) {
		return field(c, name)
	}
	return otherwise
}

// values returns all values of a repeated field.
func values(c *fiber.Ctx, name string) []string {
	var out []string
	for _, v := range c.Request().PostArgs().PeekMulti(name) {
		out = append(out, string(v))
	}
	return out
}

// besideAnswers are the fields of a mapping's form that are no items.
var besideAnswers = []string{"attempt", "version", "shown", "then", "from", "lang"}

// strangeField is the name of a field that is neither an item nor one of the
// form's own; empty when there is none.
func strangeField(c *fiber.Ctx, in *instrument.Instrument) string {
	for key := range c.Request().PostArgs().All() {
		name := string(key)
		known := slices.ContainsFunc(in.Items, func(it instrument.Item) bool { return it.ID == name })
		if !known && !slices.Contains(besideAnswers, name) {
			return name[:min(len(name), 40)]
		}
	}
	return ""
}

// formAnswers reads one field for each item. An unknown item or value is a
// problem that names the item.
func formAnswers(c *fiber.Ctx, in *instrument.Instrument) (map[string]int, error) {
	if name := strangeField(c, in); name != "" {
		return nil, problemOf(fiber.StatusUnprocessableEntity, "unknown_item", name)
	}
	answers := map[string]int{}
	for _, item := range in.Items {
		text := field(c, item.ID)
		if text == "" {
			continue
		}
		value, err := strconv.Atoi(text)
		if err != nil || in.Check(item.ID, value) != nil {
			return nil, problemOf(fiber.StatusUnprocessableEntity, "unknown_value", item.ID)
		}
		answers[item.ID] = value
	}
	return answers, nil
}

// ignore returns err unless it is one of those that do not matter here.
func ignore(err error, unless ...error) error {
	for _, u := range unless {
		if errors.Is(err, u) {
			return nil
		}
	}
	return err
}

const flashCookie = "done"

// flash hands a value to the next page in a sealed cookie that lives a minute.
func (s *Server) flash(c *fiber.Ctx, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	s.setCookie(c, flashCookie, base64.RawURLEncoding.EncodeToString(s.forms.Seal("flash", raw)), time.Minute)
	return nil
}

var errNoFlash = errors.New("web: nothing was handed over")

// flashed takes what flash handed over.
func flashed[T any](s *Server, c *fiber.Ctx) (T, error) {
	var v T
	cookie := c.Cookies(s.cookieName(flashCookie))
	if cookie == "" {
		return v, errNoFlash
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil {
		return v, err
	}
	raw, err := s.forms.Open("flash", sealed)
	if err != nil {
		return v, err
	}
	s.dropCookie(c, flashCookie)
	if json.Unmarshal(raw, &v) != nil {
		return v, fmt.Errorf("web: flash does not decode")
	}
	return v, nil
}
