// Package store is the contract that every storage backend keeps: ordered
// buckets of keys and values under serialisable transactions.
//
// It promises to its callers:
//
//   - Transactions are serialisable, and durable when Update returns nil.
//   - An Update whose function returns an error, or panics, leaves nothing
//     behind, even where several Updates share one commit.
//   - The function of a View or Update may run more than once: assign results,
//     never append to them.
//   - The context is honoured until the function starts, not after.
//
// It asks of its callers: be quick; never keep the Reader or Tx, nor a value
// read from it, after the function has returned; never open a transaction
// inside another; inside a Range read first and write after it has ended.
//
// A store holds bytes. Table gives a bucket a type, and package store/sealed
// wraps a Store so that no value rests in the clear. Everything stored is
// sealed, so the only order that means anything is that of key prefixes and
// of day numbers.
//
// # Records of the usage store
//
// One package owns each bucket; keys are HMACs, random bytes or day numbers
// followed by random bytes, and no bucket is named after a category of data.
//
//	bucket   key                                    owner         value
//	self     "self", "sold", "swept", "night"       cmd           which root key the database belongs to, which keys codes are sold under and the last night of the payment store; retention: the last sweep and the last night
//	code     lookup key                             account       an issued code or an account
//	own      h(account)                             account       account data, under the account's master key
//	draft    h(account) || tag                      registration  an unfinished mapping, or how far a programme was read, what is ticked there and thought of its parts, under the master key
//	reg      h(account) || random                   registration  a registration, under its category's key
//	sum      h(account, category)                   registration  the summary of a category, under its key
//	         h(account) || tag                      registration  that of a mapping tool that is shared by itself
//	hist     h(account) || random                   registration  what a correction replaced, under the master key
//	grant    h(business) || random                  consent       a grant
//	due      day || random                          deadline      what falls due on that day
//	org      h(business)                            organization  a business
//	staff    h(professional)                        organization  a professional, or the name of one who has left
//	mail     h(e-mail)                              organization  which professional has it
//	member   h(business) || professional            organization  the business identity, wrapped to one professional
//	ident    h(business) || generation              organization  an older identity, sealed under the newest
//	link     h(link token)                          organization  an invitation or a reset
//	issued   h(business) || tag                     organization  a reference, sealed for the business
//	open     random                                 account       stands while an issued code may still be taken into use
//	msg      h(ticket)                              request       a message to the operator, without its sender
//	audit    h(business) || counter                 audit         an entry of the chain
//	chain    h(business)                            audit         the head of the chain
//	stat     day || random                          statistics    how many requests of each kind came on that day
//	spent    key id || SHA-256(nonce)               voucher       what a token was used for, as an HMAC; no time
//
// # Records of the payment store
//
// It is a file of its own and shares no id with the usage store.
//
//	bucket   key                                    owner         value
//	buy      SHA-256(purchase id)                   payment       a purchase
//	payer    SHA-256(id of the payment)             payment       which purchase a payment was for
//	event    SHA-256(id of the message)             payment       that a message of the provider was taken
//	back     SHA-256(key id || nonce)               payment       a refund token that was taken
//	outbox   SHA-256(purchase id)                   payment       an address for a receipt, for a day at most
//	ledger   day || random                          payment       a line of the accounts
//	found    day || random                          payment       in what the provider's lists and this store did not agree
//	round    "round"                                payment       how far those lists have been compared
package store

import (
	"context"
	"errors"
	"iter"
)

// Errors of every backend. Any other error of View or Update is that of the
// function, of the context, or of the disk before anything was written.
var (
	// ErrNotFound is returned by Get for a key that is not there.
	ErrNotFound = errors.New("store: not found")
	// ErrFull means that the store has reached its limit or the disk its end.
	// Nothing was saved. Transactions that called Tx.Essential have a reserve
	// beyond the limit.
	ErrFull = errors.New("store: full, not saved")
	// ErrUnknown means that the commit failed in a way that leaves open
	// whether it was saved. The store refuses everything from then on, and the
	// process must end so that its supervisor starts it anew.
	ErrUnknown = errors.New("store: outcome of the commit is unknown")
	// ErrClosed is returned once the store has been closed.
	ErrClosed = errors.New("store: closed")
)

// Store keeps buckets of keys and values. Its methods may be called from
// several goroutines.
type Store interface {
	// View runs fn on an unchanging snapshot.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn and makes its changes durable, all or none. Concurrent
	// Updates may share a commit; each still fails alone.
	Update(ctx context.Context, fn func(Tx) error) error
	// Close waits for running transactions and releases the files.
	Close() error
}

// Reader reads inside a transaction. The byte slices it hands out are valid
// until the transaction's function returns and must not be changed.
type Reader interface {
	// Get returns the value under key, or ErrNotFound.
	Get(bucket string, key []byte) ([]byte, error)
	// Range yields the entries with from <= key < to in the order of their
	// keys; a nil to means to the end. After an error it ends; one that is
	// about a single entry comes with its key.
	Range(bucket string, from, to []byte) iter.Seq2[Entry, error]
}

// Tx reads and writes inside an Update.
type Tx interface {
	Reader
	// Put stores value under key, replacing what was there. Keys are 1 to 512
	// bytes long. Both slices may be used again when it has returned.
	Put(bucket string, key, value []byte) error
	// Delete removes key; a key that is not there is not an error.
	Delete(bucket string, key []byte) error
	// Essential marks the transaction as one that must succeed on a full
	// store: withdrawing, deleting, expiring, changing a code, shutting
	// somebody out, and the audit entry without which nothing is read. It may
	// use the reserve beyond the limit.
	Essential()
}

// Change is asked about every record while a store is written anew. It returns
// the value to store instead, or nil for the one that is there, and whether the
// record is kept at all. An error gives the whole thing up. The slices are valid
// until it is called again, on both sides. A record that somebody changes
// meanwhile is asked about again.
type Change func(bucket string, key, value []byte) (changed []byte, keep bool, err error)

// File is what a backend is beneath the seal: the records as they rest.
type File interface {
	// Compact writes the store anew as change wants it, without anything that
	// was deleted before. Updates and Views go on meanwhile. On an error the
	// store stays as it was.
	Compact(ctx context.Context, change Change) error
	// Each calls fn with every record of one snapshot until it returns an
	// error. The slices are valid during a call.
	Each(ctx context.Context, fn func(bucket string, key, value []byte) error) error
}

// Entry is a key with its value.
type Entry struct {
	Key, Value []byte
}

// PrefixEnd returns the first key after all keys that begin with prefix, for
// the end of a Range; nil when there is none.
func PrefixEnd(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}
