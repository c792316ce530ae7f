package payment_test

import (
	"bytes"
	"testing"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/payment"
	"selvhjelp/store"
)

// copied keeps what is stored, and bringBack puts that in its place again.
func (s *shop) copied(t *testing.T) (bringBack func()) {
	t.Helper()
	buckets := []string{"buy", "event", "payer", "back", "ledger", "found", "round"}
	kept := map[string]map[string][]byte{}
	s.View(t, func(r store.Reader) error {
		for _, bucket := range buckets {
			kept[bucket] = map[string][]byte{}
			for e, err := range r.Range(bucket, []byte{0}, nil) {
				if err != nil {
					return err
				}
				kept[bucket][string(e.Key)] = bytes.Clone(e.Value)
			}
		}
		return nil
	})
	return func() {
		t.Helper()
		s.lose(t, buckets...)
		s.Update(t, func(tx store.Tx) error {
			for bucket, records := range kept {
				for key, value := range records {
					if err := tx.Put(bucket, []byte(key), value); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
}

// TestWhatWasFetchedSinceTheCopyIsNotGivenBackForNothing: the store was brought
// back, and takes what was fetched since for unfetched. What was begun since then
// betrays it. Who has not fetched has the money back all the same, and what is
// bought from now on is as ever.
func TestWhatWasFetchedSinceTheCopyIsNotGivenBackForNothing(t *testing.T) {
	s := newShop(t)
	fetched, honest, waiting := s.bought(t), s.bought(t), s.bought(t)
	s.days(1)
	bringBack := s.copied(t)
	s.signature(t, fetched)
	since := s.bought(t)
	s.begin(t, s.buyer(t))
	bringBack()
	s.night(t)
	s.wantDifferences(t, payment.FoundLost, payment.FoundUnheard)
	s.wantReturned(t, since)
	wantError(t, "what was fetched", s.back(t, fetched, nil), payment.ErrFetched)
	s.signature(t, honest)
	s.days(1)
	after := s.bought(t)
	s.night(t)
	proof := s.refundToken(t)
	check(t, s.back(t, honest, &proof))
	s.wantReturned(t, honest)
	check(t, s.back(t, after, nil))
	s.wantReturned(t, after)
	s.days(payment.UnusedDays)
	s.night(t)
	s.wantReturned(t, waiting)
	s.wantDifferences(t)
}

// TestACopyThatNothingBetraysIsKnownByTheNightsItLacks: nobody has begun a
// purchase since; but somebody else remembers the nights.
func TestACopyThatNothingBetraysIsKnownByTheNightsItLacks(t *testing.T) {
	s := newShop(t)
	b := s.bought(t)
	s.night(t)
	bringBack := s.copied(t)
	night, err := s.LastNight(t.Context())
	check(t, err)
	check(t, s.NotBefore(t.Context(), night, s.now))
	s.wantDifferences(t)
	s.days(1)
	s.night(t)
	night, err = s.LastNight(t.Context())
	check(t, err)
	s.signature(t, b)
	bringBack()
	for range 2 {
		check(t, s.NotBefore(t.Context(), night, s.now))
		s.wantDifferences(t, payment.FoundLost)
	}
	if got := s.status(t, b); !got.Fetched || !got.Doubt {
		t.Errorf("the buyer is told %+v", got)
	}
	lines, err := s.Lines(t.Context())
	check(t, err)
	if !lines[0].Doubt || lines[0].Fetched || !lines[0].Refundable {
		t.Errorf("staff see %+v", lines[0])
	}
}

// TestWhatWentBackSinceTheCopyIsNotHandedOut: neither what the copy takes for paid
// nor what it takes for begun, also before the night.
func TestWhatWentBackSinceTheCopyIsNotHandedOut(t *testing.T) {
	s := newShop(t)
	paid, begun := s.bought(t), s.buyer(t)
	checkout := s.begin(t, begun)
	bringBack := s.copied(t)
	check(t, s.provider.Pay(checkout))
	s.deliver(t, s.last())
	check(t, s.back(t, paid, nil))
	check(t, s.back(t, begun, nil))
	s.days(1)
	s.night(t)
	night, err := s.LastNight(t.Context())
	check(t, err)
	bringBack()
	check(t, s.NotBefore(t.Context(), night, s.now))
	s.provider.Down(true)
	_, signature, err := s.Signature(t.Context(), payment.ID(paid.Purchase), s.now)
	if wantError(t, "while the provider is away", err, payment.ErrUnreachable); signature != nil {
		t.Error("signed in doubt")
	}
	s.provider.Down(false)
	for _, b := range []*domaintest.Buyer{paid, begun} {
		state, signature, err := s.Signature(t.Context(), payment.ID(b.Purchase), s.now)
		if state != payment.Refunded || signature != nil || err != nil {
			t.Errorf("the purchase is %s, with %d bytes, %v", state, len(signature), err)
		}
	}
	s.wantAccounts(t, map[string]int{payment.Sale: 2, payment.Refund: 2}, 0, 0)
}

// status is what the buyer of a purchase is told.
func (s *shop) status(t *testing.T, b *domaintest.Buyer) payment.Status {
	t.Helper()
	status, err := s.Status(t.Context(), payment.ID(b.Purchase), s.now)
	check(t, err)
	return status
}
