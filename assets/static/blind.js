// The blind signature RSABSSA with SHA-384 (RFC 9474), in all four variants: a
// randomized one is prepared by whoever calls. No page, no server, no store.

const hash = { name: 'SHA-384', bytes: 48 };

export const utf8 = text => new TextEncoder().encode(text);

export function join(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const digest = async (name, data) => new Uint8Array(await crypto.subtle.digest(name, data));
const xor = (a, b) => a.map((byte, i) => byte ^ b[i]);

// --- bytes as text: base64url without padding (RFC 4648, section 5), and hex

export const toBase64 = data =>
  btoa(String.fromCharCode(...data)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export const fromBase64 = text =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0));

export const toHex = data => Array.from(data, byte => byte.toString(16).padStart(2, '0')).join('');

// --- whole numbers

export const toInt = data => BigInt('0x' + (toHex(data) || '0'));

export const toBytes = (n, length) =>
  Uint8Array.from(n.toString(16).padStart(2 * length, '0').match(/../g), pair => parseInt(pair, 16));

function power(base, exponent, n) {
  let out = 1n;
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) out = (out * base) % n;
    base = (base * base) % n;
  }
  return out;
}

// inverse of a modulo n by Euclid's algorithm; it throws when there is none.
export function inverse(a, n) {
  let [r, next, x, y] = [n, a % n, 0n, 1n];
  while (next) {
    const q = r / next;
    [r, next, x, y] = [next, r - q * next, y, x - q * y];
  }
  if (r !== 1n) throw new RangeError('no inverse');
  return x < 0n ? x + n : x;
}

// --- keys and signatures

// openKey takes a public key as a JWK; print is the SHA-256 of its
// SubjectPublicKeyInfo.
export async function openKey({ n, e }) {
  const jwk = { kty: 'RSA', n, e };
  const verifier = await crypto.subtle.importKey('jwk', jwk, { name: 'RSA-PSS', hash: hash.name }, true, ['verify']);
  const print = await digest('SHA-256', await crypto.subtle.exportKey('spki', verifier));
  const modulus = toInt(fromBase64(n));
  return { n: modulus, e: toInt(fromBase64(e)), length: Math.ceil(modulus.toString(2).length / 8), verifier, print };
}

// mask is MGF1 (RFC 8017, B.2.1).
async function mask(seed, length) {
  let out = new Uint8Array();
  for (let i = 0; out.length < length; i++) out = join(out, await digest(hash.name, join(seed, toBytes(BigInt(i), 4))));
  return out.slice(0, length);
}

// encode is EMSA-PSS-ENCODE (RFC 8017, 9.1.1) for a modulus of whole bytes.
export async function encode(message, length, salt) {
  const h = await digest(hash.name, join(new Uint8Array(8), await digest(hash.name, message), salt));
  const space = new Uint8Array(length - salt.length - hash.bytes - 2);
  const block = join(space, [1], salt);
  const masked = xor(block, await mask(h, block.length));
  masked[0] &= 0x7f;
  return join(masked, h, [0xbc]);
}

// blind is RFC 9474, section 4.2, with the blinding r.
export async function blind(key, message, salt, r) {
  const m = toInt(await encode(message, key.length, salt));
  inverse(m, key.n); // or there is a factor of the modulus in it
  return toBytes((m * power(r, key.e, key.n)) % key.n, key.length);
}

// unblind is RFC 9474, section 4.4: a signature that is not good is refused.
export async function unblind(key, message, saltLength, r, signed) {
  const signature = toBytes((toInt(signed) * inverse(r, key.n)) % key.n, key.length);
  if (!(await verify(key, message, saltLength, signature))) throw new RangeError('bad signature');
  return signature;
}

export const verify = (key, message, saltLength, signature) =>
  crypto.subtle.verify({ name: 'RSA-PSS', saltLength }, key.verifier, signature, message);
