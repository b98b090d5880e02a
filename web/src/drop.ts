/* A drop's page while it lives: the countdown by the server's clock, the button when it is time, and the claim. Without it a form does the same. */
import { follow as followLine } from './line';
import { join } from './join';

const root = document.querySelector<HTMLElement>('[data-drop]');

interface State {
  now: string;
  phase: string;
  opensAt: string;
  left?: number;
  free?: string;
}

interface Pass {
  pass: string;
  n: number;
  end: string;
}

if (root) live(root);

function live(here: HTMLElement) {
  const base = here.dataset.drop ?? '';
  const opens = Date.parse(here.dataset.opens ?? '');
  let phase = here.dataset.phase ?? '';
  // What the server's clock is ahead of this one; each answer corrects it.
  let ahead = Date.parse(here.dataset.now ?? '') - Date.now();
  let pass: Pass | undefined;
  const form = here.querySelector<HTMLFormElement>('[data-claim]');
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
    if (state.phase !== phase && !(phase === 'announced' && state.phase === 'open')) location.reload();
    else if (phase === 'announced' && state.phase === 'open') open();
    phase = state.phase;
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
    pass = answer.ok ? ((await answer.json()) as Pass) : undefined;
  }

  function open() {
    here.querySelector<HTMLElement>('[data-countdown]')?.setAttribute('hidden', '');
    here.querySelector<HTMLElement>('[data-remind]')?.setAttribute('hidden', '');
    if (line) return;
    if (!form) location.reload();
    else reveal();
  }

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
      if (left <= 0) {
        phase = 'open';
        open();
      }
    }
    setTimeout(tick, phase === 'announced' ? 1000 - (now() % 1000) + 5 : 1000);
  }

  async function follow() {
    // In line the line's own answer says all that changes.
    if (line?.dataset.line === 'true') return;
    for (;;) {
      const close = phase === 'announced' && opens - now() > 60_000;
      await wait((close ? 15_000 : 2_000) + jitter(2_000));
      if (!document.hidden) await look().catch(() => undefined);
      // The pass comes before the crowd does, and is renewed before it ends.
      const due = !line && opens - now() < 120_000 && (!pass || Date.parse(pass.end) - now() < 300_000);
      if (form && due) await enter().catch(() => undefined);
    }
  }

  async function claim(button: HTMLButtonElement) {
    const before = button.textContent;
    // Once said it stays: a repeat of the claim is the same claim.
    const wanted = unit();
    button.disabled = true;
    button.textContent = button.dataset.taking ?? '';
    try {
      if (!pass) await enter();
      // One press is one try: a pass that is renewed meanwhile counts on from what this very press has taken.
      const mine = pass;
      for (let tries = 0; mine && tries < 20; tries++) {
        const answer = await fetch('/api/drops/claims', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ pass: mine.pass, n: mine.n, ...(code() && { code: code() }), ...(wanted && { unit: wanted }) }),
        }).catch(() => undefined);
        if (!answer || answer.status === 503) {
          // The same claim again: whoever had won hears so.
          if (said) said.textContent = words('busy');
          const seconds = Number(answer?.headers.get('Retry-After') ?? 1);
          await wait(seconds * 1000 * (0.5 + Math.random()));
          continue;
        }
        if (answer.ok) {
          const made = (await answer.json()) as { code: string; claim: string };
          const pay = document.querySelector<HTMLElement>('[data-drop]')?.dataset.pay;
          if (pay && made.code === 'drop.held') {
            location.assign(pay + made.claim);
            return;
          }
          // From an address with a code, or with a word, this goes to another page; else it is the same one, to be read again.
          const same = location.search === '';
          location.assign(`${base}#mine`);
          if (same) location.reload();
          return;
        }
        const problem = (await answer.json()) as { code: string };
        location.assign(`${base}?said=${encodeURIComponent(problem.code)}${code() && `&code=${encodeURIComponent(code())}`}`);
        return;
      }
      location.reload();
    } finally {
      button.disabled = false;
      button.textContent = before;
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
  if (line?.dataset.line === 'true') followLine(line, base, reveal);
}
