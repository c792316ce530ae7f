// Package payment is the payment side of a purchase: it takes the money, signs
// without seeing what, refunds, and never learns which account was bought.
//
//   - A purchase has an id that the buyer's browser has drawn. It brings a blinded
//     value, which is signed in the transaction that finds it paid; the same id
//     has the same answer for ever, and another blinded value is refused.
//   - Amount, currency and product must be those that were asked for and still
//     hold, or the money goes back and nothing is signed.
//   - The provider's messages may come twice, late, in any order or not at all:
//     each counts once, in the transaction that it changes something in, and the
//     provider is asked when one is late.
//   - What was not fetched is refunded within 30 days of the payment, and after
//     60 by itself; its signature is never released from then on. What was fetched
//     is refunded for a token that says it was not used, from the day after the
//     fetch on, once. Chargebacks are recorded and revoke nothing; what the
//     operator gives back at the provider is booked, also in part.
//   - Every night the provider's lists of the last weeks are compared with what is
//     stored, page by page, going on where the last night stopped. What no message
//     told is put right and shown to staff; so is a refund that failed later, for
//     them to find another way. A store that was brought back from an older copy is
//     known by what it lacks: what it takes for unfetched is then given back for a
//     token, by the operator, or when its time is over.
//   - A payment that no purchase is known for, or a second one for the same, goes
//     back. A full store refuses new purchases and finishes those that were begun.
//   - A purchase goes 40 days after its fetch or refund. What the law on
//     bookkeeping asks for stays five years: day, amount, VAT and the provider's
//     own id.
//   - The address for a receipt is kept until the mail server has accepted it, 24
//     hours at the most.
//   - The provider gets a neutral product name, an amount, the id and constant
//     addresses; nothing about use, nothing about this machine.
//
// A Desk opens its transactions itself, because the provider is asked between
// them; it keeps them in a store of its own that shares no id with any other.
package payment

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/token"
)

// Times.
const (
	RefundDays  = 30 // after the payment, on demand
	UnusedDays  = 60 // after the payment, by itself when nothing was fetched
	KeptDays    = 40 // after the fetch or the refund
	graceDays   = 7  // after the last day of a refund, for a token that was handed in by then
	LedgerYears = 5  // after the year of the entry; the law on bookkeeping

	outboxLife = 24 * time.Hour   // of an address for a receipt
	sessionFor = time.Hour        // in which the checkout can be finished
	lateAfter  = 5 * time.Second  // until the provider is asked
	askEvery   = 15 * time.Second // about one purchase
	eventDays  = 30               // the provider repeats a message for three
	strayDays  = 30               // after which a payment nobody knows of is left alone; less than KeptDays
	receipts   = 3                // of one purchase
	keyLen     = 16               // bytes

	contestedDays = 180 // after the payment, where no word ends a chargeback
)

// Errors that a buyer or a member of staff is told.
var (
	ErrProduct     = errors.New("payment: there is no such product")
	ErrPrice       = errors.New("payment: the price is another one")
	ErrKey         = errors.New("payment: the key does not sign for this product now")
	ErrOther       = errors.New("payment: the purchase was begun with another value")
	ErrUnknown     = errors.New("payment: there is no such purchase")
	ErrExpired     = errors.New("payment: the purchase was not finished in time")
	ErrNothing     = errors.New("payment: nothing was paid")
	ErrLate        = errors.New("payment: the time for a refund is over")
	ErrFetched     = errors.New("payment: the signature was fetched; a refund takes a refund token")
	ErrTomorrow    = errors.New("payment: a refund token is taken from the next day on")
	ErrTokenUsed   = errors.New("payment: the refund token was used for another purchase")
	ErrDisputed    = errors.New("payment: the payment is disputed with the bank")
	ErrNoMail      = errors.New("payment: no receipts are sent by mail")
	ErrReceipts    = errors.New("payment: enough receipts were sent")
	ErrUnreachable = errors.New("payment: the payment provider cannot be reached")
	ErrRefused     = errors.New("payment: the payment provider refused")
)

// Errors of a message that is not the provider's, or not one that we can read.
var (
	ErrForged  = errors.New("payment: the message is not signed by the provider")
	ErrOld     = errors.New("payment: the message is too old, or from a time to come")
	ErrVersion = errors.New("payment: the message is of another version of the provider's interface; make the endpoint with 2023-10-16")
)

// State is how far a purchase is.
type State string

// The states that a buyer sees.
const (
	Waiting  State = "waiting"
	Paid     State = "paid"
	Refunded State = "refunded"
	Expired  State = "expired"

	refunding State = "refunding" // decided, and the provider is still to confirm it
)

// Seen is what a buyer is told: money that is on its way back is.
func (s State) Seen() State {
	if s == refunding {
		return Refunded
	}
	return s
}

// Product is what is sold.
type Product struct {
	ID          string
	Name, About map[string]string // nb, nn, en
	Statement   string            // on the card statement, at most 22 letters
	Price       int64             // minor units, VAT included
	VAT         int               // per mille
	Currency    string            // three lower-case letters
}

// VATIn is the VAT within an amount (minor units, rounded to the nearest).
func VATIn(amount int64, permille int) int64 {
	whole := int64(1000 + permille)
	return (amount*int64(permille)*2 + whole) / (2 * whole)
}

// IssuerKey is a public key under which purchases are signed.
type IssuerKey = token.Key

// Seller is who sells.
type Seller struct {
	Name, Number, Address, Email string
	VAT                          bool // in the register of VAT
}

// ID is the id of a purchase, which its buyer keeps as the purchase number. Who
// has it can ask for the state, a receipt and a refund to the card that paid.
type ID [16]byte

// ParseID reads a purchase number; ErrUnknown for anything else.
func ParseID(text string) (ID, error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != len(ID{}) {
		return ID{}, ErrUnknown
	}
	return ID(raw), nil
}

// String is the purchase number.
func (id ID) String() string { return base64.RawURLEncoding.EncodeToString(id[:]) }

// key is where a purchase is kept. It leads to no purchase number.
func (id ID) key() []byte {
	sum := sha256.Sum256(append([]byte("purchase-v1"), id[:]...))
	return sum[:keyLen]
}

// Reference is what staff and the provider know a purchase by.
func (id ID) Reference() string { return hex.EncodeToString(id.key()) }

// today is the day of a moment.
func today(now time.Time) deadline.Day { return deadline.DayOf(now) }
