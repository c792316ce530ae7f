package web

import (
	"testing"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/session"
)

func TestThePressingQuestionComesFirst(t *testing.T) {
	v := &visit{session: session.Session{User: &session.User{Later: []string{"put off"}}}}
	list := []Sharing{
		{ID: "in force"},
		{ID: "put off", State: consent.State{Ask: true, Insist: true}},
		{ID: "asked", State: consent.State{Ask: true}},
		{ID: "pressing", State: consent.State{Ask: true, Insist: true}},
	}
	got := followUps(v, list)
	if len(got) != 2 || got[0].ID != "pressing" || got[1].ID != "asked" || !pressing(got) || pressing(got[1:]) || pressing(nil) {
		t.Errorf("%d questions, pressing: %v", len(got), pressing(got))
	}
}
