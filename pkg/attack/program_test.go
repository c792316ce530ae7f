package attack

import (
	"errors"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/program"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// The sentinels of a user in programmes.
func (u *user) practice() string { return "practice-of-" + u.name }  // in an answer
func (u *user) course() string   { return "programme-of-" + u.name } // in the summary
func (u *user) ahead() string    { return "ahead-of-" + u.name }     // in how far they have read
func (u *user) sent() string     { return "sent-to-" + u.name }      // by a professional at alpha

// practise leaves an answer in a programme, its summary, and how far it was read.
func (u *user) practise(tx store.Tx, a *vault.Account) error {
	answer := program.Answer{Kind: program.Single, Chosen: []string{u.practice()}, At: now.Unix()}
	place := registration.Place{Program: "calm", Ahead: []string{u.ahead()}}
	_, err := registration.SaveAnswers(tx, a, &place, program.Answers{"begin": answer}, nil, now)
	return errors.Join(err,
		registration.SaveCourse(tx, a, u.course(), registration.ProgramCourse{Parts: 2, Answered: now.Unix()}),
		registration.SavePlace(tx, a, place, now))
}

// send sends something to everybody who shares with a business.
func (w *world) send(f *firm) {
	w.t.Helper()
	w.Update(w.t, func(tx store.Tx) error {
		to := map[string][]byte{}
		for o, err := range consent.OpenAll(tx, w.Ring, f.keys, now) {
			if err != nil {
				return err
			}
			to[o.Reference] = o.ID
		}
		for _, u := range w.users {
			if grant := to[u.reference]; grant != nil {
				one := consent.Sent{ID: []byte("sent"), To: u.sent(), By: f.pro.ID[:], Day: deadline.DayOf(now)}
				if err := consent.Send(tx, w.Ring, f.keys, grant, one, now); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
