/* The script of the staff's desk. Every form works without it; it shows progress, mirrors what is typed and asks for sentences anew. */
import './points';

declare const PLOT: string;

/** What a page that came by script carries is woken like the first one (app.ts and htmx listen). */
function woken(el: Element) {
  el.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true, detail: { elt: el } }));
}

/** Puts the named parts of an answer in the place of ours. */
function swap(html: string, parts: string) {
  const answer = new DOMParser().parseFromString(html, 'text/html');
  for (const name of parts.split(',')) {
    const ours = document.querySelector(name);
    const theirs = answer.querySelector(name);
    if (!ours || !theirs) continue;
    const fresh = document.importNode(theirs, true);
    ours.replaceWith(fresh);
    woken(fresh);
  }
  // What is typed and not saved yet stands in the new preview as it stood in the old one.
  for (const field of document.querySelectorAll<HTMLInputElement>('[data-shows]')) if (field.value) mirror(field);
  for (const field of document.querySelectorAll<HTMLSelectElement>('[data-paints]')) paint(field);
}

/** A form beside the one that somebody types in: its answer takes the place of a part of the page, and what she typed stays. */
document.addEventListener('submit', event => {
  const form = event.target as HTMLFormElement;
  const parts = form.dataset.swaps;
  if (!parts) return;
  event.preventDefault();
  const button = event.submitter as HTMLButtonElement | null;
  const body = new FormData(form);
  if (button?.name) body.append(button.name, button.value);
  const failed = () => {
    button?.removeAttribute('aria-busy');
    const said = form.querySelector('[role=alert]') ?? form.appendChild(document.createElement('p'));
    said.setAttribute('role', 'alert');
    said.className = 'field__said';
    said.textContent = form.dataset.failed ?? '';
  };
  if (button?.getAttribute('aria-busy')) return;
  button?.setAttribute('aria-busy', 'true');
  fetch(form.action, { method: 'POST', body: form.enctype === 'multipart/form-data' ? body : new URLSearchParams(body as unknown as Record<string, string>) })
    .then(async answer => {
      if (answer.status !== 200 && answer.status !== 422) return failed();
      const html = await answer.text();
      const refusal = new DOMParser().parseFromString(html, 'text/html').querySelector('#refusal');
      swap(html, parts);
      const first = document.querySelector<HTMLElement>(`${parts.split(',')[0]} h2`);
      if (refusal) first?.after(document.importNode(refusal, true));
      // The button is gone with the old part: whoever came by keyboard goes on from the head of the new one.
      if (first) {
        first.tabIndex = -1;
        first.focus({ preventScroll: true });
      }
    })
    .catch(failed);
}, true);

/** File fields in the words of the page: the browser's own would say them in its own language. The field stays, for keyboards and readers. */
function fileFields() {
  for (const field of document.querySelectorAll<HTMLInputElement>('input[type=file][data-choose]')) {
    const words = field.dataset.choose ?? '';
    delete field.dataset.choose;
    const box = document.createElement('div');
    box.className = 'file';
    const button = document.createElement('span');
    button.className = 'btn btn--s';
    button.textContent = words;
    const said = document.createElement('span');
    said.className = 'file__said';
    const tell = () => {
      said.textContent = [...(field.files ?? [])].map(file => file.name).join(' · ') || field.dataset.none || '';
    };
    button.setAttribute('aria-hidden', 'true');
    said.setAttribute('aria-hidden', 'true');
    field.replaceWith(box);
    box.append(field, button, said);
    field.addEventListener('change', tell);
    field.form?.addEventListener('reset', () => setTimeout(tell));
    tell();
  }
}
fileFields();
document.addEventListener('htmx:load', fileFields);

/** An upload with its progress. The answer is the page that a plain form would get, or leads to it. */
document.addEventListener('submit', event => {
  const form = event.target as HTMLFormElement;
  const parts = form.dataset.upload;
  if (!parts) return;
  event.preventDefault();
  const said = form.querySelector<HTMLElement>('[data-upload-said]');
  const bar = form.querySelector('progress');
  const button = form.querySelector('button');
  const say = (words: string) => {
    if (said) said.textContent = words;
  };
  let bytes = 0;
  for (const input of form.querySelectorAll<HTMLInputElement>('input[type=file]')) for (const file of input.files ?? []) bytes += file.size;
  if (bytes > Number(form.dataset.most)) {
    say(form.dataset.tooLarge ?? '');
    return;
  }
  const request = new XMLHttpRequest();
  request.open('POST', form.action);
  request.upload.addEventListener('progress', e => {
    if (!bar || !e.lengthComputable) return;
    bar.hidden = false;
    bar.value = Math.round((100 * e.loaded) / e.total);
    if (e.loaded === e.total) say(form.dataset.checking ?? '');
  });
  const over = () => {
    button?.removeAttribute('aria-busy');
    if (button) button.disabled = false;
    if (bar) bar.hidden = true;
  };
  request.addEventListener('load', () => {
    over();
    const led = new URL(request.responseURL, location.href);
    // What was made of the file has a page of its own.
    if (request.status === 200 && form.dataset.leads !== undefined && led.pathname !== location.pathname) {
      location.assign(led.href);
    } else if (request.status === 200 || request.status === 422) {
      swap(request.responseText, parts);
      document.querySelector<HTMLElement>('#media h2')?.scrollIntoView({ block: 'nearest' });
    } else say(form.dataset.failed ?? '');
  });
  request.addEventListener('error', () => {
    over();
    say(form.dataset.failed ?? '');
  });
  button?.setAttribute('aria-busy', 'true');
  if (button) button.disabled = true;
  say('');
  request.send(new FormData(form));
}, true);

/** What is typed stands in the preview at once. */
function mirror(field: HTMLInputElement) {
  const shown = field.dataset?.shows && document.getElementById(field.dataset.shows);
  if (shown) shown.textContent = field.value;
}
document.addEventListener('input', event => mirror(event.target as HTMLInputElement));

function paint(field: HTMLSelectElement) {
  if (field.dataset?.paints) document.querySelector(field.dataset.paints)?.setAttribute('data-wall', field.value);
}
document.addEventListener('change', event => {
  const field = event.target as HTMLSelectElement;
  paint(field);
  // A choice that asks for other fields: the form is saved and comes back with them.
  const button = field.dataset?.presses && document.querySelector<HTMLButtonElement>(field.dataset.presses);
  if (button) field.form?.requestSubmit(button);
});

/** Rows by single keys. They can be switched off, for who dictates would press them by accident (WCAG 2.1.4). */
const keyboard = document.querySelector<HTMLDialogElement>('#keyboard');
const singleKeys = document.querySelector<HTMLInputElement>('#keyboard-on');
const KEYS_OFF = 'desk-single-keys-off';
/** A browser that keeps nothing for us has the keys on. */
function remembered(off?: boolean): boolean {
  try {
    if (off !== undefined) localStorage.setItem(KEYS_OFF, off ? '1' : '');
    return localStorage.getItem(KEYS_OFF) === '1';
  } catch {
    return off ?? false;
  }
}
if (keyboard && singleKeys) {
  singleKeys.checked = !remembered();
  singleKeys.addEventListener('change', () => remembered(!singleKeys.checked));
  for (const button of document.querySelectorAll<HTMLElement>('[data-keyboard]')) {
    button.hidden = false;
    button.addEventListener('click', () => keyboard.showModal());
  }
}
document.addEventListener('keydown', event => {
  if (!keyboard || !singleKeys?.checked || keyboard.open || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = event.target as HTMLElement;
  if (at.closest('input, select, textarea, dialog, [contenteditable]')) return;
  const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
  if (step) {
    const rows = [...document.querySelectorAll<HTMLElement>('#list tbody tr')]
      .map(row => row.querySelector<HTMLElement>('a[href]'))
      .filter(link => link !== null);
    const now = rows.findIndex(link => link.closest('tr')?.contains(document.activeElement));
    rows[now < 0 ? (step > 0 ? 0 : rows.length - 1) : now + step]?.focus();
  } else if (event.key === 'x') {
    const box = at.closest('tr')?.querySelector<HTMLInputElement>('.pick input');
    if (!box) return;
    box.click();
  } else if (event.key === '/') {
    const seek = document.querySelector<HTMLElement>('[data-seek]');
    if (!seek) return;
    seek.focus();
  } else if (event.key === '?') keyboard.showModal();
  else return;
  event.preventDefault();
});

/** How many rows are chosen; and one tick for all of the page. */
function counts() {
  for (const bar of document.querySelectorAll<HTMLElement>('[data-chosen]')) {
    const form = bar.closest('form');
    const said = bar.querySelector<HTMLElement>('[data-chosen-count]');
    if (!form || !said) continue;
    const boxes = [...form.querySelectorAll<HTMLInputElement>('.pick input[name=row]')];
    const corner = form.querySelector<HTMLElement>('[data-pick-all]');
    if (corner && !corner.firstChild) {
      const label = document.createElement('label');
      const all = document.createElement('input');
      all.type = 'checkbox';
      all.setAttribute('aria-label', bar.dataset.onPage ?? '');
      all.addEventListener('change', () => {
        for (const box of form.querySelectorAll<HTMLInputElement>('.pick input[name=row]')) box.checked = all.checked;
        counts();
      });
      label.append(all);
      corner.append(label);
    }
    const n = boxes.filter(box => box.checked).length;
    const all = corner?.querySelector('input');
    if (all) {
      all.checked = n > 0 && n === boxes.length;
      all.indeterminate = n > 0 && n < boxes.length;
    }
    said.textContent = n === 0 ? (said.dataset.none ?? '') : (said.dataset.some ?? '').replace('#', String(n));
  }
}
counts();
document.addEventListener('htmx:load', counts);
document.addEventListener('change', event => {
  if ((event.target as Element).closest('.pick')) counts();
});

/** Plots bring their library along, and only where there is one. */
function plots() {
  if (document.querySelector('[data-plot]')) void import(PLOT);
}
plots();
document.addEventListener('htmx:load', plots);

/** What was unfolded in a part that comes anew stays so, and who reads there stays where she is. */
const read = new WeakMap<Element, () => void>();
document.addEventListener('htmx:beforeSwap', event => {
  const part = (event as CustomEvent<{ target: Element }>).detail.target;
  const folds = () => [...part.querySelectorAll('details')];
  const tables = () => [...part.querySelectorAll('.scroll')];
  const [opened, scrolled] = [folds().map(fold => fold.open), tables().map(table => table.scrollTop)];
  const at = folds().findIndex(fold => fold.querySelector('summary') === document.activeElement);
  read.set(part, () => {
    folds().forEach((fold, n) => { fold.open ||= opened[n] ?? false; });
    tables().forEach((table, n) => { table.scrollTop = scrolled[n] ?? 0; });
    folds()[at]?.querySelector('summary')?.focus({ preventScroll: true });
  });
});
document.addEventListener('htmx:afterSwap', event => read.get((event as CustomEvent<{ target: Element }>).detail.target)?.());

/* Where a browser does not unfold what an address points into. */
const aimed = location.hash.length > 1 ? document.getElementById(location.hash.slice(1))?.closest('details') : null;
if (aimed && !aimed.open) {
  aimed.open = true;
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
}
