/* The one script of every page. Each part looks for its own mark in the page and leaves the rest alone; without it every page still works. */
import './asked';

declare const STAGE: string;

/** Buttons that only work with script are hidden in the page and shown here. */
const reveal = (root: ParentNode) => {
  for (const el of root.querySelectorAll<HTMLElement>('[data-needs-script]')) el.hidden = false;
};
reveal(document);
document.addEventListener('htmx:load', event => reveal(event.target as Element));

/** A word to what was pressed, beside it. */
function beside(button: Element, words = '') {
  const there = button.nextElementSibling;
  const said = there?.classList.contains('noted') ? there : document.createElement('p');
  said.className = 'noted';
  said.setAttribute('role', 'status');
  const line = document.createTextNode('');
  said.replaceChildren(line);
  if (said !== there) button.after(said);
  // It is there before its words are: only what changes is read out.
  setTimeout(() => { line.data = words; }, 50);
  return said;
}

/** Where a browser does not copy, what was to be copied is selected. */
async function copied(text: string, selected: () => Element | null) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const source = selected();
    if (source) getSelection()?.selectAllChildren(source);
    return false;
  }
}

for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) {
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy ?? '');
    const done = await copied(source?.textContent?.trim() ?? location.href, () => source);
    const said = button.querySelector('[data-done-text]');
    if (said) said.textContent = (done ? button.dataset.done : document.body.dataset.selected) ?? '';
  });
}

for (const button of document.querySelectorAll<HTMLElement>('[data-share]')) {
  // Without a share sheet its neighbour that copies is enough.
  if (!navigator.share && button.parentElement?.querySelector('[data-copy]')) button.remove();
  else button.addEventListener('click', () => void passOn(button, button.dataset.share || location.href));
}

async function passOn(button: HTMLElement, url: string) {
  try {
    return await navigator.share({ title: document.title, url });
  } catch (e) {
    // A share that the person called off is an answer, not a fault.
    if ((e as Error).name === 'AbortError') return;
  }
  const address = document.createElement('span');
  address.className = 'hash';
  address.textContent = url;
  const done = await copied(url, () => {
    beside(button, document.body.dataset.selected).append(address);
    return address;
  });
  if (done) beside(button, document.body.dataset.copied);
}

/** Where the phone has a share sheet it opens at once, and the share is counted behind it; else the form leads to a page with the code. */
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-shares]')) {
  form.addEventListener('submit', event => {
    if (!navigator.share) return;
    event.preventDefault();
    event.stopPropagation();
    const url = form.dataset.shares ?? location.href;
    const counted = () => fetch(form.action, { method: 'POST', redirect: 'manual', body: new URLSearchParams(new FormData(form) as unknown as Record<string, string>) });
    void navigator.share({ title: document.title, url }).then(() => void counted().catch(() => undefined), (e: Error) => {
      // Called off is an answer; where the sheet does not open, the page with the code does.
      if (e.name !== 'AbortError') form.submit();
    });
  });
}

for (const button of document.querySelectorAll<HTMLElement>('[data-print]')) button.addEventListener('click', () => print());

/** The picture stands first; the model, and what leads into a room, come when someone asks for them. */
let stage: { press(button: HTMLElement): void } | null = null;
document.addEventListener('click', event => {
  const button = (event.target as Element).closest<HTMLElement>('[data-model], [data-ar]');
  // What is there acts in the very tap that asked for it.
  if (button && stage) stage.press(button);
  else if (button) void onStage(button);
});

async function onStage(button: HTMLElement) {
  if (button.getAttribute('aria-busy')) return;
  button.setAttribute('aria-busy', 'true');
  try {
    stage = await import(STAGE) as typeof stage;
  } catch {
    return beside(button, button.dataset.fails ?? button.dataset.arNot);
  } finally {
    button.removeAttribute('aria-busy');
  }
  stage?.press(button);
}
if (location.hash === '#room') document.querySelector<HTMLDetailsElement>('details#room')?.setAttribute('open', '');

/** A picture from near. Without script the link shows the file itself. */
document.addEventListener('click', event => {
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[data-zoom]');
  if (!link || typeof HTMLDialogElement === 'undefined') return;
  event.preventDefault();
  const dialog = document.createElement('dialog');
  dialog.className = 'zoom';
  const pane = document.createElement('div');
  pane.className = 'zoom__pane';
  // For the keyboard, and for whoever hears it: the pane is the button that brings the picture nearer.
  pane.tabIndex = 0;
  pane.setAttribute('role', 'button');
  pane.setAttribute('aria-label', link.dataset.closer ?? '');
  pane.setAttribute('aria-pressed', 'false');
  const picture = new Image();
  picture.src = link.href;
  picture.alt = link.querySelector('img')?.alt ?? document.querySelector<HTMLImageElement>('.stage img')?.alt ?? '';
  dialog.setAttribute('aria-label', picture.alt || link.textContent.trim());
  const close = document.createElement('button');
  close.className = 'tool';
  close.innerHTML = '<i class="i i-close" aria-hidden="true"></i>';
  close.setAttribute('aria-label', link.dataset.zoom ?? '');
  const nearer = (x: number, y: number) => {
    const near = pane.classList.toggle('is-near');
    pane.setAttribute('aria-pressed', String(near));
    if (!near) return;
    const box = picture.getBoundingClientRect();
    pane.scrollTo((box.width - innerWidth) * x, (box.height - innerHeight) * y);
  };
  picture.addEventListener('click', e => nearer(e.clientX / innerWidth, e.clientY / innerHeight));
  pane.addEventListener('keydown', e => {
    if (e.key === 'Enter' || e.key === ' ') {
      e.preventDefault();
      nearer(.5, .5);
    }
  });
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    dialog.remove();
    link.focus();
  });
  pane.append(picture);
  dialog.append(close, pane);
  document.body.append(dialog);
  dialog.showModal();
  pane.focus();
});

/** The unboxing can be skipped at any time: the scene goes to its last picture, which is the page without script. */
for (const link of document.querySelectorAll<HTMLElement>('[data-skip]')) {
  link.addEventListener('click', event => {
    event.preventDefault();
    document.querySelector('.scene')?.classList.add('is-over');
    document.querySelector<HTMLElement>('[data-won] h1')?.focus();
    link.hidden = true;
  });
}
for (const scene of document.querySelectorAll<HTMLElement>('.scene[data-plays]')) {
  scene.querySelector('.s-toy')?.addEventListener('animationend', () => {
    scene.classList.add('is-over');
    scene.querySelector<HTMLElement>('[data-skip]')?.setAttribute('hidden', '');
  });
}

/** A form is sent once: a second press while the first is under way does nothing. */
document.addEventListener('submit', event => {
  const form = event.target as HTMLFormElement;
  // What answers with a file leaves this page standing, and may be asked for again.
  if (event.defaultPrevented || 'download' in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  for (const button of form.querySelectorAll('button')) button.setAttribute('aria-busy', 'true');
});
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sent]')) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll('button')) button.removeAttribute('aria-busy');
  }
});

/** For the time without a network; asked for when the page is done, so that nothing on it waits. */
addEventListener('load', () => {
  if ('serviceWorker' in navigator) setTimeout(() => void navigator.serviceWorker.register('/sw.js').catch(() => undefined), 2000);
});

for (const button of document.querySelectorAll('[data-again]')) button.addEventListener('click', () => location.reload());

/** Without a network: the certificates that this browser still has. */
const kept = document.querySelector<HTMLElement>('[data-kept]');
if (kept && 'caches' in window) void listKept(kept);

async function listKept(room: HTMLElement) {
  const cache = await caches.open('certificates');
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (!pathname.startsWith('/c/')) continue;
    const title = new DOMParser().parseFromString(await (await cache.match(pathname))!.text(), 'text/html').querySelector('h1')?.textContent;
    const link = document.createElement('a');
    link.href = pathname;
    link.textContent = title ?? pathname.slice(3);
    const line = document.createElement('li');
    line.append(link);
    room.querySelector('ul')!.append(line);
    room.hidden = false;
  }
}

/** Hanging a room, or a shelf of the desk: a piece is dragged by its grip, or moved by the arrow keys while the grip has the focus. */
for (const list of document.querySelectorAll<HTMLElement>('[data-arrange]')) {
  const pieces = () => [...list.querySelectorAll<HTMLElement>('[data-piece]')];
  const said = document.querySelector<HTMLElement>('[data-arrange-said]');
  let kept = pieces();
  /** What was dragged last says where it hangs; an order that the server did not take goes back to the one that it has. */
  const send = async (moved: HTMLElement) => {
    const now = pieces();
    if (now.every((piece, n) => piece === kept[n])) return;
    mark();
    const form = new URLSearchParams({ pieces: now.map(piece => piece.dataset.piece).join(',') });
    const token = list.querySelector<HTMLInputElement>('input[name="_csrf"]');
    if (token) form.set(token.name, token.value);
    let isKept = false;
    try {
      // Not followed: a way to the sign-in page is a refusal, too.
      isKept = (await fetch(list.dataset.arrange ?? '', { method: 'POST', body: form, redirect: 'manual', keepalive: true })).ok;
    } catch {
      // Offline.
    }
    if (isKept) kept = now;
    else {
      list.append(...kept);
      moved.querySelector<HTMLElement>('[data-grip]')?.focus();
      mark();
    }
    if (said) {
      const at = Number(list.dataset.from ?? '0') + now.indexOf(moved) + 1;
      said.textContent = isKept ? (moved.dataset.kept ?? '').replace('{n}', String(at)) : (list.dataset.notKept ?? '');
    }
  };
  // One after the other: who presses fast would else have them arrive in any order.
  let turn = Promise.resolve();
  // A shelf is a form, which is sent whole; the page comes back with what the server has.
  const whole = list.closest('form')?.querySelector<HTMLButtonElement>('[data-arranged]');
  const keep = (moved: HTMLElement) => {
    if (!whole) turn = turn.then(() => send(moved));
    else if (pieces().some((piece, n) => piece !== kept[n])) whole.form?.requestSubmit(whole);
  };
  const mark = () => {
    // The first has nowhere to go up to, the last nowhere down.
    pieces().forEach((piece, n, all) => {
      const [up, down] = [piece.querySelector<HTMLButtonElement>('[value="earlier"]'), piece.querySelector<HTMLButtonElement>('[value="later"]')];
      if (up) up.disabled = n === 0 && list.dataset.before === '0';
      if (down) down.disabled = n === all.length - 1 && list.dataset.after === '0';
    });
  };
  const [EDGE, STEP] = [72, 9]; // pixels; the second each sixtieth of a second
  for (const grip of list.querySelectorAll<HTMLElement>('[data-grip]')) {
    const piece = grip.closest<HTMLElement>('[data-piece]');
    if (!piece) continue;
    grip.addEventListener('keydown', event => {
      const next = event.key === 'ArrowUp' ? piece.previousElementSibling : event.key === 'ArrowDown' ? piece.nextElementSibling : null;
      if (!next) return;
      event.preventDefault();
      if (event.key === 'ArrowUp') next.before(piece);
      else next.after(piece);
      grip.focus();
      keep(piece);
    });
    grip.addEventListener('pointerdown', event => {
      event.preventDefault();
      piece.classList.add('is-dragged');
      const place = (x: number, y: number) => {
        const under = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-piece]');
        if (!under || under === piece || under.parentElement !== list) return;
        const all = pieces();
        if (all.indexOf(under) < all.indexOf(piece)) under.before(piece);
        else under.after(piece);
      };
      let [x, y] = [event.clientX, innerHeight / 2];
      const over = (move: PointerEvent) => {
        [x, y] = [move.clientX, move.clientY];
        place(x, y);
      };
      // A wall is longer than a phone: held near an edge, the page goes on.
      const rolls = setInterval(() => {
        const by = y < EDGE ? -STEP : y > innerHeight - EDGE ? STEP : 0;
        if (by === 0) return;
        scrollBy(0, by);
        place(x, Math.min(Math.max(y, 1), innerHeight - 1));
      }, 16);
      const end = () => {
        clearInterval(rolls);
        document.removeEventListener('pointermove', over);
        document.removeEventListener('pointerup', end);
        document.removeEventListener('pointercancel', end);
        piece.classList.remove('is-dragged');
        keep(piece);
      };
      // On the document: the grip moves about in it, and what it had captured is lost with each move.
      document.addEventListener('pointermove', over);
      document.addEventListener('pointerup', end);
      document.addEventListener('pointercancel', end);
    });
  }
}
