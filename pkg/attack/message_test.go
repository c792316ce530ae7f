package attack

import (
	"testing"

	"selvhjelp/pkg/account"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/request"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// writes sends a message of a user to the operator, keeps its ticket as the
// service does, and returns it. The operator's staff answer it.
func (w *world) writes(name string, keys *organization.Keys) (ticket []byte) {
	w.t.Helper()
	ticket = request.NewTicket(nil, "")
	w.Update(w.t, func(tx store.Tx) error {
		operator, err := organization.Operator(tx)
		if err != nil {
			return err
		}
		a, err := account.Resume(tx, w.Ring, w.users[name].ref)
		if err != nil {
			return err
		}
		a.Data.Tickets = [][]byte{ticket}
		c := request.Content{Kind: request.Suggestion, Text: "message-of-" + name}
		if err := request.Send(tx, operator, ticket, c, now); err != nil {
			return err
		}
		if err := request.Answer(tx, keys, request.IDOf(ticket), "answer-to-"+name, now); err != nil {
			return err
		}
		return a.Save(tx)
	})
	return ticket
}

// office makes the operator with one of its staff.
func (w *world) office() *organization.Keys {
	w.t.Helper()
	f := &firm{name: "Operator"}
	w.Update(w.t, func(tx store.Tx) error {
		b, err := organization.FoundOperator(tx, f.name)
		f.id = b.ID
		return err
	})
	return w.join(f, w.person("staff"), true).Keys
}

// messages finds what is sealed in the messages.
func (l loot) messages(t testing.TB) (out []field) {
	t.Helper()
	for _, e := range l["msg"] {
		m := decode[struct {
			Wrap    []byte `json:"w"`
			Content []byte `json:"c"`
			Answer  []byte `json:"a"`
		}](t, e)
		out = append(out, field{kind: "ticket", sealed: m.Wrap},
			field{kind: "request", sealed: m.Content, contexts: [][][]byte{{e.Key}}},
			field{kind: "answer", sealed: m.Answer, contexts: [][][]byte{{e.Key}}})
	}
	return out
}

// TestMessagesAreShutForThievesAndLeadToNobody: the server's keys open no
// message, and nothing in one leads to an account. An access code opens the
// messages of that account and of no other.
func TestMessagesAreShutForThievesAndLeadToNobody(t *testing.T) {
	w := build(t)
	keys := w.office()
	tickets := map[string][]byte{"own": w.writes("own", keys), "selfmade": w.writes("selfmade", keys)}
	w.night()
	x := newThief(t, w)
	x.fields = append(x.fields, x.loot.messages(t)...)
	x.rob()
	for name, ticket := range tickets {
		for _, secret := range []string{"message-of-" + name, "answer-to-" + name, string(ticket)} {
			if x.knows(secret) {
				t.Errorf("the server's keys open something of the message of %s", name)
			}
		}
		for _, e := range x.loot["msg"] {
			if id := w.users[name].ref.ID; holds(e.Value, string(id[:])) || holds(e.Key, string(id[:])) {
				t.Errorf("a message leads to the account of %s", name)
			}
		}
	}

	x.takeCode(w.users["own"].code)
	x.rob()
	for name, ticket := range tickets {
		if x.knows(string(ticket)) {
			x.takeKey(vault.DeriveKey(ticket, nil, "request-v1").Bytes())
		}
		x.rob()
		for _, secret := range []string{"message-of-" + name, "answer-to-" + name} {
			if x.knows(secret) != (name == "own") {
				t.Errorf("with the code of own: read of %s is %t", name, x.knows(secret))
			}
		}
	}
}
