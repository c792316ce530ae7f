// What was ticked and could not be sent waits in this browser, so that a page that
// is loaded anew while the network is away has lost nothing. It is sealed as notes
// are, opens for the same code on the same device alone, and goes when it is sent,
// or after 14 days. On a device that others use too it goes with the tab. It never
// takes the place of what was saved from elsewhere meanwhile.

import { accountHalf, fromBase64, keyOf, open, random, seal, toBase64, unlock } from './device.js';

const maxDays = 14;
const today = Math.floor(Date.now() / 86_400_000);

// --- what is kept: "unsent", the day and a random name, and a sealed text

const namesIn = shelf => Object.keys(shelf).filter(name => name.startsWith('unsent '));

function forgetOld(shelf) {
  for (const name of namesIn(shelf)) {
    if (today - Number(name.split(' ')[1]) > maxDays) shelf.removeItem(name);
  }
}

async function put(shelf, name, key, value) {
  const { iv, data } = await seal(key, value);
  shelf.setItem(name, JSON.stringify([toBase64(iv), toBase64(data)]));
}

// take opens what is kept; undefined when it is another code's.
async function take(shelf, name, key) {
  try {
    const [iv, data] = JSON.parse(shelf.getItem(name)).map(fromBase64);
    return await open(key, { iv, data });
  } catch {
    return undefined;
  }
}

// --- the form

// belongs reports whether a field is one of an item's.
const belongs = (field, item) => field === item || field === 'a.' + item || field.startsWith(`a.${item}.`);

const controlsOf = (form, item) => [...form.elements].filter(control => belongs(control.name, item));

const given = (form, item) => [...new FormData(form)].filter(([field]) => belongs(field, item));

const chosen = control => control.type === 'radio' || control.type === 'checkbox';

function servedValue(control) {
  if (control.options) return ([...control.options].find(option => option.defaultSelected) ?? control.options[0]).value;
  return chosen(control) ? control.value : control.defaultValue;
}

// served is an item as the server has it.
const served = (form, item) => controlsOf(form, item)
  .filter(control => !chosen(control) || control.defaultChecked)
  .map(control => [control.name, servedValue(control)]);

// words are fields for comparing; the server may keep other spaces in a text.
const words = fields => JSON.stringify(fields.map(([field, value]) => [field, value.replace(/\s+/g, ' ').trim()]));

// fillIn gives an item its answer back, as if somebody had ticked it.
function fillIn(form, item, fields) {
  const controls = controlsOf(form, item);
  for (const control of controls) {
    if (chosen(control)) {
      control.checked = fields.some(([field, value]) => field === control.name && value === control.value);
    } else {
      control.value = fields.find(([field]) => field === control.name)?.[1] ?? '';
    }
  }
  (controls.find(control => control.checked) ?? controls[0])?.dispatchEvent(new Event('change', { bubbles: true }));
}

// keepFor keeps what waits to be sent of a form, and brings back what waited when
// the page was left.
async function keepFor(form) {
  const { kept: of, device } = form.dataset;
  const shelf = device === 'own' ? localStorage : sessionStorage;
  const said = document.querySelector('#unsent');
  const known = new Map(); // item -> what this browser has seen of it: the server has one of them, or something newer
  let name, key;
  let earlier = []; // names of what was kept by pages that are gone
  let waiting = [];
  let line = Promise.resolve();

  async function write() {
    if (waiting.length) {
      name ??= `unsent ${today} ${toBase64(random(12))}`;
      await put(shelf, name, key, { of, at: Date.now(), items: waiting.map(item => [item, given(form, item), [...known.get(item)]]) });
    } else if (name) {
      shelf.removeItem(name);
    }
    for (const done of earlier) shelf.removeItem(done);
    earlier = [];
    said.textContent = waiting.length ? said.dataset.kept : '';
  }

  const remember = () => { line = line.then(write).catch(() => { said.textContent = ''; }); };

  form.addEventListener('waiting', ({ detail }) => {
    waiting = detail;
    for (const item of waiting) {
      if (!known.has(item)) known.set(item, new Set([words(served(form, item))]));
      known.get(item).add(words(given(form, item)));
    }
    if (key && (name || waiting.length)) remember();
  });

  // bringBack fills in what the server lacks, unless it has something newer.
  function bringBack([item, fields, seen]) {
    const there = words(served(form, item));
    if (there === words(fields) || !seen.includes(there)) return;
    known.set(item, new Set(seen));
    fillIn(form, item, fields);
    document.querySelector('#unsent-back').hidden = false;
  }

  key = await keyOf(device === 'own' ? (await unlock()).half : await accountHalf(), new Uint8Array(), 'selvhjelp-unsent-v1');
  forgetOld(shelf);
  const found = [];
  for (const at of namesIn(shelf)) {
    const kept = await take(shelf, at, key);
    if (kept?.of === of) found.push([at, kept]);
  }
  const ticked = new Set(waiting); // since the page was loaded
  found.sort(([, a], [, b]) => a.at - b.at);
  for (const [, kept] of found) {
    for (const item of kept.items) {
      if (!ticked.has(item[0])) bringBack(item);
    }
  }
  earlier = found.map(([at]) => at);
  if (earlier.length || waiting.length) remember();
}

for (const form of document.querySelectorAll('form[data-kept]')) keepFor(form).catch(() => { /* this browser keeps nothing */ });
