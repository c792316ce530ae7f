package organization_test

import (
	"errors"
	"strings"
	"testing"

	"selvhjelp/pkg/organization"
)

func TestPasswordsAreJudgedByOurRules(t *testing.T) {
	own := []string{"Åse Nordmann", "ase.nordmann@klinikken.no", "Bryggen klinikk"}
	for _, test := range []struct {
		rule, password string
		want           error
	}{
		{"too short", "", organization.ErrPasswordShort},
		{"too short", "kX9!vb3Qz7#", organization.ErrPasswordShort},
		{"letters count, not bytes", "æøåæøåæøåæø", organization.ErrPasswordShort},
		{"too long", strings.Repeat("kX9!vb3Qz7", 26), organization.ErrPasswordLong},

		{"one symbol", "aaaaaaaaaaaaaaaa", organization.ErrPasswordSimple},
		{"a repeated pair", "kpkpkpkpkpkpkpkp", organization.ErrPasswordSimple},
		{"a repeated piece", "kt9kt9kt9kt9kt9", organization.ErrPasswordSimple},
		{"a word twice", "sommersommer", organization.ErrPasswordSimple},
		{"a word twice", "VinterVinter", organization.ErrPasswordSimple},
		{"a word three times", "blomstblomstblomst", organization.ErrPasswordSimple},
		{"the alphabet", "abcdefghijklmnop", organization.ErrPasswordSimple},
		{"the alphabet's end", "uvwxyzæøåabcd", organization.ErrPasswordSimple},
		{"the alphabet backwards", "ponmlkjihgfedcba", organization.ErrPasswordSimple},
		{"digits", "123456789012", organization.ErrPasswordSimple},
		{"a keyboard row", "qwertyuiopå1", organization.ErrPasswordSimple},
		{"a keyboard row", "ASDFGHJKLØÆ-ASDF", organization.ErrPasswordSimple},
		{"rows and digits", "qwerty123456", organization.ErrPasswordSimple},

		{"product name", "Selvhjelp2026!", organization.ErrPasswordOwn},
		{"product name twice", "selvhjelpSelvhjelp", organization.ErrPasswordOwn},
		{"the word itself", "Passord-2026!", organization.ErrPasswordOwn},
		{"own name", "NordmannÅse12", organization.ErrPasswordOwn},
		{"own e-mail", "ase.nordmann@klinikken.no", organization.ErrPasswordOwn},
		{"own business", "Bryggen klinikk1", organization.ErrPasswordOwn},
		{"years", "2024202520261999", organization.ErrPasswordOwn},

		{"a passphrase", "korrekt hest batteri stift", nil},
		{"a passphrase with a year", "vi flyttet til Voss i 1987", nil},
		{"a passphrase with the own name", "Nordmann spiser seks brune brød", nil},
		{"other alphabets", "пароль от всех дверей", nil},
		{"symbols beyond the first plane", "🐦🌲🚲🎻🧦🥕🪵🧭🐌🛶🌋🧀", nil},
		{"just long enough", "kX9!vb3Qz7#T", nil},
		{"as long as it may be", strings.Repeat("kX9!vb3Qz7", 25) + "æøå#!?", nil},
	} {
		if err := organization.CheckPassword(test.password, own...); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.rule, err, test.want)
		}
	}
}
