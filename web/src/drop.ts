/* A drop's page while it lives: the countdown by the server's clock, the button when it is time, and the claim. Without it a form does the same. */
import { follow as followLine } from './line';
import { join } from './join';

const root = document.querySelector<HTMLElement>('[data-drop]');

interface State {
  now: string;
  phase: string;
  stage: string;
  opensAt: string;
  left?: number;
  free?: string;
}

interface Pass {
  pass: string;
  n: number;
  lasts: number;
}

/** Whoever is there while it ends reads the page again within so long, each at another moment: what else there is can wait, and the server need not have all of them at once. */
const SPREAD = 30_000;

/** The same where something is to be had at once. */
const SPREAD_SOON = 5_000;

/** So seldom is asked how a drop stands of which nothing is to be had: what can still come is another stage. */
const SELDOM = 20_000;

if (root) live(root);

function live(here: HTMLElement) {
  const base = here.dataset.drop ?? '';
  const opens = Date.parse(here.dataset.opens ?? '');
  let phase = here.dataset.phase ?? '';
  // What the server's clock is ahead of this one; each answer corrects it.
  let ahead = Date.parse(here.dataset.now ?? '') - Date.now();
  const form = here.querySelector<HTMLFormElement>('[data-claim]');
  // The page came with one: as it was written, for a browser may fill in what stood there before.
  const brought = (name: string) => form?.querySelector(`input[type="hidden"][name="${name}"]`)?.getAttribute('value') ?? '';
  let pass: Pass | undefined;
  // By this clock: the server's is the business's, which a demo moves ahead, and a pass ends in real time.
  let passEnds = 0;
  const keep = (one: Pass) => {
    pass = one;
    passEnds = Date.now() + one.lasts * 1000;
  };
  if (brought('pass')) keep({ pass: brought('pass'), n: Number(brought('n')), lasts: Number(form?.dataset.lasts ?? 0) });
  // Not to be asked for again before: a gateway with a thousand phones behind it is told to wait.
  let askFrom = 0;
  let claiming = false;
  let shown = phase;
  let leaving = false;
  // In line the button comes with one's turn, and not with the opening.
  const line = here.querySelector<HTMLElement>('[data-line]');
  const said = here.querySelector<HTMLElement>('[data-said]');
  const words = (name: string) => here.querySelector<HTMLTemplateElement>(`[data-words="${name}"]`)?.content.textContent ?? '';
  const code = () => form?.querySelector<HTMLInputElement>('[name="code"]')?.value ?? '';
  const unit = () => Number(here.querySelector<HTMLInputElement>('[name="unit"]:checked')?.value ?? 0);
  const now = () => Date.now() + ahead;
  const jitter = (most: number) => Math.random() * most;
  const wait = (ms: number) => new Promise(done => setTimeout(done, ms));

  async function look() {
    const asked = Date.now();
    const answer = await fetch(`${base}/state.json`, { cache: 'no-cache' });
    if (!answer.ok) return;
    const state = (await answer.json()) as State;
    ahead = Date.parse(state.now) - (asked + Date.now()) / 2;
    const left = here.querySelector('[data-left]');
    if (left && state.left !== undefined) left.textContent = words('left').replace('{n}', String(state.left));
    if (state.free !== undefined) offer(state.free);
    if (!isOther(state)) turn(state.phase);
  }

  /** Whether the stage is no longer the page's: then that is read again. */
  function isOther(state: { stage: string; phase: string }) {
    if (state.stage === here.dataset.stage) return false;
    again(state.phase === 'announced' ? SPREAD : SPREAD_SOON);
    return true;
  }

  /** A line that nobody comes in by any more, of this stage or since there is another. */
  function isOver(state: { stage: string; phase: string; state: string }) {
    if (isOther(state)) return true;
    if (state.state !== 'over') return false;
    again(SPREAD);
    return true;
  }

  /** In line that is said where she stands, and nothing is to be read again for it. */
  function gone() {
    phase = 'sold-out';
    if (!claiming) show();
  }

  /** Of the same stage. What changes is here already, but for what else there is at the end, and why it is paused. */
  function turn(to: string) {
    // By a cache that is a second behind it may not be open yet.
    if (to === phase || (to === 'announced' && opens <= now())) return;
    const from = phase;
    phase = to;
    if (!claiming) show();
    const ends = to === 'sold-out' || to === 'closed' || to === 'paused';
    const lacks = !line && to !== 'announced' && !here.querySelector('[data-in~="open"]');
    if (ends) again(SPREAD);
    else if (from === 'closed' || from === 'sold-out' || lacks) again(SPREAD_SOON);
  }

  function show() {
    shown = phase;
    for (const one of here.querySelectorAll<HTMLElement>('[data-in]')) one.hidden = !one.dataset.in?.split(' ').includes(phase);
    const chip = here.querySelector<HTMLTemplateElement>(`[data-chip="${phase}"]`);
    // Above, and in the list of stages.
    if (chip) for (const one of here.querySelectorAll('[data-chip]:not(template)')) one.replaceChildren(chip.content.cloneNode(true));
    if (phase === 'open' && !line && document.activeElement === document.body) form?.querySelector('button')?.focus({ preventScroll: true });
    if (said) said.textContent = words(phase);
  }

  /** Reads the page anew, once, some time from now; never while she claims or has typed something. */
  function again(within: number) {
    if (leaving) return;
    leaving = true;
    const typed = () => [...here.querySelectorAll<HTMLInputElement>('input:not([type="hidden"]):not([type="radio"])')].some(one => one.value !== one.defaultValue);
    const go = () => {
      if (claiming || typed() || document.hidden) setTimeout(go, 3_000);
      else location.reload();
    };
    setTimeout(go, jitter(within));
  }

  /** Marks what is free, from `1-16,18`. What went to somebody cannot be chosen any more. */
  function offer(free: string) {
    const ranges = free.split(',').map(range => range.split('-').map(Number));
    for (const one of here.querySelectorAll<HTMLElement>('[data-unit]')) {
      const serial = Number(one.dataset.unit);
      const there = ranges.some(([from, to]) => from !== undefined && serial >= from && serial <= (to ?? from));
      one.toggleAttribute('data-gone', !there);
      const choice = one.querySelector('input');
      if (!choice) continue;
      choice.disabled = !there;
      if (!there) choice.checked = false;
    }
  }

  async function enter() {
    const answer = await fetch(`${base}/pass`, { method: 'POST' });
    if (answer.ok) keep((await answer.json()) as Pass);
    else if (isBusy(answer)) askFrom = Date.now() + seconds(answer) * 1000;
    return answer;
  }

  // Also a gateway's own page for a server that is just away.
  const isBusy = (answer: Response) => answer.status === 429 || answer.status >= 500;
  const seconds = (answer: Response | undefined) => Number(answer?.headers.get('Retry-After') ?? 1) || 1;
  const ended = () => passEnds <= Date.now();

  function reveal() {
    if (form?.hidden) {
      form.hidden = false;
      form.querySelector('button')?.focus({ preventScroll: true });
    }
  }

  function tick() {
    const left = opens - now();
    if (phase === 'announced') {
      const seconds = Math.max(0, Math.ceil(left / 1000));
      const parts: Record<string, number> = { d: Math.floor(seconds / 86400), h: Math.floor(seconds / 3600) % 24, m: Math.floor(seconds / 60) % 60, s: seconds % 60 };
      for (const part of here.querySelectorAll<HTMLElement>('[data-part]')) {
        const name = part.dataset.part ?? '';
        part.textContent = String(parts[name]).padStart(name === 'd' ? 1 : 2, '0');
      }
      if (left <= 0) turn('open');
    }
    setTimeout(tick, phase === 'announced' ? 1000 - (now() % 1000) + 5 : 1000);
  }

  async function follow() {
    // In line the line's own answer says all that changes, until it is her turn or over.
    if (line?.dataset.line === 'true') await followLine(line, base, { turn: reveal, gone, isOver, look, stands: turn });
    for (;;) {
      const far = phase === 'announced' && opens - now() > 60_000;
      const over = phase === 'sold-out' || phase === 'closed';
      await wait(over ? SELDOM + jitter(SELDOM) : (far ? 15_000 : 2_000) + jitter(2_000));
      if (!document.hidden) await look().catch(() => undefined);
      // The pass comes before the crowd does, and is renewed before it ends.
      const due = !line && Date.now() >= askFrom && opens - now() < 120_000 && (!pass || passEnds - Date.now() < 300_000);
      if (form && due) await enter().catch(() => undefined);
    }
  }

  async function claim(button: HTMLButtonElement) {
    const before = button.textContent;
    // Once said it stays: a repeat of the claim is the same claim.
    const wanted = unit();
    const typed = code();
    const busy = form?.querySelector<HTMLElement>('[data-busy]');
    const sayBusy = () => {
      if (said) said.textContent = words('busy');
      if (busy) busy.hidden = false;
    };
    claiming = true;
    button.disabled = true;
    button.textContent = button.dataset.taking ?? '';
    if (busy) busy.hidden = true;
    try {
      // One press is one try: a pass that is renewed meanwhile counts on from what this very press has taken.
      let mine = pass && !ended() ? pass : undefined;
      for (let tries = 0; tries < 20; tries++) {
        const asked = mine
          ? await fetch('/api/drops/claims', {
              method: 'POST',
              headers: { 'Content-Type': 'application/json' },
              body: JSON.stringify({ pass: mine.pass, n: mine.n, ...(typed && { code: typed }), ...(wanted && { unit: wanted }) }),
            }).catch(() => undefined)
          : await enter().catch(() => undefined);
        if (asked?.ok && !mine) {
          mine = pass;
          continue;
        }
        // What is no answer of ours was not heard by the server, or its answer was lost.
        const answer = asked && !isBusy(asked) ? ((await asked.json().catch(() => undefined)) as { code: string; claim: string } | undefined) : undefined;
        if (!asked || !answer?.code) {
          // The same claim again: whoever had won hears so.
          sayBusy();
          await wait(seconds(asked) * 1000 * (0.5 + Math.random()));
          continue;
        }
        if (asked.ok) {
          const pay = document.querySelector<HTMLElement>('[data-drop]')?.dataset.pay;
          if (pay && answer.code === 'drop.held') {
            location.assign(pay + answer.claim);
            return;
          }
          // From an address with a code, or with a word, this goes to another page; else it is the same one, to be read again.
          const same = location.search === '';
          location.assign(`${base}#mine`);
          if (same) location.reload();
          return;
        }
        location.assign(`${base}?said=${encodeURIComponent(answer.code)}${typed && `&code=${encodeURIComponent(typed)}`}`);
        return;
      }
      // What is typed and chosen stays for the next press.
      sayBusy();
    } finally {
      claiming = false;
      button.disabled = false;
      button.textContent = before;
      if (shown !== phase) show();
    }
  }

  form?.addEventListener('submit', event => {
    const button = form.querySelector('button');
    if (!button || !('fetch' in window)) return;
    event.preventDefault();
    void claim(button);
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void look().catch(() => undefined);
  });
  tick();
  void follow();
  const door = here.querySelector<HTMLFormElement>('[data-join]');
  if (door) join(door, base);
}
