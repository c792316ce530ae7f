// Keys, numbers and codes in symbols that people can write down (Crockford's
// base32). The last symbol checks the others: the sum of all, weighted with
// powers of x over GF(2)[x]/(x^5+x^2+1), is zero.

import { toBytes, toInt } from './blind.js';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const timesX = v => (v << 1) ^ (v & 16 ? 0b100101 : 0);

function checkSymbol(values) {
  let sum = values.reduceRight((sum, v) => timesX(sum) ^ v, 0);
  for (let i = values.length; i < 31; i++) sum = timesX(sum);
  return sum;
}

function spell(values, group) {
  const symbols = [...values, checkSymbol(values)].map(v => alphabet[v]).join('');
  return symbols.match(new RegExp(`.{${group}}`, 'g')).join('-');
}

// codeOf makes an access code of 19 random bytes.
export const codeOf = random => spell(Array.from(random, byte => byte & 31), 5);

// plain is what somebody typed, with what is easily mistaken put right.
export const plain = typed => typed.normalize('NFKC').toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')
  .replace(/[IL]/g, '1').replace(/[OØ]/g, '0').replaceAll('U', 'V');

// Sixteen bytes are 28 symbols: K or N, which says whether they are a key or a
// number, 26 for the bytes, and the check symbol.
export function write(kind, data) {
  const number = (BigInt(alphabet.indexOf(kind)) << 130n) | toInt(data);
  return spell(Array.from({ length: 27 }, (_, i) => Number((number >> BigInt(130 - 5 * i)) & 31n)), 4);
}

// read gives the sixteen bytes, or null when that cannot be what was written.
export function read(kind, typed) {
  const values = [...plain(typed)].map(symbol => alphabet.indexOf(symbol));
  if (values.length !== 28 || values.includes(-1) || values.pop() !== checkSymbol(values)) return null;
  if (alphabet[values[0]] !== kind || values[1] > 7) return null;
  return toBytes(values.slice(1).reduce((n, v) => (n << 5n) | BigInt(v), 0n), 16);
}
