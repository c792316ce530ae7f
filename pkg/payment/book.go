package payment

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"math/big"
	"strings"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// Kinds of entries.
const (
	Sale       = "sale"
	Refund     = "refund"
	Chargeback = "chargeback"
	Reinstated = "reinstated" // a chargeback that was decided for the seller

	RefundFailed = "refund_failed" // a refund whose money the provider has back
)

// Entry is a line of the accounts. Amounts are in minor units, negative for what
// went back; VAT is the part of the amount that is VAT.
type Entry struct {
	Day      deadline.Day `json:"-"`
	Kind     string       `json:"k"`
	Product  string       `json:"p,omitempty"`
	Amount   int64        `json:"a"`
	VAT      int64        `json:"v"`
	Currency string       `json:"c"`
	Provider string       `json:"i"` // the provider's id
}

// book adds a line to the accounts.
func book(tx store.Tx, e Entry, now time.Time) error {
	key := binary.BigEndian.AppendUint32(nil, uint32(today(now)))
	random := make([]byte, 12)
	rand.Read(random) // never fails
	return ledgerTable.Put(tx, append(key, random...), e)
}

// bookPurchase adds a line about a whole purchase.
func bookPurchase(tx store.Tx, kind string, p purchase, sign int64, now time.Time) error {
	return book(tx, Entry{Kind: kind, Product: p.Product, Amount: sign * p.Amount, VAT: sign * VATIn(p.Amount, p.VAT),
		Currency: p.Currency, Provider: p.Intent}, now)
}

// clockDays is how far ahead the clock may have been when a payment was booked: what
// came of it may have been booked under earlier days.
const clockDays = 60

// booked is what the accounts hold about one payment.
type booked struct {
	sale Entry            // its Kind is empty when the payment was never booked
	sums map[string]Entry // amount and VAT so far, by kind; a refund that failed is none
}

// bookedOf adds up the entries about a payment that was made on the day from.
// That is the truth about money also when the purchase is kept no more.
func bookedOf(r store.Reader, intent string, from deadline.Day) (booked, error) {
	out := booked{sums: map[string]Entry{}}
	for row, err := range ledgerTable.Range(r, binary.BigEndian.AppendUint32(nil, uint32(max(1, from-clockDays))), nil) {
		if err != nil {
			return out, err
		}
		e := row.Value
		if e.Provider != intent {
			continue
		}
		if e.Kind == Sale {
			out.sale = e
		}
		kind := e.Kind
		if kind == RefundFailed {
			kind = Refund
		}
		sum := out.sums[kind]
		out.sums[kind] = Entry{Amount: sum.Amount + e.Amount, VAT: sum.VAT + e.VAT}
	}
	return out, nil
}

// upTo books what is missing until the entries of a kind come to an amount; what
// is booked already is never booked again.
func (b booked) upTo(tx store.Tx, kind string, amount int64, now time.Time) error {
	e, so := b.sale, b.sums[kind]
	e.Kind, e.Amount, e.VAT = kind, amount-so.Amount, b.vatIn(amount)-so.VAT
	if amount == 0 || e.Amount == 0 || e.Amount < 0 != (amount < 0) {
		return nil
	}
	return book(tx, e, now)
}

// vatIn is the part of an amount that is VAT, as in the sale.
func (b booked) vatIn(amount int64) int64 {
	if b.sale.Amount == 0 {
		return 0
	}
	whole := new(big.Int).Mul(big.NewInt(amount), big.NewInt(b.sale.VAT))
	return whole.Quo(whole, big.NewInt(b.sale.Amount)).Int64()
}

// contested books what a bank has taken back, and what was decided for the
// seller. An inquiry moves no money.
func (b booked) contested(tx store.Tx, status string, amount int64, now time.Time) error {
	if inquiry(status) {
		return nil
	}
	err := b.upTo(tx, Chargeback, -amount, now)
	if status == disputeWon {
		err = errors.Join(err, b.upTo(tx, Reinstated, amount, now))
	}
	return err
}

// inquiry reports whether the provider's word about a chargeback means that a
// bank has only asked.
func inquiry(status string) bool { return strings.HasPrefix(status, "warning_") }
