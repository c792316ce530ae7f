package token

import (
	"crypto/rsa"
	"errors"

	"filippo.io/bigmod"
)

// errFault is returned when a signature does not fit its own key.
var errFault = errors.New("token: the private operation went wrong; nothing is handed out")

// signer does the private operation of a key of two primes, in constant time, with
// the arithmetic that crypto/rsa itself is built on.
type signer struct {
	n, p, q *bigmod.Modulus
	dP, dQ  []byte      // the private exponent modulo p-1 and modulo q-1
	qInv    *bigmod.Nat // the inverse of q modulo p
	e       uint
}

// newSigner takes a key apart that has been found sound.
func newSigner(private *rsa.PrivateKey) (*signer, error) {
	if len(private.Primes) != 2 {
		return nil, errors.New("token: not a key of two primes")
	}
	if err := private.Validate(); err != nil {
		return nil, errors.New("token: the key is not sound")
	}
	private.Precompute()
	n, err1 := bigmod.NewModulus(private.N.Bytes())
	p, err2 := bigmod.NewModulus(private.Primes[0].Bytes())
	q, err3 := bigmod.NewModulus(private.Primes[1].Bytes())
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	crt := private.Precomputed
	qInv, err := bigmod.NewNat().SetBytes(crt.Qinv.Bytes(), p)
	return &signer{n, p, q, crt.Dp.FillBytes(make([]byte, p.Size())), crt.Dq.FillBytes(make([]byte, q.Size())), qInv, uint(private.E)}, err
}

// sign raises a blinded value below n to the private exponent (RFC 9474, section
// 4.3; RFC 8017, section 5.1.2, step 2b: one half modulo each prime, joined by the
// Chinese remainder theorem). A result with a fault in one half would give the
// factors of n away (Boneh, DeMillo and Lipton, On the Importance of Checking
// Cryptographic Protocols for Faults, 1997), so it leaves only when raised to e it is
// the blinded value again.
func (s *signer) sign(blinded []byte) ([]byte, error) {
	c, err := bigmod.NewNat().SetBytes(blinded, s.n)
	if err != nil {
		return nil, ErrBlinded
	}
	t := bigmod.NewNat()
	m := bigmod.NewNat().Exp(t.Mod(c, s.p), s.dP, s.p)
	half := bigmod.NewNat().Exp(t.Mod(c, s.q), s.dQ, s.q)
	m.Sub(t.Mod(half, s.p), s.p).Mul(s.qInv, s.p)
	m.ExpandFor(s.n).Mul(t.Mod(s.q.Nat(), s.n), s.n).Add(half.ExpandFor(s.n), s.n)
	if bigmod.NewNat().ExpShortVarTime(m, s.e, s.n).Equal(c) != 1 {
		return nil, errFault
	}
	return m.Bytes(s.n), nil
}
