package web

import (
	"crypto/rand"
	"encoding/base64"

	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/useragent"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// notesRoutes are those of the notes that stay in a user's browser.
func (s *Server) notesRoutes(app *fiber.App) {
	app.Get("/me/notes", s.user(s.notes))
	app.Post("/me/notes/key", s.user(s.notesKey))
}

// Note is a field to write in whose text never leaves the browser.
type Note struct {
	Page
	ID     string // what the note is about; empty is one of the user's own
	Title  string
	Prompt string
	Device string // the browser that it stays in, by its families
	Own    bool   // a device of one's own: elsewhere nothing is kept before the user says so
	Evicts bool   // the browser throws away what a site keeps, a week after the last visit
}

type notesPage struct {
	Page
	Field Note
}

// note is a field on a page of this visit.
func (s *Server) note(v *visit, id, title, prompt string) Note {
	from := device(v.Ctx)
	return Note{Page: v.page, ID: id, Title: title, Prompt: prompt, Own: v.session.Own,
		Device: v.page.families(from.System.String(), from.Browser.String()),
		Evicts: from.Browser == useragent.Safari || from.System == useragent.IOS}
}

// notes lists what this browser keeps for the code that is logged in. The list
// is made there: we have nothing of it.
func (s *Server) notes(v *visit) error {
	if err := s.awake(v); err != nil {
		return err
	}
	return s.render(v.Ctx, fiber.StatusOK, "user/notes", notesPage{v.page, s.note(v, "", v.page.T("notes.own"), "")})
}

// notesKey hands out the half of the notes' key that belongs to the account. It
// is made when it is first asked for, stays through a change of the code, and
// goes with the account: after that no note opens, whatever a browser kept.
func (s *Server) notesKey(v *visit) error {
	key, err := s.keptNotesKey(v)
	if err == nil && key == nil {
		key, err = s.newNotesKey(v)
	}
	if err != nil {
		return err
	}
	return v.JSON(map[string]string{"key": base64.RawURLEncoding.EncodeToString(key)})
}

func (s *Server) keptNotesKey(v *visit) (key []byte, err error) {
	err = s.read(v, func(_ store.Reader, a *vault.Account) error {
		key = a.Data.Notes
		return nil
	})
	return key, err
}

func (s *Server) newNotesKey(v *visit) (key []byte, err error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails
	err = s.write(v, func(_ store.Tx, a *vault.Account) error {
		if a.Data.Notes == nil { // another tab may have been first
			a.Data.Notes = fresh
		}
		key = a.Data.Notes
		return nil
	})
	return key, err
}
