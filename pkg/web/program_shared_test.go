package web_test

import "testing"

func TestAProfessionalSeesAProgrammeOnlyWhileItIsShared(t *testing.T) {
	s, code, reference := calmSite(t)
	b := s.take(t, code)
	b.firstPart(t)
	b.get(t, "/me/preview")
	b.expect(t, 200, `data-program="calm" data-done="1" data-parts="2"`, "<dd>Bekymring</dd>")
	pro, person := staffIn(t, s, "pro"), "/pro/users/"+reference

	b.post(t, "/me/sharing", "action=share", "category=mapping")
	pro.get(t, person)
	pro.expect(t, 200)
	pro.lacks(t, `data-program="calm"`, "Bekymring")

	b.post(t, "/me/sharing", "action=share", "category=programme")
	pro.get(t, person)
	pro.expect(t, 200, `data-program="calm" data-done="1" data-parts="2"`, "<dd>Bekymring</dd>", "<dd>8 av 10</dd>")
	pro.get(t, person+"/export?format=json")
	pro.expect(t, 200, `"programme": "calm"`, `"homework_set": 1`)

	b.post(t, "/me/sharing", "action=withdraw", "category=programme")
	for _, path := range []string{person, person + "/export?format=json"} {
		pro.get(t, path)
		pro.expect(t, 200)
		pro.lacks(t, `data-program="calm"`, `"calm"`, "Bekymring")
	}
}

// TestAnAnswerThatWasReplacedIsNeverShared: what was answered before stays with
// the user, and so do pages and places.
func TestAnAnswerThatWasReplacedIsNeverShared(t *testing.T) {
	s, code, reference := calmSite(t)
	b := s.take(t, code)
	b.post(t, "/me/sharing", "action=share", "category=programme")
	b.post(t, calm+"/1/begin", "a.bothers=worry", "a.strength=8")
	b.post(t, calm+"/1/begin", "a.bothers=body", "a.strength=8")
	pro := staffIn(t, s, "pro")
	for _, path := range []string{"/pro/users/" + reference, "/pro/users/" + reference + "/export?format=json"} {
		pro.get(t, path)
		pro.expect(t, 200, "calm")
		pro.lacks(t, "Bekymring", "worry", "replaced", calm)
	}
}
