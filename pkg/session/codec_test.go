package session

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// full has something in every field of a user's session: a field that is not
// written down would be missed.
func full(t *testing.T) Session {
	t.Helper()
	s := Session{User: &User{Visit: &Visit{}}}
	for _, v := range []reflect.Value{reflect.ValueOf(&s).Elem(), reflect.ValueOf(s.User).Elem(), reflect.ValueOf(s.User.Visit).Elem()} {
		for i := range v.NumField() {
			fillField(t, v.Type().Field(i).Name, v.Field(i), i)
		}
	}
	return s
}

func fillField(t *testing.T, name string, f reflect.Value, i int) {
	t.Helper()
	switch x := f.Addr().Interface().(type) {
	case *int64:
		*x = 1_700_000_000 + int64(i)
	case *int:
		*x = -7 - i
	case *bool:
		*x = true
	case *string:
		*x = name
	case *[]byte:
		*x = []byte(name)
	case *[]string:
		*x = []string{name, "", "other"}
	case **User, **Visit, *Token, **Welcome, **Staff: // of their own, or of other sessions
	default:
		t.Fatalf("a session has a %T, which this test cannot fill", x)
	}
}

func TestEverythingOfAUsersSessionIsKept(t *testing.T) {
	for name, want := range map[string]Session{
		"full": full(t), "bare": {User: &User{}}, "welcome": {Welcome: &Welcome{Fresh: "code"}}, "staff": {Staff: &Staff{Version: 3}},
	} {
		raw, err := encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got := Session{}
		if err := decode(raw, &got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(Token{})); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
}

// TestASessionFromBeforeIsRead: sessions were JSON, all of them.
func TestASessionFromBeforeIsRead(t *testing.T) {
	want := full(t)
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Session
	if err := decode(raw, &got); err != nil || !cmp.Equal(want, got, cmp.AllowUnexported(Token{})) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestADamagedSessionIsAnError(t *testing.T) {
	raw, err := encode(full(t))
	if err != nil {
		t.Fatal(err)
	}
	for n := range raw {
		if err := decode(raw[:n], &Session{}); !errors.Is(err, errDecode) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
	if err := decode(append(raw, 0), &Session{}); !errors.Is(err, errDecode) {
		t.Errorf("too long: %v", err)
	}
	if err := decode([]byte{userFormat, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, &Session{}); !errors.Is(err, errDecode) {
		t.Errorf("a length beyond the end: %v", err)
	}
}
