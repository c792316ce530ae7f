package payment

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/store"
)

// purchase is a purchase as it is stored.
type purchase struct {
	Product   string       `json:"p"`
	Key       string       `json:"k"` // of the token
	Blinded   []byte       `json:"b"`
	Amount    int64        `json:"a"`
	VAT       int          `json:"v"`
	Currency  string       `json:"c"`
	Terms     string       `json:"w"` // version of the terms of sale
	Begun     int64        `json:"t"` // seconds since 1970
	Asked     int64        `json:"q,omitempty"`
	Session   string       `json:"s,omitempty"` // of the checkout
	URL       string       `json:"u,omitempty"`
	State     State        `json:"x"`
	Intent    string       `json:"i,omitempty"` // the provider's id of the payment
	Last4     string       `json:"l,omitempty"`
	Signature []byte       `json:"g,omitempty"`
	Paid      deadline.Day `json:"d,omitempty"`
	Fetched   deadline.Day `json:"f,omitempty"`
	Over      deadline.Day `json:"o,omitempty"` // refunded or expired
	Why       string       `json:"y,omitempty"` // it was refunded
	Dispute   string       `json:"z,omitempty"`
	Receipts  int          `json:"n,omitempty"`
	Receipt   string       `json:"m,omitempty"` // how the last one fared
}

// Why a purchase was refunded.
const (
	whyBuyer  = "buyer"  // asked for, not fetched
	whyToken  = "token"  // asked for with a refund token
	whyStaff  = "staff"  // by the operator
	whyPrice  = "price"  // what was paid is not what is asked
	whyKey    = "key"    // there was nothing left to sign with
	whyUnused = "unused" // never fetched
)

// How a receipt fares.
const (
	ReceiptWaiting = "waiting"
	ReceiptSent    = "sent"
	ReceiptFailed  = "failed" // not accepted within 24 hours; the address is gone
)

// seenEvent is a message of the provider that has been taken.
type seenEvent struct {
	Day deadline.Day `json:"d"`
}

// payer leads from the provider's id of a payment to its purchase, or notes what
// came of one before we heard that it was made.
type payer struct {
	Purchase []byte       `json:"p,omitempty"`
	Early    deadline.Day `json:"e,omitempty"` // when we heard it
	Returned bool         `json:"r,omitempty"`
	Dispute  string       `json:"z,omitempty"`
}

// usedToken is a refund token that has been taken.
type usedToken struct {
	Purchase []byte       `json:"p"`
	Until    deadline.Day `json:"u"` // the token's last day
}

// address is where a receipt is to go.
type address struct {
	Email    string `json:"e"`
	Language string `json:"l"`
	At       int64  `json:"t"` // seconds since 1970
}

var (
	buyTable    = store.Table[purchase]{Bucket: "buy"}
	eventTable  = store.Table[seenEvent]{Bucket: "event"}
	payerTable  = store.Table[payer]{Bucket: "payer"}
	backTable   = store.Table[usedToken]{Bucket: "back"}
	outboxTable = store.Table[address]{Bucket: "outbox"}
	ledgerTable = store.Table[Entry]{Bucket: "ledger"}
)

// hashed is the key of what the provider or a token has an id for.
func hashed(label, id string) []byte {
	sum := sha256.Sum256([]byte(label + "\x00" + id))
	return sum[:16]
}

// disputed reports whether a bank has taken the money back, or may yet.
func (p purchase) disputed() bool { return p.Dispute != "" && p.Dispute != disputeWon }

func (p purchase) begun() time.Time { return time.Unix(p.Begun, 0) }

// payerOf is what is known of a payment; nothing when it is unknown.
func payerOf(r store.Reader, intent string) (payer, error) {
	p, err := payerTable.Get(r, hashed("payer", intent))
	if errors.Is(err, store.ErrNotFound) {
		return payer{}, nil
	}
	return p, err
}

// find is the purchase under a key, or ErrUnknown.
func find(r store.Reader, key []byte) (purchase, error) {
	p, err := buyTable.Get(r, key)
	if errors.Is(err, store.ErrNotFound) {
		return p, ErrUnknown
	}
	return p, err
}

// fresh notes a message of the provider and reports whether it is the first time.
func fresh(tx store.Tx, id string, now time.Time) (bool, error) {
	key := hashed("event", id)
	_, err := eventTable.Get(tx, key)
	if !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	return true, eventTable.Put(tx, key, seenEvent{today(now)})
}

// Kinds of entries.
const (
	Sale       = "sale"
	Refund     = "refund"
	Chargeback = "chargeback"
	Reinstated = "reinstated" // a chargeback that was decided for the seller
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
