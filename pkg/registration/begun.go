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
	var b Begun
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
			b.draft(d)
			continue
		}
		p, err := decode[Place](data)
		if err != nil {
			return b, err
		}
		b.place(p)
	}
	return b, nil
}

func (b *Begun) draft(d Draft) {
	if b.drafts == nil {
		b.drafts = map[string]Draft{}
	}
	b.drafts[d.Instrument] = d
}

func (b *Begun) place(p Place) {
	if b.places == nil {
		b.places = map[string]Place{}
	}
	b.places[p.Program] = p
}

// Draft returns the draft of an instrument, as LoadDraft does; to one that is not
// begun nothing can be added.
func (b Begun) Draft(instrument string) Draft {
	d := b.drafts[instrument]
	d.Instrument = instrument
	return d
}

// Programs reports whether any programme was opened.
func (b Begun) Programs() bool { return len(b.places) > 0 }

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
