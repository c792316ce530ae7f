package payment

import (
	"context"
	"time"

	"github.com/stripe/stripe-go/v76"
)

const pageSize = 100 // entries of a list that the provider gives at once

// page is a part of one of the provider's lists, the newest first, as messages
// that would say the same.
type page struct {
	says []message
	last string // id of the last entry; empty when there is no more
}

// The provider's lists that are compared, one after the other, and how many days
// back: as long as what they tell of can be about a purchase that is kept.
var lists = []struct {
	days int
	read func(p *provider, l stripe.ListParams, from *stripe.RangeQueryParams) *stripe.Iter
	take func(entry any) (m message, id string)
}{
	{UnusedDays + KeptDays, (*provider).sessionsFrom, listedSession},
	{UnusedDays, (*provider).refundsFrom, listedRefund},
	{contestedDays, (*provider).disputesFrom, listedDispute},
}

// list reads a page of the list with that number, of the entries after one; from
// the first when that is empty.
func (p *provider) list(ctx context.Context, number int, after string, now time.Time) (page, error) {
	l := lists[number]
	params := stripe.ListParams{Context: ctx, Limit: stripe.Int64(pageSize), Single: true}
	if after != "" {
		params.StartingAfter = new(after)
	}
	it := l.read(p, params, &stripe.RangeQueryParams{GreaterThanOrEqual: now.AddDate(0, 0, -l.days).Unix()})
	var out page
	for it.Next() {
		m, id := l.take(it.Current())
		out.says, out.last = append(out.says, m), id
	}
	if err := it.Err(); err != nil {
		return page{}, explain(err)
	}
	if !it.Meta().HasMore {
		out.last = ""
	}
	return out, nil
}

func (p *provider) sessionsFrom(l stripe.ListParams, from *stripe.RangeQueryParams) *stripe.Iter {
	params := &stripe.CheckoutSessionListParams{ListParams: l, CreatedRange: from}
	params.AddExpand("data.payment_intent.latest_charge")
	return p.sessions.List(params).Iter
}

func (p *provider) refundsFrom(l stripe.ListParams, from *stripe.RangeQueryParams) *stripe.Iter {
	return p.refunds.List(&stripe.RefundListParams{ListParams: l, CreatedRange: from}).Iter
}

func (p *provider) disputesFrom(l stripe.ListParams, from *stripe.RangeQueryParams) *stripe.Iter {
	return p.disputes.List(&stripe.DisputeListParams{ListParams: l, CreatedRange: from}).Iter
}

func listedSession(entry any) (message, string) {
	s := entry.(*stripe.CheckoutSession)
	said := looked(s)
	m := message{Checkout: &said}
	if s.PaymentIntent != nil && s.PaymentIntent.LatestCharge != nil && s.PaymentIntent.LatestCharge.AmountRefunded > 0 {
		c := s.PaymentIntent.LatestCharge
		m.Returned = &reversal{said.Intent, c.AmountRefunded, c.Refunded}
	}
	return m, s.ID
}

// listedRefund tells of a refund that has failed, and nothing of others.
func listedRefund(entry any) (message, string) {
	r := entry.(*stripe.Refund)
	gone := r.Status == stripe.RefundStatusFailed || r.Status == stripe.RefundStatusCanceled
	if !gone || r.PaymentIntent == nil {
		return message{}, r.ID
	}
	return message{Failed: &failure{r.ID, r.PaymentIntent.ID, r.Amount}}, r.ID
}

func listedDispute(entry any) (message, string) {
	d := entry.(*stripe.Dispute)
	if d.PaymentIntent == nil {
		return message{}, d.ID
	}
	return message{Dispute: &dispute{d.PaymentIntent.ID, string(d.Status), d.Amount}}, d.ID
}
