package netaddr

import (
	"fmt"
	"net/netip"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// over notes n events and counts those over the limit.
func over(l *Limiter, a Addr, n int, now time.Time) (refused int) {
	for range n {
		if l.Note(a, now) > 0 {
			refused++
		}
	}
	return refused
}

func TestALimitHoldsForAnAddressAndIsForgivenStepByStep(t *testing.T) {
	l, a := NewLimiter(5, time.Minute), addr("192.0.2.1")
	if got := over(l, a, 5, noon); got != 0 {
		t.Errorf("%d of 5 were refused", got)
	}
	if wait := l.Note(a, noon); wait != time.Minute {
		t.Errorf("the sixth has to wait %v", wait)
	}
	if got := over(l, a, 100, noon.Add(59*time.Second)); got != 100 {
		t.Errorf("a second too early %d of 100 were refused", got)
	}
	if got := over(l, a, 3, noon.Add(2*time.Minute)); got != 1 {
		t.Errorf("after two minutes %d of 3 were refused", got)
	}
	if got := over(l, a, 6, noon.Add(time.Hour)); got != 1 {
		t.Errorf("after an hour %d of 6 were refused", got)
	}
}

// One line is one crowd: the single IPv4 address, the /64 of IPv6.
func TestOthersDoNotPayForAnAddress(t *testing.T) {
	l := NewLimiter(1, time.Minute)
	over(l, addr("192.0.2.1"), 10, noon)
	over(l, addr("2001:db8:0:1::1"), 10, noon)
	for text, want := range map[string]int{
		"192.0.2.2": 0, "::ffff:192.0.2.1": 1, "2001:db8:0:2::1": 0, "2001:db8:0:1:ffff::9": 1,
	} {
		if got := over(l, addr(text), 1, noon); got != want {
			t.Errorf("%s: refused %d, want %d", text, got, want)
		}
	}
	if over(l, Addr{}, 2, noon) != 1 {
		t.Error("what has no address is not counted")
	}
}

func TestTheKeyIsRenewedDaily(t *testing.T) {
	l, a := NewLimiter(1, 48*time.Hour), addr("192.0.2.1")
	first := l.hash(a, noon)
	if first != l.hash(a, noon.Add(11*time.Hour)) {
		t.Error("within a day an address is counted under two keys")
	}
	over(l, a, 2, noon)
	if first == l.hash(a, noon.Add(12*time.Hour)) || over(l, a, 1, noon.Add(12*time.Hour)) != 0 {
		t.Error("the next day an address is still counted under the same key")
	}
	if NewLimiter(1, time.Minute).hash(a, noon) == first {
		t.Error("two limiters count under the same key")
	}
}

// A hundred thousand addresses take no more room than one, and the one that
// fails most is still held.
func TestTheTableHasAFixedSize(t *testing.T) {
	l := NewLimiter(20, time.Minute)
	if size := unsafe.Sizeof(*l); size > 66<<10 {
		t.Errorf("a limiter has %d bytes", size)
	}
	for field := range reflect.TypeFor[Limiter]().Fields() {
		if k := field.Type.Kind(); k == reflect.Map || k == reflect.Slice {
			t.Errorf("%s can grow", field.Name)
		}
	}
	worst := addr("192.0.2.1")
	over(l, worst, 20, noon)
	for i := range 100_000 {
		l.Note(addrOf(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})), noon)
	}
	if over(l, worst, 1, noon) != 1 {
		t.Error("a flood from elsewhere freed the address that failed most")
	}
}

// Over says what Note would, for one who is known and one who is not.
func TestAskingCountsNothing(t *testing.T) {
	l, a := NewLimiter(2, time.Minute), addr("192.0.2.1")
	for n, want := range []bool{false, false, true, true} {
		for range 5 {
			if got := l.Over(a, noon); got != want {
				t.Errorf("after %d events it is over: %t", n, got)
			}
		}
		if refused := l.Note(a, noon) > 0; refused != want {
			t.Errorf("event %d is refused: %t", n+1, refused)
		}
	}
	if l.Over(a, noon.Add(time.Minute)) || l.Over(addr("192.0.2.2"), noon) {
		t.Error("over after a minute, or for another address")
	}
}

// No more than the limit passes, however many try at once.
func TestTheLimitHoldsForConcurrentEvents(t *testing.T) {
	l := NewLimiter(50, time.Hour)
	var passed atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 100 {
				if l.Note(addr("192.0.2.1"), noon) == 0 {
					passed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if got := passed.Load(); got != 50 {
		t.Errorf("%d passed", got)
	}
}

// What stands in memory is no address: neither its bytes nor a hash that can be
// computed without the day's key.
func TestTheTableHoldsNoAddress(t *testing.T) {
	a, b := NewLimiter(5, time.Minute), NewLimiter(5, time.Minute)
	for i := range 64 {
		over(a, addr(fmt.Sprintf("192.0.2.%d", i)), 1, noon)
		over(b, addr(fmt.Sprintf("192.0.2.%d", i)), 1, noon)
	}
	tags := map[uint32]bool{}
	for i := range a.table {
		for j := range a.table[i] {
			tags[uint32(a.table[i][j].Load()>>32)] = true
		}
	}
	for i := range b.table {
		for j := range b.table[i] {
			if tag := uint32(b.table[i][j].Load() >> 32); tag != 0 && tags[tag] {
				t.Error("two tables hold the same mark of an address")
			}
		}
	}
}
