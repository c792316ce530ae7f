package program

import "slices"

// checker judges what one language of a programme says of itself: ids,
// conditions, recalls and offers.
type checker struct {
	p      *Program
	others map[string]*Program // by id, this one too
	asked  map[string]*Exercise
	r      *reader // of the part being checked
}

// check faults what is wrong in the parts of one language, which rs have read.
func check(p *Program, parts []Part, rs []*reader, others map[string]*Program) {
	c := &checker{p: p, others: others, asked: map[string]*Exercise{}}
	pages, ids := map[string]bool{}, map[string]bool{}
	for i, part := range parts {
		c.r = rs[i]
		for _, page := range part.Pages {
			c.once(pages, page.ID, page.line)
			for _, b := range page.Blocks {
				c.once(ids, b.id(), b.line)
				c.block(b, page)
				if e := b.asks(); e != nil && b.Homework == nil {
					c.asked[e.ID] = e
				}
			}
		}
		for _, l := range c.r.links {
			if !c.leads(l) {
				c.r.At(l.line, "the link leads to no page of the service; write one such as %s, /me/mapping/phq9 or /me/programs/%s/1/%s", Places[0], p.ID, firstPage(p))
			}
		}
	}
}

// id returns the id that a block answers or writes under, "" for none.
func (b Block) id() string {
	if b.Note != nil {
		return b.Note.ID
	}
	if e := b.asks(); e != nil {
		return e.ID
	}
	return ""
}

func (c *checker) once(seen map[string]bool, id string, line int) {
	if id != "" && seen[id] {
		c.r.At(line, "id %s stands twice in the programme; give each its own", id)
	}
	seen[id] = true
}

// block judges what a block refers to. What it asks about must stand before
// it.
func (c *checker) block(b Block, page Page) {
	switch {
	case b.Recall != nil && c.asked[b.Recall.Of] == nil:
		c.r.At(b.line, "the recall is of %.40q, which no exercise or checklist before it is; correct the id or move the block", b.Recall.Of)
	case b.Offer != nil:
		c.offer(b, page)
	}
	c.conditions(b)
}

// conditions faults those that cannot be judged, and sets that cannot hold.
func (c *checker) conditions(b Block) {
	about := map[string][]Condition{}
	for _, cond := range b.Conditions {
		e := c.asked[cond.Exercise]
		switch {
		case e != nil && e.Kind == "":
			// was told when the exercise was read
		case e == nil:
			c.r.At(cond.line, "the condition is on %.40q, which no exercise before it is; correct the id or move the block", cond.Exercise)
		case !slices.Contains(kindsOf[cond.Op], e.Kind):
			c.r.At(cond.line, "%s does not fit the %s exercise %s; see which comparisons do", cond.Op, e.Kind, e.ID)
		case cond.Option != "" && !slices.ContainsFunc(e.Options, func(o Option) bool { return o.ID == cond.Option }):
			c.r.At(cond.line, "the exercise %s has no option %.40q; correct the id", e.ID, cond.Option)
		default:
			if about[e.ID] = append(about[e.ID], cond); !canHold(e, about[e.ID]) {
				c.r.At(cond.line, "the condition %s can never hold here; correct it or remove the block", cond)
			}
		}
	}
}

// offer faults one that leads nowhere, or to where it stands.
func (c *checker) offer(b Block, page Page) {
	o, to := b.Offer, c.p
	if o.Program != "" {
		if to = c.others[o.Program]; to == nil {
			c.r.At(b.line, "there is no programme %.40q; correct its id", o.Program)
			return
		}
	}
	if o.Part == 0 {
		return // was told when it was read
	}
	if part, target := to.Page(o.Page); target == nil || part.Number != o.Part {
		c.r.At(b.line, "there is no page %d/%.40s in the programme %s; correct the address", o.Part, o.Page, to.ID)
	} else if to == c.p && o.Page == page.ID {
		c.r.At(b.line, "the offer leads to the page it stands on; name another")
	}
}
