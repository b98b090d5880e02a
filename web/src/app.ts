/* The one script of every page. Each part looks for its own mark in the page and leaves the rest alone; without it every page still works. */
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

for (const button of document.querySelectorAll<HTMLElement>('[data-print]')) button.addEventListener('click', () => print());

/** The picture stands first; the model comes when someone asks for it, over the same plinth. */
document.addEventListener('click', event => {
  const button = (event.target as Element).closest<HTMLElement>('[data-model]');
  if (button) void turn(button);
});

async function turn(button: HTMLElement) {
  const stage = button.closest('.stage');
  if (!stage || stage.querySelector('model-viewer')) return;
  button.setAttribute('aria-busy', 'true');
  stage.classList.add('is-fetching');
  await import(VIEWER);
  const viewer = document.createElement('model-viewer');
  const still = stage.querySelector<HTMLImageElement>('.stage__obj');
  const set: Record<string, string> = {
    src: button.dataset.model ?? '', alt: still?.alt ?? '', 'camera-controls': '', 'touch-action': 'pan-y', 'shadow-intensity': '.6', 'interaction-prompt': 'none',
    'camera-orbit': '20deg 78deg 105%', exposure: '1.05', 'environment-image': 'neutral', ar: '', 'ar-modes': 'webxr quick-look',
  };
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) {
    set['auto-rotate'] = '';
    set['autoplay'] = '';
  }
  for (const [name, value] of Object.entries(set)) viewer.setAttribute(name, value);
  viewer.className = 'stage__model';
  const ready = () => {
    stage.classList.remove('is-fetching');
    stage.classList.add('is-turning');
    button.removeAttribute('aria-busy');
    button.setAttribute('aria-pressed', 'true');
  };
  viewer.addEventListener('load', ready, { once: true });
  viewer.addEventListener('error', () => {
    // The picture stays; a model that does not load takes nothing away.
    viewer.remove();
    stage.classList.remove('is-fetching');
    button.removeAttribute('aria-busy');
    button.hidden = true;
  }, { once: true });
  stage.append(viewer);
}

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

/** Hanging a room: a piece is dragged by its grip, or moved by the arrow keys while the grip has the focus. */
for (const list of document.querySelectorAll<HTMLElement>('[data-arrange]')) {
  const pieces = () => [...list.querySelectorAll<HTMLElement>('[data-piece]')];
  const keep = () => {
    const form = new URLSearchParams({ pieces: pieces().map(piece => piece.dataset.piece).join(',') });
    const token = list.querySelector<HTMLInputElement>('input[name="_csrf"]');
    if (token) form.set(token.name, token.value);
    void fetch(list.dataset.arrange ?? '', { method: 'POST', body: form, redirect: 'manual', keepalive: true });
    // The first has nowhere to go up to, the last nowhere down.
    pieces().forEach((piece, n, all) => {
      const [up, down] = [piece.querySelector<HTMLButtonElement>('[value="earlier"]'), piece.querySelector<HTMLButtonElement>('[value="later"]')];
      if (up) up.disabled = n === 0;
      if (down) down.disabled = n === all.length - 1;
    });
  };
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
      keep();
    });
    grip.addEventListener('pointerdown', event => {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      piece.classList.add('is-dragged');
      const over = (move: PointerEvent) => {
        const under = document.elementFromPoint(move.clientX, move.clientY)?.closest<HTMLElement>('[data-piece]');
        if (!under || under === piece || under.parentElement !== list) return;
        const all = pieces();
        if (all.indexOf(under) < all.indexOf(piece)) under.before(piece);
        else under.after(piece);
      };
      const end = () => {
        grip.removeEventListener('pointermove', over);
        piece.classList.remove('is-dragged');
        keep();
      };
      grip.addEventListener('pointermove', over);
      grip.addEventListener('pointerup', end, { once: true });
      grip.addEventListener('pointercancel', end, { once: true });
    });
  }
}
