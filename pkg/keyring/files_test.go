package keyring_test

import (
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selvhjelp/pkg/accesscode"
	"selvhjelp/pkg/domaintest"
	"selvhjelp/pkg/keyring"
	"selvhjelp/store/sealed"
)

// fixed is a key of 32 bytes b, in base64.
func fixed(b byte) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune(b)), 32)))
}

// files are the paths of a root and a seal file with the given texts; an empty
// text makes no file.
func files(t testing.TB, rootText, sealText string) (root, seal string) {
	t.Helper()
	dir := t.TempDir()
	root, seal = filepath.Join(dir, "root.key"), filepath.Join(dir, "seal.keys")
	for path, text := range map[string]string{root: rootText, seal: sealText} {
		if text == "" {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root, seal
}

var (
	goodRoot = "selvhjelp root key v1\n" + fixed('r') + "\n"
	goodSeal = "selvhjelp seal keys v1\n1 2026-03-02 " + fixed('s') + "\n"
)

func TestFreshKeyFilesLoadAndDifferEachTime(t *testing.T) {
	a, b := domaintest.Open(t), domaintest.Open(t)
	code := accesscode.New()
	if string(a.Ring.Lookup(code)) == string(b.Ring.Lookup(code)) {
		t.Error("two installations have the same root key")
	}
	epoch, aead := a.Seal.Current()
	if epoch != 1 || aead == nil {
		t.Errorf("the first epoch is %d with key %v", epoch, aead != nil)
	}
}

func TestFreshKeyFilesAreForTheirOwnerAlone(t *testing.T) {
	root, seal := files(t, "", "")
	if err := keyring.Create(root, seal, domaintest.Now); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{root: 0o400, seal: 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, want %v (%v)", filepath.Base(path), info.Mode().Perm(), want, err)
		}
	}
}

func TestKeyFilesAreNeverReplaced(t *testing.T) {
	for name, texts := range map[string][2]string{"root": {goodRoot, ""}, "seal": {"", goodSeal}} {
		t.Run(name, func(t *testing.T) {
			root, seal := files(t, texts[0], texts[1])
			if err := keyring.Create(root, seal, domaintest.Now); err == nil {
				t.Error("made new keys beside an old one")
			}
			for path, text := range map[string]string{root: texts[0], seal: texts[1]} {
				if raw, _ := os.ReadFile(path); string(raw) != text {
					t.Errorf("%s was changed", filepath.Base(path))
				}
			}
		})
	}
}

func TestTheKeyFileFormatsAreFrozen(t *testing.T) {
	for _, name := range []string{"root", "seal"} {
		text := map[string]string{"root": goodRoot, "seal": goodSeal}[name]
		domaintest.Golden(t, name, []byte(strings.TrimSuffix(text, "\n")))
	}
	root, seal := files(t, goodRoot, goodSeal)
	if _, _, err := keyring.Load(root, seal); err != nil {
		t.Error(err)
	}
	root, seal = files(t, "", "")
	if err := keyring.Create(root, seal, domaintest.Now); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{root: goodRoot, seal: goodSeal} {
		raw, _ := os.ReadFile(path)
		shape := strings.NewReplacer(fixed('r'), "", fixed('s'), "").Replace(want)
		head, _, _ := strings.Cut(shape, "\n")
		if len(raw) != len(want) || !strings.HasPrefix(string(raw), head) {
			t.Errorf("%s is not made in the frozen form", filepath.Base(path))
		}
	}
}

func TestEveryFaultOfAKeyFileIsToldWithItsLineAndRemedy(t *testing.T) {
	const sealHead = "selvhjelp seal keys v1\n"
	line := "1 2026-03-02 " + fixed('s') + "\n"
	for name, c := range map[string]struct{ root, seal, where, remedy string }{
		"foreign file":    {"hello\n", goodSeal, "root.key:1:", "restore it from your key escrow"},
		"short key":       {"selvhjelp root key v1\nAAAA\n", goodSeal, "root.key:2:", "restore the file from your key escrow"},
		"two roots":       {goodRoot + fixed('q') + "\n", goodSeal, "root.key: holds 2 keys", "restore it from your key escrow"},
		"no seal":         {goodRoot, sealHead, "seal.keys: holds no key", "restore it from your key escrow"},
		"epoch repeated":  {goodRoot, sealHead + line + line, "seal.keys:3:", "epochs must be numbers that rise"},
		"epoch falls":     {goodRoot, sealHead + strings.Replace(line, "1 ", "4 ", 1) + strings.Replace(line, "1 ", "3 ", 1), "seal.keys:3:", "rise"},
		"epoch zero":      {goodRoot, sealHead + strings.Replace(line, "1 ", "0 ", 1), "seal.keys:2:", "rise"},
		"not a day":       {goodRoot, sealHead + "1 02.03.2026 " + fixed('s') + "\n", "seal.keys:2:", "2026-01-31"},
		"field missing":   {goodRoot, sealHead + "1 " + fixed('s') + "\n", "seal.keys:2:", "an epoch, a day and a key"},
		"key not base64":  {goodRoot, sealHead + "1 2026-03-02 !\n", "seal.keys:2:", "32 bytes of base64"},
		"too large":       {goodRoot + strings.Repeat("x", 1<<20), goodSeal, "root.key: too large", "key escrow"},
		"second line bad": {goodRoot, sealHead + line + "2 2026-03-09 AAAA\n", "seal.keys:3:", "key escrow"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := keyring.Load(files(t, c.root, c.seal))
			if err == nil || !strings.Contains(err.Error(), c.where) || !strings.Contains(err.Error(), c.remedy) {
				t.Errorf("got %v; want %q and %q", err, c.where, c.remedy)
			}
		})
	}
}

func TestFaultsOfBothKeyFilesAreToldAtOnce(t *testing.T) {
	_, _, err := keyring.Load(files(t, "hello\n", "selvhjelp seal keys v1\nx\ny\n"))
	for _, want := range []string{"root.key:1:", "seal.keys:2:", "seal.keys:3:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not tell %s", err, want)
		}
	}
}

func TestMissingKeyFilesAreSaidToBeMissing(t *testing.T) {
	_, _, err := keyring.Load(files(t, "", ""))
	if !errors.Is(err, keyring.ErrNoFile) || strings.Count(err.Error(), "restore it from your key escrow") != 2 {
		t.Errorf("got %v", err)
	}
}

func TestKeyFilesThatOthersMayReadAreRefused(t *testing.T) {
	root, seal := files(t, goodRoot, goodSeal)
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620} {
		for _, path := range []string{root, seal} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			if _, _, err := keyring.Load(root, seal); err == nil || !strings.Contains(err.Error(), "chmod") {
				t.Errorf("%s of mode %v: %v", filepath.Base(path), mode, err)
			}
			if err := os.Chmod(path, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTheNewestEpochIsCurrentAndDestroyedOnesHaveNoKey(t *testing.T) {
	text := goodSeal + "3 2026-03-16 " + fixed('u') + "\n"
	_, seal, err := keyring.Load(files(t, goodRoot, text))
	if err != nil {
		t.Fatal(err)
	}
	epoch, current := seal.Current()
	oldest, ok := seal.Key(1)
	if epoch != 3 || !ok || sameKey(current, oldest) {
		t.Errorf("current epoch %d, first epoch kept: %v", epoch, ok)
	}
	for _, gone := range []sealed.Epoch{0, 2, 4} {
		if _, ok := seal.Key(gone); ok {
			t.Errorf("epoch %d has a key", gone)
		}
	}
}

func sameKey(a, b cipher.AEAD) bool {
	nonce := make([]byte, a.NonceSize())
	_, err := b.Open(nil, nonce, a.Seal(nil, nonce, []byte("x"), nil), nil)
	return err == nil
}

func TestFaultsOfKeyFilesNeverQuoteAKey(t *testing.T) {
	half := fixed('s')[:20]
	_, _, err := keyring.Load(files(t, "selvhjelp root key v1\n"+half+"\n", "selvhjelp seal keys v1\n1 2026-03-02 "+half+"\n"))
	if err == nil || strings.Contains(err.Error(), half) {
		t.Errorf("got %v", err)
	}
}
