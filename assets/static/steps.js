// What the pages of a purchase have in common: one step is shown at a time, what
// went wrong is said above it, and what is kept stands in this browser's store.

export const find = selector => document.querySelector(selector);
export const all = selector => document.querySelectorAll(selector);
export const root = find('[data-purchase]');

all('[data-scripted]').forEach(part => { part.hidden = false; });

let moved = false; // the first step leaves the focus where it is

// show shows one step and none of the others.
export function show(name) {
  say('');
  all('[data-step]').forEach(step => { step.hidden = step.dataset.step !== name; });
  const heading = find(`[data-step="${name}"] h2`);
  heading.tabIndex = -1;
  if (moved) heading.focus();
  moved = true;
}

// say says what went wrong; nothing removes it.
export function say(text) {
  find('#said').hidden = !text;
  find('#said p').textContent = text;
  if (text) find('#said').scrollIntoView({ block: 'center' });
}

// fill puts a text where the page has a place for it.
export function fill(name, text) {
  for (const place of all(`[data-fill="${name}"]`)) {
    if ('value' in place) place.value = text;
    else place.textContent = text;
  }
}

// drawn draws a QR code of rows of modules.
export function drawn(place, rows) {
  const dark = rows.flatMap((row, y) => row.map((on, x) => (on ? `M${x + 4} ${y + 4}h1v1h-1z` : '')));
  find(place).setAttribute('viewBox', `0 0 ${rows.length + 8} ${rows.length + 8}`);
  find(`${place} path`).setAttribute('d', dark.join(''));
}

// languages are those to write days and amounts in. Not every browser knows
// nynorsk; bokmål writes both as it does.
export const languages = { en: 'en-GB', nn: ['nn', 'nb'] }[document.documentElement.lang] ?? 'nb';

// date is a day such as 2026-01-31 in words.
export function date(day) {
  const words = new Intl.DateTimeFormat(languages, { dateStyle: 'long', timeZone: 'UTC' });
  return day ? words.format(new Date(day)) : '–';
}

// attempt runs an action and says what went wrong: what the server told, or the
// page's own text for it.
export async function attempt(action, ...of) {
  say('');
  try {
    await action(...of);
  } catch (error) {
    const { offline, store, [error.message]: known } = root.dataset;
    say(error.told ? error.message : known ?? (error.name === 'SecurityError' ? store : offline));
  }
}

// does runs an action when a button is pressed or a form is sent, one at a time.
export function does(name, action) {
  let busy = false;
  for (const place of all(`[data-do="${name}"]`)) {
    place.addEventListener(place.localName === 'form' ? 'submit' : 'click', async event => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      await attempt(action, place);
      busy = false;
    });
  }
}

// refuse ends an action with one of the page's texts.
export function refuse(text) {
  throw new Error(text);
}

// --- what is kept: a purchase that is not finished, a purchase number, and what
// was given back and waits for its day, by the id of its purchase

export const kept = () => JSON.parse(localStorage.getItem('purchase') ?? 'null');
export const keep = purchase => localStorage.setItem('purchase', JSON.stringify(purchase));
export const drop = () => localStorage.removeItem('purchase');
export const keptNumber = () => localStorage.getItem('purchase number') ?? '';
export const keepNumber = number => localStorage.setItem('purchase number', number);
export const waiting = () => JSON.parse(localStorage.getItem('given back') ?? '{}');

// wait keeps what waits for a purchase, or drops it when it is nothing.
export function wait(id, back) {
  const all = { ...waiting(), [id]: back };
  if (Object.values(all).some(Boolean)) localStorage.setItem('given back', JSON.stringify(all));
  else localStorage.removeItem('given back');
}

// erase leaves only what waits, which belongs to purchases that are over.
export const erase = () => ['purchase', 'purchase number'].forEach(name => localStorage.removeItem(name));
