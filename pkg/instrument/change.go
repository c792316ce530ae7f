package instrument

// Change is how the score of one person has moved between two times.
type Change struct {
	// Points is the later score less the earlier one.
	Points int
	// Reliable is set when Points is at least the published threshold, so that
	// chance alone hardly explains it.
	Reliable bool
	// Better is set when the score has moved to the better side.
	Better bool
	// Recovered is set after a reliable change for the better across the
	// screening score (Gyani, Shafran, Layard, Clark 2013, Behav Res Ther
	// 51:597-606: reliable recovery). It is never set where nothing is
	// published or where the screening scores are several.
	Recovered bool
}

// Change compares two scores of the same person.
func (s *Scale) Change(before, after int) Change {
	c := Change{Points: after - before, Better: s.worse(before, after)}
	c.Reliable = s.ChangeThreshold > 0 && max(c.Points, -c.Points) >= s.ChangeThreshold
	if c.Reliable && c.Better && len(s.Cutoffs) == 1 {
		c.Recovered = s.Reaches(s.Cutoffs[0], before) && !s.Reaches(s.Cutoffs[0], after)
	}
	return c
}

// worse reports whether score a is worse than score b.
func (s *Scale) worse(a, b int) bool { return a != b && a > b == s.HigherIsWorse }

// Reaches reports whether a score is at a screening score or beyond it, on the
// worse side.
func (s *Scale) Reaches(c Cutoff, score int) bool {
	return score == c.Score || s.worse(score, c.Score)
}
