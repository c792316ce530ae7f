package payment

import (
	"context"
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/mail"
	"selvhjelp/pkg/token"
	"selvhjelp/store"
)

// Options are what a Desk is made of.
type Options struct {
	Store    store.Store // its own
	Products []Product
	Seller   Seller
	Terms    string // version of the terms of sale, a date
	Language string // in which the provider shows the product's name
	Site     string // scheme and host that the provider leads back to
	Issuer   *token.Ring
	Refunds  func() []token.Key // public keys under which the usage side says that a token was not used
	Provider Provider

	Send   func(context.Context, mail.Letter) error // nil sends no receipts
	Letter func(Receipt) mail.Letter                // puts a receipt into words
}

// Desk sells. It may be used from several goroutines.
type Desk struct {
	Options
	provider *provider
}

// New makes a Desk; nobody is asked yet. It refuses a webhook secret that is
// empty or short, with which anybody could say that they have paid.
func New(o Options) (*Desk, error) {
	p, err := newProvider(o.Provider)
	if err != nil {
		return nil, err
	}
	o.Products = slices.Clone(o.Products)
	for i := range o.Products {
		if !o.Seller.VAT {
			o.Products[i].VAT = 0
		}
	}
	return &Desk{o, p}, nil
}

// IssuerKeys are the keys whose signatures are taken at now: of what is sold, and
// after those the ones of what was not used.
func (d *Desk) IssuerKeys(now time.Time) []IssuerKey {
	lapsed := func(k IssuerKey) bool { return !k.Valid(now) }
	return slices.DeleteFunc(slices.Concat(d.Issuer.Keys(), d.Refunds()), lapsed)
}

// Signs reports whether purchases that begin at now are signed under a key.
func (d *Desk) Signs(k IssuerKey, now time.Time) bool {
	current, err := d.Issuer.Current(k.Product, now)
	return err == nil && current.ID == k.ID
}

// product finds what is sold under an id.
func (d *Desk) product(id string) (Product, error) {
	i := slices.IndexFunc(d.Products, func(p Product) bool { return p.ID == id })
	if i < 0 {
		return Product{}, ErrProduct
	}
	return d.Products[i], nil
}

// Order is what a browser brings to begin a purchase.
type Order struct {
	ID      ID
	Product string
	Key     string // id of the issuer's key
	Blinded []byte
	Price   int64 // that the page has shown; 0 when it does not say
}

// Start begins a purchase, or finds it begun, and returns where to pay. Whatever
// fails after the first step can be tried again with the same order.
func (d *Desk) Start(ctx context.Context, o Order, now time.Time) (address string, err error) {
	begun, unfit := d.ordered(o, now)
	var p purchase
	err = d.Store.Update(ctx, func(tx store.Tx) error {
		p, err = begin(tx, o, begun, unfit)
		return err
	})
	if err != nil {
		return "", err
	}
	if p.State == Waiting && now.Sub(p.begun()) >= p.patience() {
		if p, err = d.stale(ctx, o.ID, p, now); err != nil {
			return "", err
		}
	}
	switch {
	case p.State == Expired:
		return "", ErrExpired
	case p.URL != "":
		return p.URL, nil
	}
	return d.checkout(ctx, o.ID, p)
}

// patience is how long a buyer may be on the way to the payment. The provider
// opens no page that would end within half an hour.
func (p purchase) patience() time.Duration {
	if p.Session == "" {
		return sessionFor / 3
	}
	return sessionFor
}

// stale asks about a purchase whose page has ended. One that never had a page
// has expired.
func (d *Desk) stale(ctx context.Context, id ID, p purchase, now time.Time) (purchase, error) {
	if p.Session == "" {
		return d.change(ctx, id.key(), func(_ store.Tx, p *purchase) error {
			p.expire(now)
			return nil
		})
	}
	p, err := d.current(ctx, id.key(), now)
	if err == nil && p.State == Waiting {
		err = ErrExpired
	}
	return p, err
}

// ordered is the purchase that an order begins, and why it does not fit, if so.
func (d *Desk) ordered(o Order, now time.Time) (begun purchase, unfit error) {
	product, err := d.product(o.Product)
	if err != nil {
		return purchase{}, err
	}
	if o.Price != 0 && o.Price != product.Price {
		return purchase{}, ErrPrice
	}
	key, err := d.Issuer.Current(o.Product, now)
	if err != nil || key.ID != o.Key {
		return purchase{}, ErrKey
	}
	return purchase{Product: o.Product, Key: o.Key, Blinded: o.Blinded, Amount: product.Price, VAT: product.VAT,
		Currency: product.Currency, Terms: d.Terms, Begun: now.Unix(), State: Waiting}, key.Signable(o.Blinded)
}

// begin stores a purchase unless it is there; then it must be the same.
func begin(tx store.Tx, o Order, begun purchase, unfit error) (purchase, error) {
	p, err := find(tx, o.ID.key())
	switch {
	case errors.Is(err, ErrUnknown) && unfit != nil:
		return p, unfit
	case errors.Is(err, ErrUnknown):
		return begun, buyTable.Put(tx, o.ID.key(), begun)
	case err == nil && (p.Product != o.Product || p.Key != o.Key || !slices.Equal(p.Blinded, o.Blinded)):
		return p, ErrOther
	}
	return p, err
}

// checkout opens the provider's page for a purchase that has none. The provider
// answers the same id with the same page.
func (d *Desk) checkout(ctx context.Context, id ID, p purchase) (address string, err error) {
	product, err := d.product(p.Product)
	if err != nil {
		return "", err
	}
	opened, err := d.provider.open(ctx, opening{
		Key: id.String(), Reference: id.Reference(), Name: product.Name[d.Language], Statement: product.Statement,
		Amount: p.Amount, Currency: p.Currency, Until: p.begun().Add(sessionFor), Site: d.Site,
	})
	if err != nil {
		return "", err
	}
	_, err = d.change(ctx, id.key(), func(_ store.Tx, p *purchase) error {
		p.Session, p.URL = opened.Session, opened.URL
		return nil
	})
	return opened.URL, err
}

// change reads, changes and stores one purchase, and returns what it is then.
func (d *Desk) change(ctx context.Context, key []byte, fn func(tx store.Tx, p *purchase) error) (purchase, error) {
	var out purchase
	err := d.Store.Update(ctx, func(tx store.Tx) error {
		tx.Essential() // a purchase that was begun is brought to its end
		p, err := find(tx, key)
		if err != nil {
			return err
		}
		if err := fn(tx, &p); err != nil {
			return err
		}
		out = p
		return buyTable.Put(tx, key, p)
	})
	return out, err
}

// read is a purchase as it stands.
func (d *Desk) read(ctx context.Context, key []byte) (p purchase, err error) {
	err = d.Store.View(ctx, func(r store.Reader) error {
		p, err = find(r, key)
		return err
	})
	return p, err
}
