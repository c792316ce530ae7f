package payment

import (
	"crypto/sha256"
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
	Doubt     bool         `json:"h,omitempty"` // it may have been fetched: the store was brought back from a copy since
	Failed    []string     `json:"e,omitempty"` // the provider's ids of refunds that failed
	Kept      bool         `json:"r,omitempty"` // after such a one the money is still ours
}

// Why a purchase was refunded.
const (
	whyBuyer  = "buyer"  // asked for, not fetched
	whyToken  = "token"  // asked for with a refund token
	whyStaff  = "staff"  // by the operator
	whyPrice  = "price"  // what was paid is not what is asked
	whyKey    = "key"    // there was nothing left to sign with
	whyUnused = "unused" // never fetched
	whyStray  = "stray"  // paid for nothing that we know of, or twice
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
	Returned bool         `json:"r,omitempty"` // whole
	Back     int64        `json:"b,omitempty"` // of it so far, minor units
	Dispute  string       `json:"z,omitempty"`
	Disputed int64        `json:"y,omitempty"` // of it, minor units
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
	foundTable  = store.Table[found]{Bucket: "found"}
	roundTable  = store.Table[round]{Bucket: "round"}
)

// hashed is the key of what the provider or a token has an id for.
func hashed(label, id string) []byte {
	sum := sha256.Sum256([]byte(label + "\x00" + id))
	return sum[:16]
}

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
