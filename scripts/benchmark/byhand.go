package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/gofiber/fiber/v2"
	"go.etcd.io/bbolt"
)

// byHand is a login and a page of a user written down plainly: what is looked up,
// derived, opened and sealed by anyone who keeps the promises, in bbolt with the
// plainest group commit. It has no welcome, no sharing, no limits, no counters and
// nothing that a fault would need, and its page is ready bytes.
type byHand struct {
	data, sessions       *rawStore
	lookup, pepper, rest []byte // keys
	sealed               cipher.AEAD
}

// Lengths in bytes of what is sealed at rest and of what an account is.
const (
	atRestLength = 256
	sumLength    = 64
	keyLength    = 32
	saltLength   = 16
)

var errByHand = errors.New("by hand: does not open")

// handCode is the code of an account of byHand, as long as ours.
func handCode(n int) string { return fmt.Sprintf("%05d-%05d-%05d-%05d", 0, 0, 0, n) }

// servedByHand answers a post with a code as login does, and GET /N as a page of a
// user of N bytes.
func servedByHand(address string) error {
	hold, err := heldByEnv()
	if err != nil {
		return err
	}
	h, err := newByHand(hold)
	if err != nil {
		return err
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
	withHeaders(app)
	app.Post("/", h.login)
	app.Get("/:n", func(c *fiber.Ctx) error {
		if err := h.resume(c.Cookies("s")); err != nil {
			return c.SendStatus(fiber.StatusUnauthorized)
		}
		return sendBytes(c)
	})
	return app.Listen(address)
}

func newByHand(hold held) (h *byHand, err error) {
	h = &byHand{lookup: random(keyLength), pepper: random(keyLength), rest: random(keyLength), sealed: gcm(random(keyLength))}
	if h.data, err = openRaw(os.TempDir(), hold); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "sessions-")
	if err != nil {
		return nil, err
	}
	if h.sessions, err = openRaw(dir, held{}); err != nil {
		return nil, err
	}
	h.sessions.db.NoSync = true
	return h, h.data.db.Update(func(tx *bbolt.Tx) error {
		for n := range keptCodes {
			if err := putAll(tx, h.account(handCode(n))); err != nil {
				return err
			}
		}
		return nil
	})
}

// account is what an account has at rest: the record of its code, its own, and the
// summary of a category.
func (h *byHand) account(code string) []pair {
	id, master, category, salt := random(saltLength), random(keyLength), random(keyLength), random(saltLength)
	wrapped := gcm(h.derived(code, salt)).Seal(nil, nil, master, id)
	own := gcm(master).Seal(nil, nil, category, id)
	sum := gcm(category).Seal(nil, nil, make([]byte, sumLength), id)
	out := []pair{
		{regBucket, mac(h.lookup, "code", []byte(code)), slices.Concat(id, salt, wrapped)},
		{regBucket, mac(h.rest, "own", id), own},
		{regBucket, mac(h.rest, "sum", id), sum},
	}
	for i, p := range out {
		out[i].value = h.sealed.Seal(nil, nil, append(p.value, make([]byte, atRestLength-len(p.value))...), p.key)
	}
	return out
}

func (h *byHand) login(c *fiber.Ctx) error {
	code := c.FormValue("code")
	found := mac(h.lookup, "code", []byte(code))
	var id, master []byte
	err := h.data.db.View(func(tx *bbolt.Tx) (err error) {
		b := tx.Bucket(regBucket)
		if id, master, err = h.unwrap(b, code, found); err == nil {
			err = h.open(b, id, master)
		}
		return err
	})
	if err != nil {
		return c.SendStatus(fiber.StatusUnauthorized)
	}
	token := random(keyLength)
	at := sha256.Sum256(token)
	own := gcm(derive(token, nil, "session")).Seal(nil, nil, slices.Concat(id, master, found, make([]byte, 64)), at[:])
	if err := h.sessions.save([]pair{{regBucket, at[:], h.sealed.Seal(nil, nil, own, at[:])}}); err != nil {
		return err
	}
	c.Set(fiber.HeaderSetCookie, "s="+base64.RawURLEncoding.EncodeToString(token)+"; path=/; HttpOnly; SameSite=Lax")
	return c.Redirect("/me", fiber.StatusSeeOther)
}

// resume opens what a session stands for, and looks that its code is still in use.
func (h *byHand) resume(cookie string) error {
	token, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil {
		return err
	}
	at := sha256.Sum256(token)
	var session []byte
	err = h.sessions.db.View(func(tx *bbolt.Tx) error {
		sealed, err := h.get(tx.Bucket(regBucket), at[:])
		if err == nil {
			session, err = gcm(derive(token, nil, "session")).Open(nil, nil, sealed, at[:])
		}
		return err
	})
	if err != nil {
		return err
	}
	id, master, found := session[:saltLength], session[saltLength:saltLength+keyLength], session[saltLength+keyLength:saltLength+2*keyLength]
	return h.data.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(regBucket)
		if _, err := h.get(b, found); err != nil {
			return err
		}
		return h.open(b, id, master)
	})
}

// unwrap opens the record of a code, which was found under its lookup key.
func (h *byHand) unwrap(b *bbolt.Bucket, code string, found []byte) (id, master []byte, err error) {
	rec, err := h.get(b, found)
	if err != nil {
		return nil, nil, err
	}
	id, salt, wrapped := rec[:saltLength], rec[saltLength:2*saltLength], rec[2*saltLength:2*saltLength+gcmLength(keyLength)]
	master, err = gcm(h.derived(code, salt)).Open(nil, nil, wrapped, id)
	return id, master, err
}

// open opens an account, and the summary of one of its categories.
func (h *byHand) open(b *bbolt.Bucket, id, master []byte) error {
	own, err := h.get(b, mac(h.rest, "own", id))
	if err != nil {
		return err
	}
	category, err := gcm(master).Open(nil, nil, own[:gcmLength(keyLength)], id)
	if err != nil {
		return err
	}
	sum, err := h.get(b, mac(h.rest, "sum", id))
	if err == nil {
		_, err = gcm(category).Open(nil, nil, sum[:gcmLength(sumLength)], id)
	}
	return err
}

func (h *byHand) get(b *bbolt.Bucket, key []byte) ([]byte, error) {
	value := b.Get(key)
	if value == nil {
		return nil, errByHand
	}
	return h.sealed.Open(nil, nil, value, key)
}

// derived is the key that a code's record is wrapped under.
func (h *byHand) derived(code string, salt []byte) []byte {
	return derive(mac(h.pepper, "pepper", []byte(code)), salt, "kek")
}

func derive(secret, salt []byte, label string) []byte {
	key, err := hkdf.Key(sha256.New, secret, salt, label, keyLength)
	if err != nil {
		panic(err) // only for lengths that nobody asks for here
	}
	return key
}

func mac(key []byte, label string, data []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(label))
	m.Write(data)
	return m.Sum(nil)
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err == nil {
		var aead cipher.AEAD
		if aead, err = cipher.NewGCMWithRandomNonce(block); err == nil {
			return aead
		}
	}
	panic(err) // 32 bytes are a key
}

// gcmLength is how long so many bytes are with a nonce and a tag.
func gcmLength(plain int) int { return 12 + plain + 16 }

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return b
}
