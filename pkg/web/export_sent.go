package web

import (
	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/overview"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// SentFacts are the facts about something that a professional has sent.
type SentFacts struct {
	Day     string `json:"day"`
	Who     string `json:"who"` // empty when the professional's data has been deleted
	To      string `json:"to"`  // such as mapping/phq9 or program/sleep/3
	Message string `json:"message"`
	Reply   string `json:"reply,omitempty"`
	Replied string `json:"replied,omitempty"`
}

func (s *Server) exportSent(r store.Reader, service *vault.Service, f *SharingFacts) error {
	list, err := consent.Received(r, service, s.now())
	for _, one := range list {
		who, err := overview.NameOf(r, one.By)
		if err != nil {
			return err
		}
		facts := SentFacts{Day: one.Day.String(), Who: who, To: one.To, Message: one.Message, Reply: one.Reply}
		if one.Reply != "" {
			facts.Replied = one.Replied.String()
		}
		f.Sent = append(f.Sent, facts)
	}
	return err
}
