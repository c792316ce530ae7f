package retention

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"

	"selvhjelp/pkg/deadline"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store"
	"selvhjelp/store/sealed"
)

// night is what is remembered of the last one that wrote the database anew.
type night struct {
	Day  deadline.Day                  `json:"d"`
	Seen map[sealed.Epoch]deadline.Day `json:"s,omitempty"` // when a record was last found under an epoch
}

var (
	nightTable = store.Table[night]{Bucket: "self"}
	nightKey   = []byte("night")
)

// lastNight is the zero night before there was one.
func (s Sweeper) lastNight(ctx context.Context) (last night, err error) {
	err = s.Store.View(ctx, func(r store.Reader) (err error) {
		last, err = nightTable.Get(r, nightKey)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return night{}, nil
	}
	return last, err
}

// rememberNight notes a night and under which epochs it found records. An
// earlier day sets nothing back, and destroyed epochs are forgotten.
func (n *Night) rememberNight(ctx context.Context, today deadline.Day, found sealed.Tally) error {
	return n.Store.Update(ctx, func(tx store.Tx) error {
		last, err := nightTable.Get(tx, nightKey)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		last.Day = max(last.Day, today)
		if last.Seen == nil {
			last.Seen = map[sealed.Epoch]deadline.Day{}
		}
		for number := range found {
			last.Seen[number] = max(last.Seen[number], today)
		}
		maps.DeleteFunc(last.Seen, func(number sealed.Epoch, _ deadline.Day) bool {
			_, there := n.Seal.Key(number)
			return !there
		})
		tx.Essential()
		return nightTable.Put(tx, nightKey, last)
	})
}

// ends yields the epochs and the day on which each is destroyed, the current
// one left out: keyring.KeepDays after its last use, which is the day on which
// the next one was made, or a later night that found a record under it. Where
// the clock was wrong a later epoch can have an earlier day: then that counts.
func (n night) ends(epochs []keyring.Epoch) iter.Seq2[sealed.Epoch, deadline.Day] {
	return func(yield func(sealed.Epoch, deadline.Day) bool) {
		for i := range len(epochs) - 1 {
			next := slices.MinFunc(epochs[i+1:], func(a, b keyring.Epoch) int { return a.Made.Compare(b.Made) })
			used := max(deadline.DayOf(next.Made), n.Seen[epochs[i].Number])
			if !yield(epochs[i].Number, used+keyring.KeepDays) {
				return
			}
		}
	}
}

// Epoch is a seal epoch, as the command "keys list" tells it.
type Epoch struct {
	Number    sealed.Epoch `json:"epoch"`
	Made      string       `json:"made"`      // the day
	Records   int          `json:"records"`   // that are under it now
	Current   bool         `json:"current"`   // new records are sealed under it
	Destroyed string       `json:"destroyed"` // the day on which its key goes, if every night runs
}

// Epochs lists the epochs that have a key, oldest first, and counts what is
// under each.
func (n *Night) Epochs(ctx context.Context) ([]Epoch, error) {
	last, err := n.lastNight(ctx)
	if err != nil {
		return nil, err
	}
	live := sealed.Tally{}
	for _, file := range append([]store.File{n.File}, n.Beside...) {
		err = errors.Join(err, file.Each(ctx, func(_ string, _, record []byte) error {
			live.Add(record)
			return nil
		}))
	}
	epochs := n.Seal.Epochs()
	ends := maps.Collect(last.ends(epochs))
	var out []Epoch
	for i, e := range epochs {
		made, current := deadline.DayOf(e.Made), i == len(epochs)-1
		end := ends[e.Number]
		if current {
			end = made + keyring.RollDays + keyring.KeepDays
		}
		out = append(out, Epoch{e.Number, made.String(), live[e.Number], current, end.String()})
	}
	return out, err
}
