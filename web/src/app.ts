/* The one script of every page. Each part looks for its own mark in the page and leaves the rest alone; without it every page still works. */
import { modelOf } from './model';

declare const VIEWER: string;

/** Buttons that only work with script are hidden in the page and shown here. */
const reveal = (root: ParentNode) => {
  for (const el of root.querySelectorAll<HTMLElement>('[data-needs-script]')) el.hidden = false;
};
reveal(document);
document.addEventListener('htmx:load', event => reveal(event.target as Element));

for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) {
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy ?? '');
    const text = source?.textContent?.trim() ?? location.href;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const range = document.createRange();
      if (source) {
        range.selectNodeContents(source);
        getSelection()?.removeAllRanges();
        getSelection()?.addRange(range);
      }
      return;
    }
    const said = button.querySelector('[data-done-text]');
    if (said) {
      said.textContent = button.dataset.done ?? '';
    }
  });
}

for (const button of document.querySelectorAll<HTMLElement>('[data-share]')) {
  if (!navigator.share) {
    button.hidden = true;
    continue;
  }
  // A share that the person called off is an answer, not a fault.
  button.addEventListener('click', () => void navigator.share({ title: document.title, url: button.dataset.share || location.href }).catch(() => undefined));
}

/** Where the phone has a share sheet it opens at once, and the share is counted behind it; else the form leads to a page with the code. */
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-shares]')) {
  form.addEventListener('submit', event => {
    if (!navigator.share) return;
    event.preventDefault();
    event.stopPropagation();
    const url = form.dataset.shares ?? location.href;
    void navigator.share({ title: document.title, url }).then(() => fetch(form.action, { method: 'POST', redirect: 'manual', body: new URLSearchParams(new FormData(form) as unknown as Record<string, string>) })).catch(() => undefined);
  });
}

for (const button of document.querySelectorAll<HTMLElement>('[data-print]')) button.addEventListener('click', () => print());

/** What the viewer is asked for; the rest of it is its own business. */
interface Viewer extends HTMLElement {
  canActivateAR: boolean;
  activateAR(): Promise<void>;
  availableAnimations: string[];
  currentTime: number;
  play(how?: { repetitions: number }): void;
}

/** The picture stands first; the model comes when someone asks for it, over the same plinth. */
document.addEventListener('click', event => {
  const button = (event.target as Element).closest<HTMLElement>('[data-model]');
  if (button) void turn(button);
});

/** What each stage has, or waits for: a second press, and the button that leads into a room, wait for the same. */
const turning = new WeakMap<Element, Promise<Viewer | null>>();

async function turn(button: HTMLElement): Promise<Viewer | null> {
  const stage = button.closest('.stage');
  if (!stage) return null;
  const coming = turning.get(stage) ?? fetched(button, stage);
  turning.set(stage, coming);
  const viewer = await coming;
  if (!viewer) turning.delete(stage);
  return viewer;
}

async function fetched(button: HTMLElement, stage: Element): Promise<Viewer | null> {
  button.setAttribute('aria-busy', 'true');
  stage.classList.add('is-fetching');
  const wait = waiting(stage, button.dataset);
  // The picture stays; a model that does not come takes nothing away.
  const failed = () => {
    stage.classList.remove('is-fetching');
    button.removeAttribute('aria-busy');
    wait.fails();
    return null;
  };
  try {
    await import(VIEWER);
  } catch {
    return failed();
  }
  const still = stage.querySelector<HTMLImageElement>('.stage__obj');
  const viewer = modelOf(button.dataset.model ?? '', still?.alt ?? '', {
    ar: '', 'ar-modes': 'webxr scene-viewer quick-look',
    ...(matchMedia('(prefers-reduced-motion: reduce)').matches ? {} : { 'auto-rotate': '' }),
  }) as Viewer;
  speaks(viewer, button.dataset);
  spots(viewer);
  // A tap moves it once; a drag turns it.
  let from: [number, number] | null = null;
  viewer.addEventListener('pointerdown', e => { from = [e.clientX, e.clientY]; });
  viewer.addEventListener('click', e => {
    if ((e.target as Element).closest('.spot')) return;
    const moved = from ? Math.hypot(e.clientX - from[0], e.clientY - from[1]) : 0;
    if (moved > 8 || !viewer.availableAnimations?.length) return;
    viewer.currentTime = 0;
    viewer.play({ repetitions: 1 });
  });
  return new Promise(done => {
    viewer.addEventListener('load', () => {
      stage.classList.remove('is-fetching');
      stage.classList.add('is-turning');
      button.removeAttribute('aria-busy');
      button.setAttribute('aria-pressed', 'true');
      wait.ends();
      done(viewer);
    }, { once: true });
    viewer.addEventListener('progress', e => wait.comes((e as unknown as CustomEvent<{ totalProgress: number }>).detail.totalProgress));
    viewer.addEventListener('error', () => {
      viewer.remove();
      button.hidden = true;
      done(failed());
    }, { once: true });
    stage.append(viewer);
  });
}

/** A model may be many megabytes on a phone: what is awaited, how much of it has come, and what became of it. */
function waiting(stage: Element, words: DOMStringMap) {
  stage.querySelector('.stage__wait')?.remove();
  const said = document.createElement('p');
  said.className = 'stage__wait';
  said.setAttribute('role', 'status');
  stage.append(said);
  said.textContent = words.comes ?? '';
  const bar = said.appendChild(document.createElement('progress'));
  bar.setAttribute('aria-label', words.comes ?? '');
  return {
    comes: (share: number) => { bar.value = share; },
    ends: () => said.remove(),
    fails: () => { said.textContent = words.fails ?? ''; },
  };
}

/** What the viewer says to whoever does not see it, in the page's language; by itself it speaks English. */
function speaks(viewer: HTMLElement, words: DOMStringMap) {
  const sides = ['', 'upper-', 'lower-'].flatMap(height => ['front', 'right', 'back', 'left'].map(side => height + side));
  const said = words.views?.split('|') ?? [];
  viewer.setAttribute('a11y', JSON.stringify(Object.fromEntries(sides.map((side, n) => [side, said[n] ?? '']))));
  const label = (what: string, word?: string) => viewer.shadowRoot?.querySelector(what)?.setAttribute('aria-label', word ?? '');
  label('.screen-reader-only[role=region]', words.live);
  label('#default-exit-webxr-ar-button', words.leave);
}

/** Points of the model, numbered like the list beside it, which says the same without them. Nothing sounds by itself. */
function spots(viewer: HTMLElement) {
  const list = [...document.querySelectorAll<HTMLElement>('.spots li[data-at]')];
  list.forEach((said, n) => {
    const spot = document.createElement('button');
    spot.slot = `hotspot-${n + 1}`;
    spot.className = 'spot';
    spot.textContent = String(n + 1);
    spot.setAttribute('aria-label', said.innerText.trim());
    spot.setAttribute('aria-expanded', 'false');
    spot.dataset.position = (said.dataset.at ?? '').split(' ').map(x => x + 'm').join(' ');
    spot.dataset.normal = (said.dataset.facing ?? '').split(' ').map(x => x + 'm').join(' ');
    spot.addEventListener('click', () => {
      for (const other of list) other.classList.toggle('is-said', other === said);
      for (const other of viewer.querySelectorAll('.spot')) other.setAttribute('aria-expanded', String(other === spot));
      said.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
    });
    viewer.append(spot);
  });
}

/** A room is a browser's business: where this one cannot, the page says so and what can, and the code stands beside it already. */
for (const button of document.querySelectorAll<HTMLElement>('[data-ar]')) {
  const says = button.closest('details')?.querySelector<HTMLElement>('[data-ar-said]');
  const say = (words?: string) => {
    if (says && words) says.textContent = words;
  };
  const inside = /MicroMessenger|QQ\/|Weibo|AlipayClient|DingTalk|aweme|xhs|FBA[NV]|Instagram|Line\//i.test(navigator.userAgent);
  let viewer: Viewer | null = null;
  button.addEventListener('click', async () => {
    if (inside) return say(button.dataset.arInside);
    if (viewer) {
      // From here the phone's own viewer takes over, in the very tap that asked for it.
      void viewer.activateAR().catch(() => say(button.dataset.arNot));
      return;
    }
    const model = document.querySelector<HTMLElement>('.stage [data-model]');
    button.setAttribute('aria-busy', 'true');
    // A line that breaks off in the middle must not leave her waiting.
    const late = new Promise<null>(done => setTimeout(() => done(null), 30_000));
    const loaded = model ? await Promise.race([turn(model), late]) : null;
    button.removeAttribute('aria-busy');
    if (!loaded?.canActivateAR) {
      button.hidden = true;
      return say(button.dataset.arNot);
    }
    viewer = loaded;
    viewer.addEventListener('ar-status', event => {
      if ((event as CustomEvent<{ status: string }>).detail.status === 'failed') say(button.dataset.arNot);
    });
    button.textContent = button.dataset.arNow ?? '';
    say(button.dataset.ar);
  });
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
