package organization

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what a business tells its users, in characters.
const (
	HelpTextMax = 300
	helpLineMax = 100
)

// Help is whom the users of a business can turn to when they cannot wait. It
// stands above the national numbers, never in their place.
type Help struct {
	Unit  string `json:"u,omitempty"` // who answers
	Phone string `json:"p,omitempty"`
	Hours Words  `json:"h,omitzero"` // when it is answered
	Text  Words  `json:"t,omitzero"` // what to do
}

// Words are a text in the languages of the service. One that is empty is taken
// from another.
type Words struct {
	NB string `json:"b,omitempty"`
	NN string `json:"n,omitempty"`
	EN string `json:"e,omitempty"`
}

// In returns the text in a language, or else in one that there is, and which
// one that is.
func (w Words) In(lang string) (text, in string) {
	all := map[string]string{"nb": w.NB, "nn": w.NN, "en": w.EN}
	for _, l := range []string{lang, "nb", "nn", "en"} {
		if all[l] != "" {
			return all[l], l
		}
	}
	return "", lang
}

var telephone = regexp.MustCompile(`^\+?[0-9]+( [0-9]+)*$`)

// Check names the part that is wrong: "unit" or "phone" where one stands
// without the other or cannot be right, "hours" or "text" where it is too long
// or stands for nobody; empty when all is well.
func (h Help) Check() string {
	hours, _ := h.Hours.In("nb")
	switch {
	case !short(h.Unit, helpLineMax) || h.Unit == "" && h.Phone != "":
		return "unit"
	case h.Unit != "" && (len(h.Phone) > 20 || !telephone.MatchString(h.Phone)):
		return "phone"
	case !h.Hours.short(helpLineMax) || hours != "" && h.Unit == "":
		return "hours"
	case !h.Text.short(HelpTextMax):
		return "text"
	}
	return ""
}

func (w Words) short(most int) bool {
	return short(w.NB, most) && short(w.NN, most) && short(w.EN, most)
}

func short(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
}
