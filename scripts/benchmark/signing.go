package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"time"

	"selvhjelp/pkg/token"
)

// signing compares rates on one core.
func (b *bench) signing() (row, error) {
	private, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		return row{}, err
	}
	ring, key, err := newTokens(filepath.Join(b.dir, "sign.keys"))
	if err != nil {
		return row{}, err
	}
	order, err := newOrder(key)
	if err != nil {
		return row{}, err
	}
	digest := sha256.Sum256(order.Message)
	var ratios []float64
	var ours, theirs float64
	for range 2*b.rounds + 1 {
		theirs, err = perSecond(func() error {
			_, err := rsa.SignPKCS1v15(nil, private, crypto.SHA256, digest[:])
			return err
		})
		if err != nil {
			return row{}, err
		}
		if ours, err = perSecond(func() error { _, err := ring.Sign(key.ID, order.blinded); return err }); err != nil {
			return row{}, err
		}
		ratios = append(ratios, ours/theirs)
	}
	return row{
		what: "blind-signing a purchase, one core", reference: fmt.Sprintf("RSA-3072 %.0f/s", theirs), ours: fmt.Sprintf("%.0f/s", ours),
		ratio: fmt.Sprintf("%.2f", median(ratios)), goal: ">= 0.80", met: atLeast(median(ratios), 0.8),
	}, nil
}

// perSecond is how often something can be done, from half a second of it.
func perSecond(do func() error) (float64, error) {
	n, began := 0, time.Now()
	for ; time.Since(began) < 500*time.Millisecond; n++ {
		if err := do(); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(began).Seconds(), nil
}

// newTokens makes a file of token keys.
func newTokens(path string) (*token.Ring, token.Key, error) {
	ring, err := token.New(path)
	if err != nil {
		return nil, token.Key{}, err
	}
	if _, err := ring.Rotate([]string{product}, time.Now()); err != nil {
		return nil, token.Key{}, err
	}
	key, err := ring.Current(product, time.Now())
	return ring, key, err
}
