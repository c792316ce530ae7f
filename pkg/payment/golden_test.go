package payment

import (
	"bytes"
	"strings"
	"testing"

	"selvhjelp/pkg/domaintest"
	"selvhjelp/store"
)

// b is n times the byte c.
func b(c byte, n int) []byte { return bytes.Repeat([]byte{c}, n) }

func TestTheFormatsOfThePaymentSideAreFrozen(t *testing.T) {
	begun := purchase{Product: "access", Key: "0123456789abcdef", Blinded: b('B', 9), Amount: 49000, VAT: 250, Currency: "nok",
		Terms: "2026-11-21", Begun: 1772445600, State: Waiting}
	done := begun
	done.Asked, done.Session, done.URL, done.State, done.Intent, done.Last4 = 1772445700, "cs_1", "https://pay.example/1", refunding, "pi_1", "4242"
	done.Signature, done.Paid, done.Fetched, done.Over, done.Why, done.Dispute = b('S', 9), 20514, 20515, 20516, whyToken, disputeLost
	done.Receipts, done.Receipt = 2, ReceiptSent
	failed := done
	failed.State, failed.Doubt, failed.Failed, failed.Kept = Refunded, true, []string{"re_1"}, true
	for name, put := range map[string]func(tx store.Tx, key []byte) error{
		"buy-begun":  func(tx store.Tx, key []byte) error { return buyTable.Put(tx, key, begun) },
		"buy-done":   func(tx store.Tx, key []byte) error { return buyTable.Put(tx, key, done) },
		"buy-failed": func(tx store.Tx, key []byte) error { return buyTable.Put(tx, key, failed) },
		"found": func(tx store.Tx, key []byte) error {
			return foundTable.Put(tx, key, found{FoundFailed, b('P', 16), 49000, "nok"})
		},
		"round": func(tx store.Tx, key []byte) error {
			return roundTable.Put(tx, key, round{Night: 20514, List: 1, After: "re_1", Lost: 1772445700, Through: 20513})
		},
		"event": func(tx store.Tx, key []byte) error { return eventTable.Put(tx, key, seenEvent{20514}) },
		"payer": func(tx store.Tx, key []byte) error { return payerTable.Put(tx, key, payer{Purchase: b('P', 16)}) },
		"payer-early": func(tx store.Tx, key []byte) error {
			return payerTable.Put(tx, key, payer{Early: 20514, Returned: true, Dispute: disputeWon})
		},
		"back": func(tx store.Tx, key []byte) error { return backTable.Put(tx, key, usedToken{b('P', 16), 21184}) },
		"outbox": func(tx store.Tx, key []byte) error {
			return outboxTable.Put(tx, key, address{"a@example.org", "nb", 1772445600})
		},
		"ledger": func(tx store.Tx, key []byte) error {
			return ledgerTable.Put(tx, key, Entry{20514, Sale, "access", 49000, 9800, "nok", "pi_1"})
		},
	} {
		bucket, _, _ := strings.Cut(name, "-")
		w := domaintest.Open(t)
		w.Update(t, func(tx store.Tx) error { return put(tx, b('K', 16)) })
		w.View(t, func(r store.Reader) error {
			raw, err := r.Get(bucket, b('K', 16))
			domaintest.Golden(t, name, raw)
			return err
		})
	}
}
