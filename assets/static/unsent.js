// What was ticked and could not be sent waits in this browser, so that a page that
// is loaded anew while the network is away has lost nothing. It is sealed as notes
// are, opens for the same code on the same device alone, and goes when it is sent,
// or after 14 days. On a device that others use too it goes with the tab.

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

const given = (form, item) => [...new FormData(form)].filter(([field]) => belongs(field, item));

// fillIn gives an item its answer back, as if somebody had ticked it.
function fillIn(form, item, fields) {
  const controls = [...form.elements].filter(control => belongs(control.name, item));
  for (const control of controls) {
    if (control.type === 'radio' || control.type === 'checkbox') {
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
  let name, key;
  let waiting = [];
  let line = Promise.resolve();

  async function write() {
    if (!waiting.length) {
      shelf.removeItem(name);
      said.textContent = '';
      return;
    }
    name ??= `unsent ${today} ${toBase64(random(12))}`;
    await put(shelf, name, key, { of, items: waiting.map(item => [item, given(form, item)]) });
    said.textContent = said.dataset.kept;
  }

  const remember = () => { line = line.then(write).catch(() => { said.textContent = ''; }); };

  form.addEventListener('waiting', ({ detail }) => {
    waiting = detail;
    if (key && (name || waiting.length)) remember();
  });
  key = await keyOf(device === 'own' ? (await unlock()).half : await accountHalf(), new Uint8Array(), 'selvhjelp-unsent-v1');
  forgetOld(shelf);
  for (const found of namesIn(shelf)) {
    const kept = await take(shelf, found, key);
    if (kept?.of !== of) continue;
    name = found;
    for (const [item, fields] of kept.items) {
      if (!waiting.includes(item)) fillIn(form, item, fields);
    }
    document.querySelector('#unsent-back').hidden = false;
  }
  if (waiting.length) remember();
}

for (const form of document.querySelectorAll('form[data-kept]')) keepFor(form).catch(() => { /* this browser keeps nothing */ });
