package vault

import "crypto/sha256"

// hkdfOf is HKDF-SHA256 (RFC 5869) for one key: section 2.2, and the first block of
// section 2.3. Every request derives a key, and crypto/hkdf makes eleven objects
// for it; a test holds the two together.
func hkdfOf(secret, salt []byte, info string) [keyLen]byte {
	var room [128]byte
	extracted := mac(salt, secret)
	return mac(extracted[:], append(append(room[:0], info...), 1))
}

// mac is HMAC-SHA256 (RFC 2104).
func mac(key, message []byte) [sha256.Size]byte {
	var inner, outer [256]byte
	if len(key) > sha256.BlockSize {
		hashed := sha256.Sum256(key)
		key = hashed[:]
	}
	copy(inner[:], key)
	copy(outer[:], key)
	for i := range sha256.BlockSize {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	sum := sha256.Sum256(append(inner[:sha256.BlockSize], message...))
	return sha256.Sum256(append(outer[:sha256.BlockSize], sum[:]...))
}
