// What a page does when scripts run; it works without. This script stores nothing
// in the browser.

const find = selector => document.querySelector(selector);
const all = selector => document.querySelectorAll(selector);
const page = document.body.dataset;

// --- an access code that came as #fragment leaves the address bar at once

const code = find('#code');

function takeCode() {
  const symbols = location.hash.slice(1);
  if (symbols.replaceAll('-', '').length !== 20 || !/^[\p{L}\d-]+$/u.test(symbols)) return;
  history.replaceState(null, '', location.pathname + location.search);
  if (code) code.value = symbols;
}
takeCode();
addEventListener('hashchange', takeCode);

// --- Back shows no page of before, and no code that was typed

addEventListener('pageshow', event => {
  if (event.persisted) location.reload();
});
if (code) {
  code.autocomplete = 'current-password'; // without this script Back would fill in what was typed
  addEventListener('pagehide', () => { code.value = ''; });
}

// post sends fields and tells "ok", "ended" (nobody is logged in), "refused" or
// "offline". What went well has moved the session's end.
async function post(url, fields = {}) {
  try {
    const answer = await fetch(url, {
      method: 'POST', body: new URLSearchParams(fields),
      redirect: 'manual', keepalive: true, signal: AbortSignal.timeout(10_000),
    });
    if (answer.ok || answer.type === 'opaqueredirect') {
      moveEnd(Date.now() + idle);
      channel?.postMessage(end);
      return 'ok';
    }
    return answer.status === 401 ? 'ended' : 'refused';
  } catch {
    return 'offline';
  }
}

// --- the session's end, in step in all tabs

const warning = 120_000; // milliseconds before the end
const dialog = find('#ending');
const channel = page.stay && new BroadcastChannel('session ' + page.stay);
const idle = page.ends * 1000 - Date.now();
let end = page.ends * 1000;
let stage = 'running'; // then "ending", then "ended"

function moveEnd(to) {
  end = Math.max(end, to);
  showEnd();
}

function showEnd() {
  const left = end - Date.now();
  const now = left > warning ? 'running' : left > 0 ? 'ending' : 'ended';
  if (!dialog || now === stage) return;
  stage = now;
  dialog.classList.toggle('ended', now === 'ended');
  if (now === 'running') return dialog.close();
  if (now === 'ended' && dialog.dataset.ended) dialog.querySelector('p').textContent = dialog.dataset.ended;
  if (!dialog.open) dialog.showModal();
}

if (dialog) {
  channel.onmessage = event => (event.data === 'left' ? leave() : moveEnd(event.data));
  channel.postMessage(end);
  dialog.append(find('.exit').cloneNode(true)); // an open dialog covers the other
  setInterval(showEnd, 1000);
  showEnd();
  find('#stay').addEventListener('click', async () => {
    if (stage === 'ended' || (await post(page.stay)) === 'ended') location.reload();
  });
}

// --- quick exit: the link, or Escape three times within a second and a half

function leave() {
  removeEventListener('beforeunload', hold);
  document.documentElement.hidden = true;
  document.title = '';
  location.replace(find('.exit').href);
}

function exit() {
  channel?.postMessage('left');
  fetch('/exit', { keepalive: true, redirect: 'manual' }).catch(() => {});
  leave();
}

addEventListener('click', event => {
  if (!event.target.closest('.exit')) return;
  event.preventDefault();
  exit();
});

let escapes = [];
addEventListener('keydown', event => {
  if (event.key !== 'Escape' || event.repeat) return;
  escapes = [...escapes.slice(-2), event.timeStamp];
  if (escapes.length === 3 && event.timeStamp - escapes[0] < 1500) exit();
});

// --- answers are saved one by one

// hold has the browser ask before a page goes that has answers not saved yet.
function hold(event) {
  event.preventDefault();
}

// fieldsOf are what is sent of the exercise that a control belongs to.
function fieldsOf(form, exercise) {
  const name = 'a.' + exercise;
  const given = [...new FormData(form)].filter(([field]) => field === name || field.startsWith(name + '.'));
  return [['item', exercise], ...given];
}

function autosave(form) {
  const saved = find('#saved');
  const progress = find('#progress');
  const waiting = new Map(); // item -> fields not saved yet
  let line = Promise.resolve(); // one post at a time, so the last answer wins
  let posting = 0;
  let result; // of the last post

  function flush(again) {
    posting++;
    line = line.then(() => send(again)).finally(() => posting--);
  }

  // waits tells what is not saved yet to whoever keeps it meanwhile.
  const waits = () => form.dispatchEvent(new CustomEvent('waiting', { detail: [...waiting.keys()] }));

  async function send(again) {
    result = 'ok';
    for (const [item, fields] of [...waiting]) {
      result = await post(form.dataset.autosave, [...new URLSearchParams(fields), ['visit', form.dataset.visit]]);
      if (result !== 'ok') break;
      if (waiting.get(item) === fields) waiting.delete(item);
    }
    waits();
    (result === 'offline' ? addEventListener : removeEventListener)('beforeunload', hold);
    tell(result === 'ok');
    if (result === 'ended') end = 0; // and showEnd says so
    if (result === 'offline' && again) setTimeout(flush, 3000, false);
  }

  function tell(ok) {
    if (!saved) return;
    saved.textContent = ok ? saved.dataset.saved : saved.dataset.failing;
    saved.classList.toggle('failing', !ok);
  }

  function count() {
    const required = [...form.querySelectorAll('.question')].filter(q => !q.querySelector('legend .hint'));
    const done = required.filter(q => q.querySelector(':checked'));
    progress.textContent = progress.dataset.pattern.replace('{n}', done.length).replace('{m}', required.length);
  }

  form.addEventListener('change', ({ target }) => {
    const exercise = target.closest('[data-exercise]')?.dataset.exercise;
    if (exercise) waiting.set(exercise, fieldsOf(form, exercise));
    else if (target.type === 'radio') waiting.set(target.name, { item: target.name, value: target.value, version: form.elements.version.value });
    else return;
    if (progress) count();
    waits();
    flush(true);
  });
  addEventListener('online', () => {
    if (waiting.size) flush(true);
  });
  // An answer on its way must not arrive after the form that finishes it, and
  // without a network the page stays as it is. What was refused the form carries.
  form.addEventListener('submit', async event => {
    removeEventListener('beforeunload', hold);
    if (!posting && !waiting.size) return;
    event.preventDefault();
    if (!posting) flush(true);
    await line;
    if (result === 'offline') return;
    waiting.clear();
    waits();
    form.requestSubmit(event.submitter);
  });
}
all('form[data-autosave]').forEach(autosave);

// --- buttons that need a script show themselves

if (navigator.clipboard) {
  for (const button of all('button[data-copy]')) {
    const said = document.createElement('span');
    said.setAttribute('role', 'status');
    button.after(said);
    button.hidden = false;
    button.addEventListener('click', async () => {
      const source = find(button.dataset.copy);
      await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
      said.textContent = button.dataset.done ?? '';
    });
  }
}

for (const button of all('button[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
