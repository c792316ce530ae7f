package audit_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"selvhjelp/store"
)

// counting counts what is read.
type counting struct {
	store.Reader
	reads int
}

func (c *counting) Get(bucket string, key []byte) ([]byte, error) {
	c.reads++
	return c.Reader.Get(bucket, key)
}

// span reads the numbers of the entries between two, and how much it took.
func (o *office) span(first, last int) (numbers []int, reads int) {
	o.t.Helper()
	o.View(o.t, func(r store.Reader) error {
		c := &counting{Reader: r}
		list, err := o.log().Span(c, first, last)
		numbers, reads = nil, c.reads
		for _, e := range list {
			numbers = append(numbers, e.Number)
		}
		return err
	})
	return numbers, reads
}

func TestASpanIsNewestFirstAndEndsWithTheChain(t *testing.T) {
	o := open(t)
	if got, _ := o.span(1, 10); got != nil {
		t.Errorf("an empty chain has %v", got)
	}
	o.record(days(1, 2, 2, 3, 9)...)
	for _, test := range []struct {
		first, last int
		want        []int
	}{{1, 5, []int{5, 4, 3, 2, 1}}, {2, 3, []int{3, 2}}, {-3, 1, []int{1}}, {5, 99, []int{5}}, {6, 9, nil}, {4, 3, nil}} {
		got, _ := o.span(test.first, test.last)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("from %d to %d:\n%s", test.first, test.last, diff)
		}
	}
}

func TestASpanReadsNoOtherEntries(t *testing.T) {
	o := open(t)
	for range 300 {
		o.record(days(1)...)
	}
	if got, reads := o.span(201, 210); len(got) != 10 || reads > 11 { // and the head
		t.Errorf("%d entries took %d readings", len(got), reads)
	}
}
