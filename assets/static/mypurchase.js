// The page of a purchase that was made, by its number or its key, and the page
// that shows what is kept in this browser.

import { ask, blinded, idOf, issuers, numberOf, open, token } from './purchase.js';
import { all, attempt, date, does, erase, fill, find, keep, keptNumber, kept, refuse, root, show } from './steps.js';

let id; // of the purchase that is shown
let purchase; // the same, when its key is known
let lastDay; // on which its token can be handed in; empty when it cannot

const language = document.documentElement.lang;
const today = () => new Date().toISOString().slice(0, 10);

function money({ amount, currency }) {
  return new Intl.NumberFormat(language, { style: 'currency', currency }).format(amount / 100);
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
  lastDay = known.refund_until;
  fill('until', date(lastDay));
  all('[data-state]').forEach(part => { part.hidden = !part.dataset.state.split(' ').includes(known.state); });
  all('[data-fetched]').forEach(part => { part.hidden = part.dataset.fetched !== (known.fetched ? 'yes' : 'no'); });
  all('[data-receipt]').forEach(part => { part.hidden = part.dataset.receipt !== (known.receipt ?? ''); });
  all('[data-refund]').forEach(part => { part.hidden = part.dataset.refund !== chance(known); });
  find('#key-field').hidden = Boolean(purchase);
  show('purchase');
}

// chance says whether the purchase can be undone, and why not. What was handed in
// on the last day is taken the day after.
function chance({ refund_until, late }) {
  if (!refund_until) return 'disputed';
  return late && kept()?.back?.id !== id ? 'late' : 'open';
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
  const own = purchase ?? (await open(form.elements.key.value)) ?? refuse('mistyped');
  if (own.id !== id) refuse('other');
  const back = kept()?.back;
  if (back && back.id === id && back.day < today()) {
    await ask('/buy/refund', { purchase_id: id, refund_token: back.token });
    erase();
    return look();
  }
  if (!lastDay || lastDay < today()) refuse('late'); // handing in cannot be undone
  keep({ key: own.key, back: { id, day: today(), token: await swapped(own) } });
  show('tomorrow');
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

function stored() {
  fill('key', kept()?.key ?? '–');
  fill('number', keptNumber() || '–');
  show(kept() || keptNumber() ? 'stored' : 'nothing');
}

does('seek', seek);
does('receipt', receipt);
does('refund', refund);
does('give-back', giveBack);
does('erase', () => {
  erase();
  stored();
});
attempt(() => {
  if (root.dataset.purchase === 'stored') return stored();
  fill('wanted', keptNumber() || (kept()?.key ?? ''));
  show('seek');
});
