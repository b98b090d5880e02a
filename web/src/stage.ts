/* What comes when somebody asks for a model: the model over the picture's plinth, its points, its movement, and the way into her room. */
import { inAnotherApp } from './inside';
import { modelOf } from './model';

declare const VIEWER: string;

/** What the viewer is asked for; the rest of it is its own business. */
interface Viewer extends HTMLElement {
  loaded: boolean;
  canActivateAR: boolean;
  activateAR(): Promise<void>;
  availableAnimations: string[];
  currentTime: number;
  play(how?: { repetitions: number }): void;
  pause(): void;
}

/** @param button one that turns the work, or that leads into a room */
export function press(button: HTMLElement) {
  void (button.dataset.ar === undefined ? turn(button) : place(button));
}

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
  return new Promise(done => {
    viewer.addEventListener('load', () => {
      stage.classList.remove('is-fetching');
      stage.classList.add('is-turning');
      button.removeAttribute('aria-busy');
      button.setAttribute('aria-pressed', 'true');
      wait.ends();
      if (viewer.availableAnimations.length) moves(viewer, button);
      done(viewer);
    }, { once: true });
    viewer.addEventListener('progress', e => wait.comes((e as unknown as CustomEvent<{ totalProgress: number }>).detail.totalProgress));
    viewer.addEventListener('error', () => {
      // What stood there already comes back by itself, as after a visit to the phone's own viewer.
      if (viewer.loaded) return;
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

/** It moves when it is asked to, once, by a button that says so or by a tap on it; pressed again, it rests where it is. */
function moves(viewer: Viewer, beside: HTMLElement) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'tool tool--said';
  button.dataset.move = '';
  const icon = button.appendChild(document.createElement('i'));
  icon.setAttribute('aria-hidden', 'true');
  const said = button.appendChild(document.createElement('span'));
  let [moving, begun] = [false, false];
  const show = (now: boolean) => {
    moving = now;
    icon.className = `i ${now ? 'i-pause' : 'i-play'}`;
    said.textContent = (now ? beside.dataset.rests : beside.dataset.moves) ?? '';
  };
  const move = () => {
    if (moving) {
      viewer.pause();
      return show(false);
    }
    if (!begun) viewer.currentTime = 0;
    viewer.play({ repetitions: 1 });
    begun = true;
    show(true);
  };
  show(false);
  viewer.addEventListener('finished', () => {
    begun = false;
    show(false);
  });
  button.addEventListener('click', move);
  beside.after(button);
  // A drag turns it.
  let from: [number, number] | null = null;
  viewer.addEventListener('pointerdown', e => { from = [e.clientX, e.clientY]; });
  viewer.addEventListener('click', e => {
    if ((e.target as Element).closest('.spot, .spot-said')) return;
    if (!from || Math.hypot(e.clientX - from[0], e.clientY - from[1]) <= 8) move();
  });
}

/** Points of the model, numbered like the list below, which says the same without them. Nothing sounds by itself. */
function spots(viewer: HTMLElement) {
  const list = [...document.querySelectorAll<HTMLElement>('.spots li[data-at]')];
  const turns = viewer.hasAttribute('auto-rotate');
  let open: { spot: HTMLElement; bubble: HTMLElement; said: HTMLElement } | null = null;
  const close = () => {
    if (!open) return;
    open.bubble.remove();
    open.spot.setAttribute('aria-expanded', 'false');
    open.said.classList.remove('is-said');
    open.said.querySelector('audio')?.pause();
    for (const other of viewer.querySelectorAll('.spot')) other.classList.remove('is-under');
    if (turns) viewer.setAttribute('auto-rotate', '');
    open = null;
  };
  /** The words stay within the stage, wherever their point is turned to, and over the other points. */
  const settle = () => {
    if (!open) return;
    const { spot, bubble } = open;
    const [box, at] = [viewer.getBoundingClientRect(), spot.getBoundingClientRect()];
    const x = (at.x + at.width / 2 - box.x) / box.width;
    bubble.classList.toggle('is-right-of', x < 1 / 3);
    bubble.classList.toggle('is-left-of', x > 2 / 3);
    bubble.classList.toggle('is-below', at.y + at.height / 2 - box.y < box.height / 2);
    const over = bubble.getBoundingClientRect();
    for (const other of viewer.querySelectorAll('.spot')) {
      const its = other.getBoundingClientRect();
      const apart = its.right < over.left || its.left > over.right || its.bottom < over.top || its.top > over.bottom;
      other.classList.toggle('is-under', other !== spot && !apart);
    }
  };
  list.forEach((said, n) => {
    const spot = document.createElement('button');
    spot.type = 'button';
    spot.slot = `hotspot-${n + 1}`;
    spot.className = 'spot';
    spot.textContent = String(n + 1);
    spot.setAttribute('aria-label', said.innerText.trim());
    spot.setAttribute('aria-expanded', 'false');
    spot.dataset.position = (said.dataset.at ?? '').split(' ').map(x => x + 'm').join(' ');
    spot.dataset.normal = (said.dataset.facing ?? '').split(' ').map(x => x + 'm').join(' ');
    const bubble = bubbleOf(said, spot.slot);
    spot.addEventListener('click', () => {
      const again = open?.spot === spot;
      close();
      if (again) return;
      open = { spot, bubble, said };
      // What is read does not turn away.
      viewer.removeAttribute('auto-rotate');
      said.classList.add('is-said');
      spot.setAttribute('aria-expanded', 'true');
      spot.after(bubble);
      requestAnimationFrame(settle);
    });
    viewer.append(spot);
  });
  viewer.addEventListener('camera-change', settle);
  viewer.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !open) return;
    const { spot } = open;
    close();
    spot.focus({ preventScroll: true });
  });
}

/** What the list says of a point, and its sound, where it has one: the list's own, so that there is only one of it. */
function bubbleOf(said: HTMLElement, slot: string) {
  const bubble = document.createElement('div');
  bubble.slot = slot;
  bubble.className = 'spot-said';
  bubble.appendChild(document.createElement('p')).textContent = said.querySelector('p')?.textContent ?? '';
  const sound = said.querySelector('audio');
  if (sound) {
    const words = said.parentElement?.dataset;
    const hear = bubble.appendChild(document.createElement('button'));
    hear.type = 'button';
    hear.className = 'btn btn--s';
    const tell = () => { hear.textContent = (sound.paused ? words?.hear : words?.hush) ?? ''; };
    for (const change of ['play', 'pause', 'ended']) sound.addEventListener(change, tell);
    hear.addEventListener('click', () => void (sound.paused ? sound.play().catch(tell) : sound.pause()));
    tell();
  }
  return bubble;
}

/** What is ready to stand in a room, by the button that leads there. */
const ready = new WeakMap<HTMLElement, Viewer>();

/** A room is a browser's business: where this one cannot, the page says so and what can, and the code stands beside it already. */
async function place(button: HTMLElement) {
  const says = button.closest('details')?.querySelector<HTMLElement>('[data-ar-said]');
  const say = (words?: string) => {
    if (says && words) says.textContent = words;
  };
  if (inAnotherApp) return say(button.dataset.arInside);
  // From here the phone's own viewer takes over, in the very tap that asked for it.
  const there = ready.get(button);
  if (there) return void there.activateAR().catch(() => say(button.dataset.arNot));
  const model = document.querySelector<HTMLElement>('.stage [data-model]');
  button.setAttribute('aria-busy', 'true');
  // A line that breaks off in the middle must not leave her waiting.
  const late = new Promise<null>(done => setTimeout(() => done(null), 30_000));
  const viewer = model ? await Promise.race([turn(model), late]) : null;
  button.removeAttribute('aria-busy');
  if (!viewer?.canActivateAR) {
    button.hidden = true;
    return say(button.dataset.arNot);
  }
  ready.set(button, viewer);
  viewer.addEventListener('ar-status', event => {
    if ((event as CustomEvent<{ status: string }>).detail.status === 'failed') say(button.dataset.arNot);
  });
  button.textContent = button.dataset.arNow ?? '';
  say(button.dataset.ar);
}
