// The pages on which an access code is bought, started and given away.

import { ask, blinded, draw, fromVoucher, issuers, newKey, open, toVoucher, token } from './purchase.js';
import { qr } from './qr.js';
import { all, attempt, date, does, drawn, erase, fill, find, keep, keepNumber, kept, refuse, root, show } from './steps.js';
import { codeOf, plain } from './symbols.js';

let purchase; // the one that this page is about
let proof; // its token, or that of a voucher

// typedBack refuses to go on until the end of a key or code was typed back.
function typedBack(form, whole, length) {
  const typed = plain(form.elements.last.value);
  if (typed.slice(-length) !== plain(whole).slice(-length)) refuse('last');
}

async function use(key) {
  purchase = (await open(key)) ?? refuse('mistyped');
  fill('key', purchase.key);
  fill('number', purchase.number);
}

// --- /buy

async function begin() {
  const unfinished = kept();
  if (!unfinished) return show('choose');
  const { key, product, price, sent } = unfinished;
  await use(key);
  if (sent || !product) return show('unfinished');
  if (find(`[data-product="${product}"]`)?.dataset.minor !== price) return dearer();
  all('[data-chosen]').forEach(part => { part.hidden = part.dataset.chosen !== product; });
  show('key');
}

// dearer says that the price is another one now. Nothing was ordered.
function dearer() {
  erase();
  show('price');
}

async function choose(form) {
  const { value } = form.elements.product;
  keep({ key: newKey(), product: value, price: find(`[data-product="${value}"]`).dataset.minor });
  await begin();
}

// pay opens the page of payment. Asked again, the server gives the same one.
async function pay() {
  const { key, product, price, issuer } = kept();
  const list = (await issuers()).filter(i => i.product === product);
  const signing = list.find(i => i.kid === issuer) ?? list.find(i => i.signs) ?? refuse('issuer');
  const { checkout_url } = await ask('/buy', {
    product, amount: Number(price), key_id: signing.kid, purchase_id: purchase.id,
    blinded: await blinded(purchase, 'purchase', signing),
  }).catch(error => (error.told === 'price_changed' ? {} : Promise.reject(error)));
  if (!checkout_url) return dearer();
  keep({ key, product, price, issuer: signing.kid, sent: true });
  location.assign(checkout_url);
}

// --- /buy/return

async function comeBack() {
  const unfinished = kept();
  if (!unfinished) return show('nokey');
  await use(unfinished.key);
  await look();
}

let looks = 0;

async function look() {
  const { state, product, amount } = await ask('/buy/status', { purchase_id: purchase.id })
    .catch(error => (error.told === 'purchase_unknown' ? { state: 'unknown' } : Promise.reject(error)));
  if (state === 'waiting' && !kept()?.product) keep({ key: purchase.key, product, price: `${amount}`, sent: true });
  show(state);
  if (state === 'waiting' && looks++ < 10) setTimeout(() => look().catch(() => {}), 3000);
}

async function fetchToken() {
  const { signature } = await ask('/buy/signature', { purchase_id: purchase.id });
  proof = (await token(purchase, 'purchase', await issuers(), signature)) ?? refuse('signature');
}

async function now() {
  await fetchToken();
  showCode(purchase.code);
}

async function gift() {
  await fetchToken();
  const place = `${location.origin}/voucher`;
  const link = `${place}#${toVoucher(proof)}`;
  fill('place', place);
  fill('link', link);
  fill('until', date(`${proof.issuer.year + 1}-12-31`));
  drawn('#gift-qr', qr(link));
  show('gift');
}

// --- the code, wherever its token comes from

function showCode(code) {
  fill('code', code);
  show('code');
}

async function redeem(form) {
  const { code } = form.elements;
  typedBack(form, code.value, 5);
  await ask('/redeem', { message: proof.message, signature: proof.signature, code: code.value });
  const number = form.elements.number?.checked && purchase.number;
  forget();
  if (number) keepNumber(number);
  show('done');
}

function forget() {
  erase();
  ['voucher', 'code'].forEach(name => sessionStorage.removeItem(name));
}

// --- /voucher. What came with the link leaves the address bar at once, and stays
// in this tab until it is used.

async function takeVoucher() {
  const came = location.hash.slice(1);
  if (came) history.replaceState(null, '', location.pathname);
  const voucher = came || sessionStorage.getItem('voucher');
  show('voucher');
  if (voucher) await openVoucher(voucher);
}

async function openVoucher(voucher) {
  const text = voucher.replace(/\s/g, '').replace(/^.*#/, '');
  proof = (await fromVoucher(text, await issuers())) ?? refuse('voucher');
  if (sessionStorage.getItem('voucher') !== text) sessionStorage.removeItem('code');
  const code = sessionStorage.getItem('code') ?? codeOf(draw(19));
  sessionStorage.setItem('voucher', text);
  sessionStorage.setItem('code', code);
  showCode(code);
}

does('choose', choose);
does('key', async form => {
  typedBack(form, purchase.key, 4);
  await pay();
});
does('pay', pay);
does('again', () => {
  forget();
  location.assign('/buy');
});
does('use', async form => {
  await use(form.elements.key.value);
  keep({ key: purchase.key });
  await comeBack();
});
does('forget', () => show('forget'));
does('look', look);
does('still', () => {
  fill('code', purchase.code);
  show('still');
});
does('now', now);
does('later', () => show('later'));
does('gift', gift);
does('given', () => {
  forget();
  show('given');
});
does('redeem', redeem);
does('voucher', form => openVoucher(form.elements.voucher.value));
attempt({ buy: begin, return: comeBack, voucher: takeVoucher }[root.dataset.purchase]);
