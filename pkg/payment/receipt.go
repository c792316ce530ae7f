package payment

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"net/mail"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// Receipt is what a receipt says. There is no code in it, and no purchase number.
type Receipt struct {
	To, Language string
	Number       string // of the receipt
	Product      Product
	Seller       Seller
	Day          deadline.Day
	Amount, VAT  int64 // minor units; VAT is part of the amount
	Currency     string
	Terms        string // version of the terms of sale that the buyer accepted
	Refunded     bool
}

// ErrEmail is returned for what is no e-mail address.
var ErrEmail = errors.New("payment: not an e-mail address")

// MailReceipt sends a receipt to an address that is forgotten when the mail
// server has accepted it. sent is false when it has not yet: it is tried again
// for 24 hours.
func (d *Desk) MailReceipt(ctx context.Context, id ID, email, language string, now time.Time) (sent bool, err error) {
	if d.Send == nil {
		return false, ErrNoMail
	}
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > 254 {
		return false, ErrEmail
	}
	key := id.key()
	if _, err := d.current(ctx, key, now); err != nil {
		return false, err
	}
	_, err = d.change(ctx, key, func(tx store.Tx, p *purchase) error {
		switch {
		case p.Paid == 0:
			return ErrNothing
		case p.Receipts >= receipts:
			return ErrReceipts
		}
		p.Receipts, p.Receipt = p.Receipts+1, ReceiptWaiting
		return outboxTable.Put(tx, key, address{email, language, now.Unix()})
	})
	if err != nil {
		return false, err
	}
	return d.post(ctx, key, now)
}

// post sends a receipt that waits, or gives it up when its time is over.
func (d *Desk) post(ctx context.Context, key []byte, now time.Time) (sent bool, err error) {
	var to address
	var p purchase
	err = d.Store.View(ctx, func(r store.Reader) error {
		if to, err = outboxTable.Get(r, key); err != nil {
			return err
		}
		p, err = find(r, key)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return true, nil // sent meanwhile
	} else if err != nil {
		return false, err
	}
	over := now.Sub(time.Unix(to.At, 0)) >= outboxLife
	if !over && d.Send(ctx, d.Letter(d.receipt(key, p, to))) != nil {
		return false, nil
	}
	return !over, d.forgetAddress(ctx, key, over)
}

// forgetAddress deletes an address and notes how the receipt fared.
func (d *Desk) forgetAddress(ctx context.Context, key []byte, failed bool) error {
	_, err := d.change(ctx, key, func(tx store.Tx, p *purchase) error {
		p.Receipt = ReceiptSent
		if failed {
			p.Receipt = ReceiptFailed
		}
		return outboxTable.Delete(tx, key)
	})
	return err
}

func (d *Desk) receipt(key []byte, p purchase, to address) Receipt {
	product, err := d.product(p.Product)
	if err != nil {
		product = Product{ID: p.Product, Name: map[string]string{to.Language: p.Product}}
	}
	return Receipt{To: to.Email, Language: to.Language, Number: hex.EncodeToString(key[:5]), Product: product, Seller: d.Seller,
		Day: p.Paid, Amount: p.Amount, VAT: VATIn(p.Amount, p.VAT), Currency: p.Currency, Terms: p.Terms,
		Refunded: p.State.Seen() == Refunded && !p.Kept}
}

// waitingReceipts are the keys of those that wait.
func (d *Desk) waitingReceipts(ctx context.Context) (keys [][]byte, err error) {
	err = d.Store.View(ctx, func(r store.Reader) error {
		keys = nil
		for row, err := range outboxTable.Range(r, []byte{0}, nil) {
			if err != nil {
				return err
			}
			keys = append(keys, bytes.Clone(row.Key))
		}
		return nil
	})
	return keys, err
}
