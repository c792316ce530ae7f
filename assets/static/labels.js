// Labels that a professional keeps for references, in this browser alone: they
// stand in localStorage, in the clear, and are never sent. Their fields have no
// name and stand in no form.

const prefix = 'label ';
const all = selector => document.querySelectorAll(selector);
const kept = () => Object.keys(localStorage).filter(key => key.startsWith(prefix));

function field(input) {
  const key = prefix + input.dataset.label;
  input.value = localStorage.getItem(key) ?? '';
  input.addEventListener('input', () => {
    if (input.value.trim()) localStorage.setItem(key, input.value);
    else localStorage.removeItem(key);
  });
}

function eraser(button) {
  const said = button.parentElement.querySelector('[data-erased]');
  button.addEventListener('click', () => {
    kept().forEach(key => localStorage.removeItem(key));
    all('input[data-label]').forEach(input => { input.value = ''; });
    said.textContent = said.dataset.erased;
  });
}

// Without a script, or a store, nothing of this is shown; the offer to erase
// only where there is something.
try {
  const some = kept().length > 0;
  all('input[data-label]').forEach(field);
  all('[data-erase-labels]').forEach(eraser);
  all('[data-labels]').forEach(part => { part.hidden = part.dataset.labels === 'kept' && !some; });
} catch {
  all('[data-labels]').forEach(part => { part.hidden = true; });
}
