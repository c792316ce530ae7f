package web_test

import (
	"slices"
	"testing"
	"time"
)

func TestAnAnswerThatIsNoneIsSaidAndTheRestIsKept(t *testing.T) {
	_, b := withCalm(t)
	b.post(t, calm+"/1/begin", "a.bothers=rain", "a.strength=4")
	b.expect(t, 422, `data-error="exercise_wrong" data-missing="bothers"`, `value="4" checked`)
	b.post(t, calm+"/1/begin", "a.bothers=worry", "a.strength=11")
	b.expect(t, 422, `data-missing="strength"`, `value="worry" checked`, `value="4" checked`)
	b.post(t, calm+"/open", "all=yes")
	b.post(t, calm+"/2/order", "a.matters.rest=1", "a.matters.family=1", "a.matters.work=3")
	b.expect(t, 422, `data-missing="matters"`)
	b.post(t, calm+"/2/week", "a.my_week.1=walk", "a.my_week.1.time=midnight")
	b.expect(t, 422, `data-missing="my_week"`)
}

func TestWhatIsFilledInStaysWhenTheLanguageChanges(t *testing.T) {
	_, b := withCalm(t)
	b.post(t, "/language", "lang=nn", "from="+calm+"/1/begin", "a.bothers=worry", "a.strength=4")
	b.get(t, b.location)
	b.expect(t, 200, "Kva plagar deg?", `value="worry" checked`, `value="4" checked`)
	b.get(t, "/me/export")
	b.lacks(t, "worry")
}

func TestAPageThatComesTooLateIsKept(t *testing.T) {
	s, code, _ := calmSite(t)
	b := s.take(t, code)
	s.wait(31 * time.Minute)
	b.post(t, calm+"/1/begin", "a.bothers=worry", "a.strength=4")
	b.get(t, b.location)
	held := slices.MaxFunc(attributes(b.body, "value"), func(x, y string) int { return len(x) - len(y) })
	b.post(t, "/login", "code="+code, "held="+held)
	if b.location != calm+"/1/next" {
		t.Errorf("after the login it led to %q", b.location)
	}
	b.get(t, calm+"/1/begin")
	b.expect(t, 200, `value="worry" checked`)
}
