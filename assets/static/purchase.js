// What comes of a purchase key: a purchase number, an access code, a token. And
// what is asked of the server: the key itself is never sent, and a token is taken
// only when a key named in issuers.js has signed it.

import { blind, fromBase64, join, openKey, toBase64, toHex, toInt, unblind, utf8, verify } from './blind.js';
import { fingerprints } from './issuers.js';
import { codeOf, read, write } from './symbols.js';

// --- what is derived from a purchase key (HKDF-SHA256, RFC 5869)

async function derive(seed, label, length) {
  const key = await crypto.subtle.importKey('raw', seed, 'HKDF', false, ['deriveBits']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8('selvhjelp-purchase-v1 ' + label) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 8 * length));
}

export const draw = length => crypto.getRandomValues(new Uint8Array(length));
export const newKey = () => write('K', draw(16));

// open takes a purchase key as it was written; null when it is mistyped.
export async function open(typed) {
  const seed = read('K', typed);
  if (!seed) return null;
  const id = await derive(seed, 'number', 16);
  return { seed, key: write('K', seed), id: toBase64(id), number: write('N', id), code: codeOf(await derive(seed, 'code', 19)) };
}

// idOf is the id of a purchase by its number; null when that is mistyped.
export function idOf(number) {
  const id = read('N', number);
  return id && toBase64(id);
}

export const numberOf = id => write('N', fromBase64(id));

// --- tokens. "purchase" proves the purchase, "refund" that it was given back.

const saltLength = 48;
const messageOf = (issuer, nonce) => join(utf8(`selvhjelp-token-v1\0${issuer.product}\0`), issuer.print, nonce);

// parts are what a token is made of, for one kind and one issuer key. The
// blinding is evenly spread below the modulus: what is not is drawn again.
async function parts(purchase, kind, issuer) {
  const from = (label, length) => derive(purchase.seed, `${kind} ${label}`, length);
  let r = 0n;
  for (let round = 0; r === 0n || r >= issuer.n; round++) {
    r = toInt(await from(`blinding ${toHex(issuer.print)} ${round}`, issuer.length));
  }
  return { message: messageOf(issuer, await from('nonce', 32)), salt: await from('salt', saltLength), r };
}

export async function blinded(purchase, kind, issuer) {
  const { message, salt, r } = await parts(purchase, kind, issuer);
  return toBase64(await blind(issuer, message, salt, r));
}

// token unblinds a signature by whichever of the keys made it; null when none.
export async function token(purchase, kind, issuers, signature) {
  for (const issuer of issuers) {
    const { message, r } = await parts(purchase, kind, issuer);
    const signed = await unblind(issuer, message, saltLength, r, fromBase64(signature)).catch(() => null);
    if (signed) return { message: toBase64(message), signature: toBase64(signed), issuer };
  }
  return null;
}

// A voucher is the first 8 bytes of the key's fingerprint, the nonce and the
// signature.
export const toVoucher = ({ message, signature, issuer }) =>
  toBase64(join(issuer.print.slice(0, 8), fromBase64(message).slice(-32), fromBase64(signature)));

export async function fromVoucher(text, issuers) {
  const data = /^[\w-]{4,}$/.test(text) && text.length % 4 !== 1 ? fromBase64(text) : new Uint8Array();
  const issuer = issuers.find(({ print }) => toHex(print.slice(0, 8)) === toHex(data.slice(0, 8)));
  if (!issuer || data.length !== 40 + issuer.length) return null;
  const message = messageOf(issuer, data.slice(8, 40));
  const good = await verify(issuer, message, saltLength, data.slice(40));
  return good ? { message: toBase64(message), signature: toBase64(data.slice(40)) } : null;
}

// --- what is asked of the server: without cookies, without a referrer

export async function ask(path, fields) {
  const answer = await fetch(path, {
    method: fields ? 'POST' : 'GET', body: fields && JSON.stringify(fields),
    headers: { 'Content-Type': 'application/json', 'Accept-Language': document.documentElement.lang },
    credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error', signal: AbortSignal.timeout(30_000),
  });
  const value = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(value.text), { told: value.error });
  return value;
}

// issuers are the keys that sign today and that this script knows.
export async function issuers() {
  const { keys } = await ask('/buy/issuer.json');
  const opened = await Promise.all(keys.map(async key => ({ ...key, ...(await openKey(key)) })));
  return opened.filter(key => fingerprints.includes(toHex(key.print)));
}
