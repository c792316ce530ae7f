package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"time"

	"selvhjelp/pkg/deadline"
)

// Vouchers are addresses that each give one access code, to be put on paper.
type Vouchers struct {
	Service  string    // the service's name
	Language string    // nb, nn or en
	Place    string    // where one is redeemed that cannot be scanned
	Through  time.Time // last day
	Links    []string
}

// vouchersPage is a file that needs nothing else: no other file, no script, no
// network.
type vouchersPage struct {
	Page
	Style   template.CSS
	Place   string
	Through deadline.Day
	Sheets  []VoucherView
}

// VoucherView is one voucher. It has its QR code and nothing to type: nobody
// types seven hundred symbols.
type VoucherView struct{ QR QR }

// HTML is a page to print, with the texts of fsys.
func (v Vouchers) HTML(fsys fs.FS) ([]byte, error) {
	texts, err := loadTexts(fsys)
	if err != nil {
		return nil, err
	}
	style, err := fs.ReadFile(fsys, "static/app.css")
	if err != nil {
		return nil, err
	}
	page := vouchersPage{Page: Page{Lang: v.Language, Service: v.Service, texts: texts[v.Language]}, Style: template.CSS(style),
		Place: v.Place, Through: deadline.DayOf(v.Through)}
	for _, link := range v.Links {
		qr, err := newQR(link)
		if err != nil {
			return nil, err
		}
		page.Sheets = append(page.Sheets, VoucherView{qr})
	}
	t, err := loadTemplate(fsys, "public/vouchers")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, "copy.html", page); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	return out.Bytes(), nil
}
