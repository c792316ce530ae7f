package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/web"
)

// voucherPrint makes vouchers to hand out: one address a line, or a page to print
// with a QR code for each.
func voucherPrint(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := eitherFlags("voucher print", args, diag, []string{"count", "product", "html", "language"}, "json")
	if err != nil {
		return err
	}
	if err := required(diag, map[string]string{"count": values["count"]}); err != nil {
		return err
	}
	file, language := values["html"], cmp.Or(values["language"], c.Service.DefaultLanguage)
	delete(values, "html")
	delete(values, "language")
	switch {
	case !slices.Contains(assets.Languages, language):
		return fmt.Errorf("-language: give one of %s", strings.Join(assets.Languages, ", "))
	case file == "":
		return ask(ctx, c, "voucher print", values, out)
	case values["json"] != "":
		return errors.New("-html and -json: give one of them")
	}
	return voucherFile(ctx, c, values, file, language, out)
}

// voucherFile writes the page. The file is made first: vouchers that cannot be
// written anywhere are not made.
func voucherFile(ctx context.Context, c config.Config, values map[string]string, path, language string, out io.Writer) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("-html: %w", err)
	}
	page, p, err := voucherPage(ctx, c, values, language)
	if err == nil {
		_, err = f.Write(page)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	_, err = fmt.Fprintf(out, "%s: %d vouchers, valid through %s. Print it and delete it: whoever has the file can take the codes.\n", path, len(p.Vouchers), p.Through)
	return err
}

// voucherPage makes vouchers, and of them a page.
func voucherPage(ctx context.Context, c config.Config, values map[string]string, language string) (page []byte, p voucherSheet, err error) {
	values["json"] = "yes"
	var made bytes.Buffer
	if err := ask(ctx, c, "voucher print", values, &made); err != nil {
		return nil, p, err
	}
	if err := json.Unmarshal(made.Bytes(), &p); err != nil {
		return nil, p, err
	}
	through, err := time.Parse(time.DateOnly, p.Through)
	if err != nil {
		return nil, p, err
	}
	place, _, _ := strings.Cut(p.Vouchers[0], "/voucher#")
	v := web.Vouchers{Service: c.Service.Name, Language: language, Place: place, Through: through, Links: p.Vouchers}
	page, err = v.HTML(assets.FS)
	return page, p, err
}
