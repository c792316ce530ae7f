package web

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// attach answers with a file to keep.
func attach(c *fiber.Ctx, kind, name string, raw []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(raw)
}

// attachCSV answers with a table as the spreadsheets of this country read it:
// UTF-8 with a byte order mark, semicolons, and lines as in RFC 4180.
func attachCSV(c *fiber.Ctx, name string, rows [][]string) error {
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = ';', true
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return attach(c, "text/csv; charset=utf-8; header=present", name, out.Bytes())
}

// plain is a text for a cell. One that a spreadsheet would compute, or take for
// a number (a reference can look like one), gets an apostrophe before it.
func plain(text string) string {
	_, err := strconv.ParseFloat(text, 64)
	number := !errors.Is(err, strconv.ErrSyntax) // also one that is out of range
	if number || strings.IndexAny(text, "=+-@\t\r\n") == 0 {
		return "'" + text
	}
	return text
}

// yes is a cell for a fact.
func yes(so bool) string {
	if so {
		return "yes"
	}
	return "no"
}
