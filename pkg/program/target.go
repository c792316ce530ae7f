package program

import (
	"slices"
	"strconv"
	"strings"
)

// everything is what stands after a programme's id in the name of all its parts
// at once; no part has it for a number.
const everything = "all"

// Target is something of a programme that somebody can be pointed to: the
// programme, all its parts at once, a part, a page, or an exercise on it.
type Target struct {
	Program  *Program
	All      bool
	Part     *Part     // nil for a whole programme
	Page     *Page     // nil for a whole part
	Exercise *Exercise // nil for a whole page
}

// Targets are the targets of a programme in the order of its content: itself,
// all its parts at once, and each part before its pages before their exercises.
func (p *Program) Targets() []Target { return Target{Program: p}.all() }

func (t Target) all() []Target {
	out := []Target{t}
	for _, in := range t.inside() {
		out = append(out, in.all()...)
	}
	return out
}

// inside are the targets that a target consists of.
func (t Target) inside() (out []Target) {
	switch {
	case t.All || t.Exercise != nil:
	case t.Page != nil:
		for _, b := range t.Page.Blocks {
			if b.Exercise != nil || b.Checklist != nil {
				out = append(out, Target{Program: t.Program, Part: t.Part, Page: t.Page, Exercise: t.Program.asked[b.asks().ID]})
			}
		}
	case t.Part != nil:
		for i := range t.Part.Pages {
			out = append(out, Target{Program: t.Program, Part: t.Part, Page: &t.Part.Pages[i]})
		}
	default:
		out = append(out, Target{Program: t.Program, All: true})
		for i := range t.Program.Parts {
			out = append(out, Target{Program: t.Program, Part: &t.Program.Parts[i]})
		}
	}
	return out
}

// Name is the name of a target, such as "sleep", "sleep/all", "sleep/3",
// "sleep/3/clock" or "sleep/3/clock/rise_time".
func (t Target) Name() string {
	names := []string{t.Program.ID}
	if t.All {
		names = append(names, everything)
	}
	if t.Part != nil {
		names = append(names, strconv.Itoa(t.Part.Number))
	}
	if t.Page != nil {
		names = append(names, t.Page.ID)
	}
	if t.Exercise != nil {
		names = append(names, t.Exercise.ID)
	}
	return strings.Join(names, "/")
}

// Target finds a target by its name; false when this version has none.
func (c *Catalogue) Target(name string) (Target, bool) {
	names := strings.Split(name, "/")
	p, ok := c.Get(names[0])
	t := Target{Program: p}
	for i := 1; ok && i < len(names); i++ {
		list, prefix := t.inside(), strings.Join(names[:i+1], "/")
		in := slices.IndexFunc(list, func(t Target) bool { return t.Name() == prefix })
		if ok = in >= 0; ok {
			t = list[in]
		}
	}
	return t, ok
}

// Lift is what of a programme can be read besides what its order opens. Nothing
// more follows from it: what is read ahead opens no other part, and without the
// lift it is closed again.
type Lift struct {
	All   bool     // every part
	Parts []int    // their numbers
	Pages []string // their ids
}

// Add lifts the order for a target. A whole programme goes in its order.
func (l *Lift) Add(t Target) {
	switch {
	case t.Page != nil:
		l.Pages = append(l.Pages, t.Page.ID)
	case t.Part != nil:
		l.Parts = append(l.Parts, t.Part.Number)
	case t.All:
		l.All = true
	}
}

// Lifts reports whether adding a target lifts anything.
func (t Target) Lifts() bool { return t.All || t.Part != nil }

// Any reports whether anything is lifted.
func (l Lift) Any() bool { return l.All || l.Parts != nil || l.Pages != nil }

// CanRead reports whether a page can be read: its part is open, or the order is
// lifted for the page alone.
func (p *Program) CanRead(pr Progress, page string) bool {
	part, _ := p.Page(page)
	return part != nil && (p.Overview(pr)[part.Number-1].Open || slices.Contains(pr.Lift.Pages, page))
}
