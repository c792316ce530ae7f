// Notes that stay in this browser alone, sealed as device.js says. They are
// never sent; their fields have no name and belong to no form.

import { done, fromBase64, keyOf, open, random, seal, toBase64, unlock } from './device.js';

const all = (selector, root = document) => root.querySelectorAll(selector);
const store = (name, mode = 'readonly') => db.transaction(name, mode).objectStore(name);

let db, key, secret;
const notes = new Map(); // id -> {at, title, body}: those of this code

// ready opens the notes of who is logged in; those of other codes stay shut.
async function ready() {
  let half;
  ({ db, secret, half } = await unlock());
  key = await keyOf(half, new Uint8Array(), 'selvhjelp-note-v1');
  const names = await done(store('notes').getAllKeys());
  const records = await done(store('notes').getAll());
  await Promise.all(records.map((record, i) => open(key, record).then(note => notes.set(names[i], note), () => {})));
}

const find = of => [...notes].find(([, note]) => note.of === of)?.[0];

async function put(id, note) {
  await done(store('notes', 'readwrite').put(await seal(key, note), id));
  notes.set(id, note);
}

async function remove(id) {
  await done(store('notes', 'readwrite').delete(id));
  notes.delete(id);
}

// --- a field to write in

const say = (part, what) => { part.querySelector('[role=status]').textContent = part.dataset[what] ?? ''; };

// fill puts a note into a field; without an id a new one is begun.
function fill(part, id) {
  part.note = id;
  part.area.value = notes.get(id)?.body ?? '';
  say(part, '');
}

async function keep(part) {
  const body = part.area.value;
  if (body === (notes.get(part.note)?.body ?? '')) return;
  try {
    const id = part.note ??= toBase64(random(12));
    const { of = part.dataset.note || 'own ' + id, title = part.dataset.title } = notes.get(id) ?? {};
    if (body.trim()) await put(id, { of, title, body, at: Date.now() });
    else await remove(id);
    say(part, 'saved');
    await keepForLong();
  } catch {
    say(part, 'failed');
  }
  list();
}

function field(part) {
  let timer;
  part.area = part.querySelector('textarea');
  const now = () => { clearTimeout(timer); return keep(part); };
  part.area.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(now, 1000); });
  part.area.addEventListener('change', now);
  part.querySelector('[data-save]').addEventListener('click', now);
  part.querySelector('[data-fresh]')?.addEventListener('click', async () => { await now(); fill(part); part.area.focus(); });
  fill(part, find(part.dataset.note));
}

// keepForLong asks the browser not to throw the notes away when room is short.
async function keepForLong() {
  const safe = await navigator.storage?.persisted?.() || await navigator.storage?.persist?.();
  all('[data-evict]').forEach(part => { part.hidden = Boolean(safe) && part.dataset.evict !== 'always'; });
}

// --- the list

function list() {
  all('[data-list]').forEach(part => {
    const rows = [...notes].filter(([, note]) => note.body).sort(([, a], [, b]) => b.at - a.at);
    part.replaceChildren(...rows.map(([id, note]) => row(part.previousElementSibling, id, note)));
    part.nextElementSibling.hidden = rows.length > 0;
  });
}

function row(template, id, note) {
  const item = template.content.firstElementChild.cloneNode(true);
  const put = (name, value) => { item.querySelector(`[data-is=${name}]`).textContent = value; };
  put('title', note.title);
  put('at', new Date(note.at).toLocaleString([document.documentElement.lang, 'nb']));
  put('body', note.body);
  const part = document.querySelector('[data-note=""]');
  item.querySelector('[data-delete]').addEventListener('click', async () => {
    await remove(id);
    if (part.note === id) fill(part);
    list();
  });
  item.querySelector('[data-open]').addEventListener('click', async () => {
    await keep(part);
    fill(part, id);
    part.area.focus();
  });
  return item;
}

// --- a page to read or print, with what was written for it

function showWritten() {
  all('[data-written]').forEach(section => all('[data-of]', section).forEach(part => {
    const body = notes.get(find(part.dataset.of))?.body;
    if (!body) return;
    part.lastElementChild.textContent = body;
    part.hidden = section.hidden = false;
  }));
}

// --- a file for another device, which opens with the same code alone

const fileKey = salt => keyOf(secret, salt, 'selvhjelp-notes-file-v1');

async function save() {
  const salt = random(16);
  const { iv, data } = await seal(await fileKey(salt), [...notes].filter(([, note]) => note.body));
  const file = JSON.stringify({ notes: 1, salt: toBase64(salt), iv: toBase64(iv), data: toBase64(data) });
  const link = document.createElement('a');
  link.download = 'notes.json';
  link.href = URL.createObjectURL(new Blob([file], { type: 'application/json' }));
  link.click();
  URL.revokeObjectURL(link.href);
}

async function load(part, file) {
  try {
    const { salt, iv, data } = JSON.parse(await file.text());
    const brought = await open(await fileKey(fromBase64(salt)), { iv: fromBase64(iv), data: fromBase64(data) });
    for (const [id, note] of brought) {
      if (!(notes.get(id)?.at >= note.at)) await put(id, note);
    }
    say(part, 'loaded');
  } catch {
    say(part, 'refused');
  }
  list();
}

// --- the page

const show = (name, shown) => all(`[data-notes=${name}]`).forEach(part => {
  part.hidden = !shown;
  part.classList.remove('waiting');
});

// On a shared device nothing is written before somebody has said so here.
const on = () => document.querySelector('[data-notes=field]')?.dataset.device !== 'shared' || find('on') !== undefined;

function begin() {
  showWritten();
  if (!all('[data-notes]').length) return;
  show('off', !on());
  show('field', on());
  if (!on()) return;
  all('[data-note]').forEach(field);
  keepForLong();
  list();
}

try {
  await ready();
  show('needs', false);
  all('[data-turn-on]').forEach(button => button.addEventListener('click', async () => {
    await put(toBase64(random(12)), { of: 'on', at: Date.now() });
    begin();
  }));
  all('[data-save-file]').forEach(button => button.addEventListener('click', save));
  all('[data-load-file]').forEach(input => input.addEventListener('change', () => input.files[0] && load(input.closest('[data-file]'), input.files[0])));
  all('[data-delete-all]').forEach(button => button.addEventListener('click', async () => {
    for (const id of [...notes.keys()]) await remove(id);
    location.reload();
  }));
  begin();
} catch {
  all('.waiting').forEach(part => { part.hidden = true; });
  show('needs', true);
}
