package payment

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// Line is a purchase as the operator's staff see it.
type Line struct {
	Reference  string
	Day        deadline.Day
	Product    string
	Amount     int64 // minor units
	Currency   string
	State      State
	Why        string // it was refunded
	Last4      string // of the card, as the provider gives them
	Fetched    bool
	Dispute    string // how a chargeback stands, in the provider's word
	Doubt      bool   // it may have been fetched: the store was brought back from a copy
	Kept       bool   // the refund failed, and the money is still ours
	Refundable bool   // by staff
}

// Lines are the purchases that are kept and were paid, newest first.
func (d *Desk) Lines(ctx context.Context) ([]Line, error) {
	all, err := d.all(ctx)
	var out []Line
	for _, b := range all {
		if b.Paid > 0 {
			out = append(out, b.line())
		}
	}
	slices.SortFunc(out, func(a, b Line) int {
		return cmp.Or(cmp.Compare(b.Day, a.Day), cmp.Compare(a.Reference, b.Reference))
	})
	return out, err
}

// Line is one of them, or ErrUnknown.
func (d *Desk) Line(ctx context.Context, reference string) (Line, error) {
	key, err := keyOf(reference)
	if err != nil {
		return Line{}, err
	}
	p, err := d.read(ctx, key)
	if err == nil && p.Paid == 0 {
		err = ErrUnknown
	}
	return kept{p, key}.line(), err
}

func (b kept) line() Line {
	return Line{Reference: hex.EncodeToString(b.key), Day: b.Paid, Product: b.Product, Amount: b.Amount, Currency: b.Currency,
		State: b.State.Seen(), Why: b.Why, Last4: b.Last4, Fetched: b.Fetched > 0, Dispute: b.Dispute,
		Doubt: b.Doubt && b.Fetched == 0, Kept: b.Kept, Refundable: b.State == Paid && b.Fetched == 0 && !b.disputed()}
}

// Accounts are the entries from a day through another, oldest first.
func (d *Desk) Accounts(ctx context.Context, from, to deadline.Day) (out []Entry, err error) {
	err = d.Store.View(ctx, func(r store.Reader) error {
		out = nil
		for row, err := range ledgerTable.Range(r, []byte{0}, nil) {
			if err != nil {
				return err
			}
			e := row.Value
			if e.Day = entryDay(row.Key); e.Day >= from && e.Day <= to {
				out = append(out, e)
			}
		}
		return nil
	})
	return out, err
}

// keyOf is the key of a reference, or ErrUnknown.
func keyOf(reference string) ([]byte, error) {
	key, err := hex.DecodeString(reference)
	if err != nil || len(key) != keyLen {
		return nil, ErrUnknown
	}
	return key, nil
}
