// What this browser keeps for the code that is logged in is sealed with
// AES-256-GCM under a key made of two halves: one that this browser holds and
// cannot show (a non-extractable key in IndexedDB), and one that the service
// hands out to whoever is logged in. Without either, nothing opens.

const utf8 = new TextEncoder();
const text = bytes => new TextDecoder().decode(bytes);
export const random = length => crypto.getRandomValues(new Uint8Array(length));
export const toBase64 = bytes => btoa(Array.from(new Uint8Array(bytes), b => String.fromCharCode(b)).join(''));
export const fromBase64 = string => Uint8Array.from(atob(string.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0));

// --- sealing

export const keyOf = async (half, salt, info) => crypto.subtle.deriveKey(
  { name: 'HKDF', hash: 'SHA-256', salt, info: utf8.encode(info) },
  await crypto.subtle.importKey('raw', half, 'HKDF', false, ['deriveKey']),
  { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

export async function seal(key, value) {
  const iv = random(12);
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, utf8.encode(JSON.stringify(value))) };
}

export const open = async (key, { iv, data }) => JSON.parse(text(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, data)));

// --- the store

export const done = request => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

function database() {
  const request = indexedDB.open('notes', 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('device');
    request.result.createObjectStore('notes');
  };
  return done(request);
}

async function deviceKey(db) {
  const store = mode => db.transaction('device', mode).objectStore('device');
  const kept = await done(store('readonly').get('key'));
  if (kept) return kept;
  const fresh = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  try {
    await done(store('readwrite').add(fresh, 'key'));
  } catch { /* another tab was first */ }
  return done(store('readonly').get('key'));
}

// --- the two halves, each asked for once on a page

const once = make => {
  let made;
  return () => (made ??= make());
};

// accountHalf is the half that the service hands out.
export const accountHalf = once(async () => {
  const answer = await fetch('/me/notes/key', { method: 'POST', headers: { Accept: 'application/json' }, redirect: 'error' });
  if (!answer.ok) throw new Error('no key');
  return fromBase64((await answer.json()).key);
});

// unlock brings both halves together, and opens the store.
export const unlock = once(async () => {
  const secret = await accountHalf();
  const db = await database();
  return { db, secret, half: await crypto.subtle.sign('HMAC', await deviceKey(db), secret) };
});
