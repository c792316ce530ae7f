package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"selvhjelp/pkg/config"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/token"
	"selvhjelp/store"
)

// soldMark says, in the usage store, that something is sold here and under which
// keys: a start without them would take money and know nobody who has paid, or
// refuse what was bought. The last night of the payment store betrays an older
// copy of it. It says nothing of a purchase.
type soldMark struct {
	Opened bool         `json:"o"`
	Keys   []keySeen    `json:"k,omitempty"`
	Night  deadline.Day `json:"n,omitempty"`
}

// keySeen is a key that tokens were signed under.
type keySeen struct {
	ID      string `json:"i"`
	Product string `json:"p"`
	Year    int    `json:"y"`
	Refund  bool   `json:"r,omitempty"`
}

var (
	soldTable = store.Table[soldMark]{Bucket: "self"}
	soldKey   = []byte("sold")
)

// sold is the mark of this installation; an empty one where nothing was sold.
func (in *installation) sold() (m soldMark, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err = in.usage.View(ctx, func(r store.Reader) error {
		m, err = soldTable.Get(r, soldKey)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return soldMark{}, nil
	}
	return m, err
}

// complete returns an error when something of a shop that was opened before is
// not there, although it is needed at now.
func (m soldMark) complete(c config.Config, s *shop, now time.Time) error {
	var faults []error
	if m.Opened && noFile(paymentPath(c)) {
		faults = append(faults, fmt.Errorf("codes have been sold and %s is not there (or empty): is the disk mounted? restore the newest backup; "+
			"if it is lost for good, give the payments back at Stripe and run \"selvhjelp issuer rotate -lost\"", paymentPath(c)))
	}
	for _, k := range m.Keys {
		ring, path := s.issuer, c.Payment.IssuerKeysFile
		if k.Refund {
			ring, path = s.refund, c.Payment.RefundKeysFile
		}
		held := slices.ContainsFunc(ring.Keys(), func(have token.Key) bool { return have.ID == k.ID })
		if !held && (token.Key{Year: k.Year}).Valid(now) {
			faults = append(faults, fmt.Errorf("%s lacks the key %s of %s %d, under which codes were sold: restore the newest copy from your key escrow; "+
				"if it is lost for good, run \"selvhjelp issuer rotate -lost\"", path, k.ID, k.Product, k.Year))
		}
	}
	return errors.Join(faults...)
}

// rememberShop brings the mark up to the keys that there are, and tells the
// payment side of a night that it should remember.
func (in *installation) rememberShop(ctx context.Context, now time.Time) error {
	was, err := in.sold()
	if err != nil {
		return err
	}
	if err := in.shop.desk.NotBefore(ctx, was.Night, now); err != nil {
		return err
	}
	night, err := in.shop.desk.LastNight(ctx)
	if err != nil {
		return err
	}
	next := soldMark{Opened: true, Night: night}
	for refund, ring := range map[bool]*token.Ring{false: in.shop.issuer, true: in.shop.refund} {
		for _, k := range ring.Keys() {
			if k.Valid(now) {
				next.Keys = append(next.Keys, keySeen{k.ID, k.Product, k.Year, refund})
			}
		}
	}
	slices.SortFunc(next.Keys, func(a, b keySeen) int { return cmp.Compare(a.ID, b.ID) })
	if was.Opened && was.Night == next.Night && slices.Equal(was.Keys, next.Keys) {
		return nil
	}
	return in.usage.Update(ctx, func(tx store.Tx) error {
		tx.Essential()
		return soldTable.Put(tx, soldKey, next)
	})
}

// forgetShop takes the mark away, for a shop that is lost for good. No server
// runs on the folder then, for it would not have started.
func forgetShop(ctx context.Context, c config.Config) error {
	in, err := openUsage(c)
	if err != nil {
		return err
	}
	err = in.usage.Update(ctx, func(tx store.Tx) error { return soldTable.Delete(tx, soldKey) })
	return errors.Join(err, in.close())
}

// noFile reports whether a file is not there, or empty.
func noFile(path string) bool {
	info, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0
}
