// The page of a purchase that was made, by its number or its key, and the page
// that shows what is kept in this browser.

import { ask, blinded, idOf, issuers, numberOf, open, token } from './purchase.js';
import { all, attempt, date, does, drop, erase, fill, find, keptNumber, kept, languages, refuse, root, show, wait, waiting } from './steps.js';

let id; // of the purchase that is shown
let purchase; // the same, when its key is known
let today; // by the server's clock: this device may be wrong
let lastDay; // on which its token can be handed in; empty when it cannot

function money({ amount, currency }) {
  return new Intl.NumberFormat(languages, { style: 'currency', currency }).format(amount / 100);
}

// --- /buy/purchase

async function seek(form) {
  const typed = form.elements.number.value;
  purchase = await open(typed);
  id = purchase?.id ?? idOf(typed) ?? refuse('number');
  await look();
}

async function look() {
  const known = await ask('/buy/status', { purchase_id: id });
  all('[data-product]').forEach(part => { part.hidden = part.dataset.product !== known.product; });
  fill('number', numberOf(id));
  fill('amount', money(known));
  fill('vat', money({ ...known, amount: known.vat }));
  fill('terms', date(known.terms));
  fill('day', date(known.day));
  today = known.today;
  lastDay = known.refund_until;
  fill('until', date(lastDay));
  all('[data-state]').forEach(part => { part.hidden = !part.dataset.state.split(' ').includes(known.state); });
  all('[data-fetched]').forEach(part => { part.hidden = part.dataset.fetched !== (known.fetched ? 'yes' : 'no'); });
  all('[data-receipt]').forEach(part => { part.hidden = part.dataset.receipt !== (known.receipt ?? ''); });
  all('[data-refund]').forEach(part => { part.hidden = part.dataset.refund !== chance(known); });
  all('[data-known]').forEach(part => { part.hidden = !known[part.dataset.known]; });
  find('#key-field').hidden = Boolean(purchase ?? waiting()[id]);
  show('purchase');
}

// chance says whether the purchase can be undone, and why not. What was handed in
// on the last day is taken the day after.
function chance({ refund_until, late }) {
  if (!refund_until) return 'disputed';
  return late && !waiting()[id] ? 'late' : 'open';
}

async function receipt(form) {
  await ask('/buy/receipt', { purchase_id: id, email: form.elements.email.value });
  form.reset();
  await look();
}

async function refund() {
  await ask('/buy/refund', { purchase_id: id });
  await look();
}

// giveBack swaps an unused token for one that only proves that it was given
// back. That one is handed in on another day, so that the two cannot be matched
// by the time of day.
async function giveBack(form) {
  const back = waiting()[id];
  if (back && back.day < today) return handIn(back);
  if (!back) await takeBack(form);
  show('tomorrow');
}

async function takeBack(form) {
  const own = purchase ?? (await open(form.elements.key.value)) ?? refuse('mistyped');
  if (own.id !== id) refuse('other');
  if (!lastDay || lastDay < today) refuse('late'); // handing in cannot be undone
  wait(id, { day: today, token: await swapped(own) });
  if (kept()?.key === own.key) drop(); // it gives no code any more
}

async function handIn(back) {
  await ask('/buy/refund', { purchase_id: id, refund_token: back.token });
  wait(id);
  await look();
}

async function swapped(own) {
  const list = await issuers();
  const { signature } = await ask('/buy/signature', { purchase_id: own.id });
  const used = (await token(own, 'purchase', list, signature)) ?? refuse('signature');
  const { product, year } = used.issuer;
  const refunds = list.filter(issuer => issuer.refund && issuer.product === product && issuer.year === year);
  const answer = await ask('/redeem/surrender', {
    message: used.message, signature: used.signature, blinded: await blinded(own, 'refund', refunds[0] ?? refuse('issuer')),
  }).catch(error => (error.told === 'token_used' ? refuse('used') : Promise.reject(error)));
  const { message, signature: signed } = (await token(own, 'refund', refunds, answer.signature)) ?? refuse('signature');
  return { message, signature: signed };
}

// --- /buy/stored

const waitingNumbers = () => Object.keys(waiting()).map(numberOf);

function stored() {
  fill('key', kept()?.key ?? '–');
  fill('number', keptNumber() || '–');
  const numbers = waitingNumbers();
  fill('waits', numbers.join(', '));
  all('[data-waits]').forEach(part => { part.hidden = !numbers.length; });
  show(kept() || keptNumber() || numbers.length ? 'stored' : 'nothing');
}

does('seek', seek);
does('receipt', receipt);
does('refund', refund);
does('give-back', giveBack);
does('erase', () => {
  erase();
  Object.keys(waiting()).forEach(waits => wait(waits));
  stored();
});
attempt(() => {
  if (root.dataset.purchase === 'stored') return stored();
  fill('wanted', waitingNumbers()[0] || keptNumber() || (kept()?.key ?? ''));
  show('seek');
});
