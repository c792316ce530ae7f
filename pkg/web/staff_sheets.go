package web

import (
	"github.com/gofiber/fiber/v2"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/session"
)

// sheetsPage are codes to be printed and cut: the user's part, and the slip
// with the reference for the journal.
type sheetsPage struct {
	Page
	Sheets  []SheetView
	Address string
}

// SheetView is one code with its QR code.
type SheetView struct {
	Code, Reference string
	In              Page // in the language of the sheet
	Heading         string
	UseBy           deadline.Day
	QR              QR
}

// printCodes shows the sheets that have not been confirmed as printed again.
func (s *Server) printCodes(v *staffVisit) error {
	if v.session.Staff.Batch == nil {
		return v.Redirect("/pro/codes", fiber.StatusSeeOther)
	}
	return s.showSheets(v, v.session.Staff.Batch.Sheets)
}

func (s *Server) showSheets(v *staffVisit, sheets []session.Sheet) error {
	page := sheetsPage{Page: v.page, Address: s.config.Server.BaseURL}
	page.Path = "/pro/codes/print"
	for _, sheet := range sheets {
		qr, err := newQR(page.Address + "/#" + sheet.Code)
		if err != nil {
			return err
		}
		in := v.page
		in.Lang, in.texts, in.Crisis = sheet.Language, s.texts[sheet.Language], s.crisis[sheet.Language]
		if h, ok := localHelp(v.business, sheet.Language); ok {
			in.Local = []LocalHelp{h}
		}
		page.Sheets = append(page.Sheets, SheetView{sheet.Code, sheet.Reference, in, sheet.Heading, deadline.Day(sheet.UseBy), qr})
	}
	return s.render(v.Ctx, fiber.StatusOK, "staff/sheets", page)
}

// printed forgets the codes that a session has kept for printing.
func (s *Server) printed(v *staffVisit) error {
	err := s.remember(v.visit, func(st *session.Session) error {
		st.Staff.Batch = nil
		return nil
	})
	if err != nil {
		return err
	}
	return s.done(v, "codes_printed", "/pro/codes")
}
