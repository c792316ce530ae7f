package registration

import (
	"encoding/json"

	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Begun is what an account has begun: its unfinished mappings, and how far each
// programme was read.
type Begun struct {
	drafts map[string]Draft
	places map[string]Place
}

// LoadBegun reads all of it in one go, for a page that lists every tool and
// programme: what is not there costs nothing.
func LoadBegun(r store.Reader, a *vault.Account) (Begun, error) {
	b := Begun{map[string]Draft{}, map[string]Place{}}
	list, err := listOwn[json.RawMessage](r, a, draftTable, "draft")
	if err != nil {
		return b, err
	}
	for _, data := range list {
		d, err := decode[Draft](data)
		if err != nil {
			return b, err
		}
		if d.Instrument != "" {
			b.drafts[d.Instrument] = d
			continue
		}
		p, err := decode[Place](data)
		if err != nil {
			return b, err
		}
		b.places[p.Program] = p
	}
	return b, nil
}

// Draft returns the draft of an instrument, as LoadDraft does.
func (b Begun) Draft(instrument string) Draft {
	if d, ok := b.drafts[instrument]; ok {
		return d
	}
	return noDraft(instrument)
}

// Place returns how far a programme was read, as LoadPlace does.
func (b Begun) Place(program string) Place {
	return b.places[program].of(program)
}

func noDraft(instrument string) Draft {
	return Draft{Instrument: instrument, Answers: map[string]int{}}
}

// of is the place, that of one who has read nothing if there is none.
func (p Place) of(program string) Place {
	p.Program = program
	if p.Seen == nil {
		p.Seen = map[string]int{}
	}
	return p
}
