package vault_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"selvhjelp/pkg/vault"
)

func TestWhatWasSealedOpensWithTheSameKeyKindAndContext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, plain := vault.NewKey(), rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		kind := rapid.String().Draw(t, "kind")
		context := rapid.SliceOf(rapid.SliceOf(rapid.Byte())).Draw(t, "context")
		got, err := key.Open(kind, key.Seal(kind, plain, context...), context...)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatal(err)
		}
	})
}

// refused checks that a record does not open and that the error says which.
func refused(t *testing.T, what, kind string, plain []byte, err error) {
	t.Helper()
	if !errors.Is(err, vault.ErrOpen) || !strings.Contains(err.Error(), kind+" record") || plain != nil {
		t.Errorf("%s: got %d bytes and %v", what, len(plain), err)
	}
}

func TestAWrongKeyKindOrContextIsAnErrorThatNamesTheKind(t *testing.T) {
	key, a, b := vault.NewKey(), []byte("ab"), []byte("c")
	box := key.Seal("draft", []byte("text"), a, b)
	for name, open := range map[string]func() ([]byte, error){
		"another key":     func() ([]byte, error) { return vault.NewKey().Open("draft", box, a, b) },
		"another order":   func() ([]byte, error) { return key.Open("draft", box, b, a) },
		"another split":   func() ([]byte, error) { return key.Open("draft", box, []byte("a"), []byte("bc")) },
		"joined":          func() ([]byte, error) { return key.Open("draft", box, []byte("abc")) },
		"no context":      func() ([]byte, error) { return key.Open("draft", box) },
		"one more, empty": func() ([]byte, error) { return key.Open("draft", box, a, b, nil) },
	} {
		plain, err := open()
		refused(t, name, "draft", plain, err)
	}
	plain, err := key.Open("history", box, a, b)
	refused(t, "another kind", "history", plain, err)
}

func TestATruncatedOrChangedRecordIsAnErrorAtEveryByte(t *testing.T) {
	key := vault.NewKey()
	box := key.Seal("draft", []byte("some text"))
	for i := range box {
		plain, err := key.Open("draft", box[:i])
		refused(t, "cut", "draft", plain, err)
		changed := bytes.Clone(box)
		changed[i] ^= 1
		plain, err = key.Open("draft", changed)
		refused(t, "changed", "draft", plain, err)
	}
}

func TestTheSamePlaintextNeverSealsTwiceAlike(t *testing.T) {
	key := vault.NewKey()
	if bytes.Equal(key.Seal("draft", []byte("x")), key.Seal("draft", []byte("x"))) {
		t.Error("two records are alike")
	}
}

func TestAKeyHas32Bytes(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := vault.KeyFrom(make([]byte, n)); err == nil {
			t.Errorf("%d bytes made a key", n)
		}
	}
	key := vault.NewKey()
	again, err := vault.KeyFrom(key.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := again.Open("x", key.Seal("x", nil)); err != nil || len(plain) != 0 {
		t.Error("a key's bytes are not the key")
	}
	if !(vault.Key{}).IsZero() || key.IsZero() {
		t.Error("the zero key is told apart wrongly")
	}
}

func TestATagIsKnownOnlyToWhoHoldsTheKey(t *testing.T) {
	key := vault.NewKey()
	tag := key.Tag("draft", []byte("phq9"))
	if len(tag) != 16 || !bytes.Equal(tag, key.Tag("draft", []byte("phq9"))) {
		t.Error("a tag is not the same each time")
	}
	for _, other := range [][]byte{vault.NewKey().Tag("draft", []byte("phq9")), key.Tag("draft", []byte("gad7")), key.Tag("own", []byte("phq9"))} {
		if bytes.Equal(tag, other) {
			t.Error("two tags are alike")
		}
	}
}

// holder keeps keys where fmt cannot ask them how to print.
type holder struct {
	key   vault.Key
	ptr   *vault.Key
	list  []vault.Key
	named map[string]vault.Key
}

func TestKeysAndIDsNeverPrintThemselves(t *testing.T) {
	key, id := vault.NewKey(), vault.NewID()
	secrets := [][]byte{key.Bytes(), id[:]}
	var out bytes.Buffer
	for _, v := range []any{key, &key, id, &id, holder{key, &key, []vault.Key{key}, map[string]vault.Key{"k": key}}, vault.Opener{Category: vault.Mapping, Version: 1, Key: key}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%d", "%q"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "v", v)
	}
	for _, s := range secrets {
		decimals := strings.Trim(fmt.Sprint(s[:6]), "[]")
		text := strings.ToLower(out.String())
		for _, form := range []string{string(s), hex.EncodeToString(s[:6]), strings.ToLower(base64.StdEncoding.EncodeToString(s)[:8]), decimals, strings.ReplaceAll(decimals, " ", ",")} {
			if strings.Contains(text, strings.ToLower(form)) {
				t.Error("a key or an id was printed")
			}
		}
	}
}

func TestAKeyIsNotSerialised(t *testing.T) {
	if raw, err := json.Marshal(vault.NewKey()); err == nil {
		t.Errorf("a key became %d bytes of JSON", len(raw))
	}
}
