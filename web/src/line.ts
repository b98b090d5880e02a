/* Where one stands in line, told from what is the same for all. Each phone computes about where it is from its own line of the list, so that a crowd asks for its places one after the other and not at once. */

export interface Line {
  now: string;
  phase: string;
  stage: string;
  state: string;
  opensAt: string;
  roundIn?: number;
  arrivals: number;
  called: number;
  rate: number;
  listed?: number;
  seed?: string;
  late?: boolean;
}

/** What the page around it does. */
export interface Page {
  /** It is her turn. */
  turn(): void;
  /** The last one is gone. */
  gone(): void;
  /** Whether this line is no longer the page's: then the page is read anew. */
  isOver(line: Line): boolean;
  /** How the drop stands, where nobody stands in line any more. */
  look(): Promise<void>;
  /** How it stands, as the line's answer has it. */
  stands(phase: string): void;
}

/** Longer than that an answer is on a network that is no longer there. */
const PATIENCE = 5_000;

const LEAST = 0.7;
const MOST = 1.6;

const NOT_THERE = 404;

/** How long a phone waits until it asks again, at the least and as much more at the most, while nothing is to come. */
const SELDOM = 15_000;
const SELDOM_MORE = 10_000;

/** What all wait for each of them sees within so long. */
const SPREAD = 10_000;

/** The same, where nobody knows the moment. */
const SOON = 5_000;

/** Until it is her turn, or the line is over. */
export async function follow(section: HTMLElement, base: string, page: Page) {
  let place = Number(section.dataset.place ?? 0);
  let state = section.dataset.state ?? '';
  let first = 0;
  let guessed: number | undefined;
  let asking = false;
  const words = (name: string) => section.querySelector<HTMLTemplateElement>(`[data-words="${name}"]`)?.content.textContent ?? '';
  const say = (name: string, text: string) => {
    for (const one of section.querySelectorAll(`[data-${name}]`)) if (one.textContent !== text) one.textContent = text;
  };
  const number = (value: number) => value.toLocaleString(document.documentElement.lang);

  /** Her number by the lot, as a share of all numbers: so many of the list stand before her, more or less. */
  async function guess(seed: string, listed: number) {
    const arrival = section.dataset.arrival;
    if (!arrival || !('crypto' in window) || !crypto.subtle) return undefined;
    const bytes = new Uint8Array([...new TextEncoder().encode('vitrine/place/v1\n'), ...hex(seed), ...hex(arrival)]);
    const digest = new DataView(await crypto.subtle.digest('SHA-256', bytes));
    return 1 + Math.round((digest.getUint32(0) / 2 ** 32) * listed);
  }

  async function ask() {
    if (asking) return;
    asking = true;
    try {
      place = (await get<{ place?: number }>(`${base}/line.json`))?.place ?? place;
    } finally {
      asking = false;
    }
  }

  async function told(line: Line) {
    say('arrivals', number(line.arrivals));
    state = line.phase === 'sold-out' ? 'sold-out' : line.state;
    const mine = state === 'calling' && place > 0 && place <= line.called;
    for (const one of section.querySelectorAll<HTMLElement>('[data-when]')) one.hidden = one.dataset.when !== (mine ? 'called' : state);
    for (const one of section.querySelectorAll<HTMLElement>('[data-late]')) one.hidden = !line.late;
    if (state === 'sold-out') page.gone();
    else page.stands(line.phase);
    if (state !== 'calling') return;
    if (place === 0 && line.seed && line.listed) {
      guessed ??= await guess(line.seed, line.listed);
      const far = (guessed ?? 1) - 4 * Math.sqrt(line.listed) - line.called;
      // Whoever is far back asks later, and each at another moment.
      if (guessed === undefined || far < line.rate * 60) setTimeout(() => void ask().catch(() => undefined), Math.random() * Math.min(10_000, line.listed * 5));
    }
    const about = place || guessed;
    if (about === undefined) return;
    first ||= line.called;
    const before = Math.max(0, about - line.called - 1);
    say('before', (place ? '' : '≈ ') + number(before));
    say('mine', (place ? '' : '≈ ') + number(about));
    const meter = section.querySelector<HTMLElement>('[data-meter]');
    if (meter && place) {
      meter.hidden = false;
      meter.style.setProperty('--v', `${Math.min(100, (100 * line.called) / place)}%`);
    }
    if (line.rate >= 0.01) {
      const seconds = before / line.rate;
      const most = seconds * MOST + 5;
      say('wait', most < 60 ? words('soon') : words('minutes').replace('{a}', String(Math.max(1, Math.floor((seconds * LEAST) / 60)))).replace('{b}', String(Math.floor(most / 60) + 1)));
    } else say('wait', words('no-time'));
    if (mine) {
      document.title = words('turn');
      navigator.vibrate?.([200, 100, 200]);
      page.turn();
    }
  }

  /** Until the places are drawn two moments are worth asking for, and both are known: the opening and the round. */
  function untilDrawn(line: Line) {
    const seldom = SELDOM + Math.random() * SELDOM_MORE;
    const ahead = state === 'drawing' ? (line.roundIn ?? 0) * 1000 : Date.parse(line.opensAt) - Date.parse(line.now);
    if (ahead > 0) return Math.min(seldom, ahead + 1_000 + Math.random() * SPREAD);
    // The round is to be named, or to be there, at any moment.
    return state === 'drawing' && !line.late ? SOON + Math.random() * SOON : seldom;
  }

  /** How long until it is worth asking again: the further back, the longer. */
  function pause(line: Line | undefined) {
    if (!line) return 3_000 + Math.random() * 2_000;
    if (state !== 'calling') return untilDrawn(line);
    const left = ((place || guessed || 1) - line.called) / Math.max(line.rate, 0.1);
    return Math.min(20_000, Math.max(2_000, left * 250)) * (0.75 + Math.random() / 2);
  }

  /** What is being asked on a network that may be gone. */
  let open: AbortController | undefined;
  let wake = () => {};
  let woken = false;

  /** Null: there is no such thing. Undefined: nobody answered. */
  async function get<T>(address: string, cache: RequestCache = 'default') {
    const asked = new AbortController();
    if (cache === 'no-cache') open = asked;
    const timer = setTimeout(() => asked.abort(), PATIENCE);
    try {
      const answer = await fetch(address, { cache, signal: asked.signal });
      if (answer.status === NOT_THERE) return null;
      return answer.ok ? ((await answer.json()) as T) : undefined;
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  function rest(milliseconds: number) {
    return new Promise<void>(done => {
      const timer = setTimeout(done, milliseconds);
      wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  /** Her screen is unlocked, or a network is there again: what she sees is old. */
  function lookNow() {
    if (document.hidden) return;
    woken = true;
    open?.abort();
    wake();
  }
  document.addEventListener('visibilitychange', lookNow);
  window.addEventListener('online', lookNow);

  let line: Line | undefined;
  for (;;) {
    if (!woken) await rest(pause(line));
    woken = false;
    if (document.hidden) continue;
    const seen = await get<Line>(`${base}/queue.json`, 'no-cache');
    if (seen === null) await page.look().catch(() => undefined);
    if (!seen) continue;
    line = seen;
    if (page.isOver(line)) break;
    await told(line).catch(() => undefined);
    if (section.querySelector('[data-when="called"]:not([hidden]), [data-when="sold-out"]:not([hidden])')) break;
  }
  document.removeEventListener('visibilitychange', lookNow);
  window.removeEventListener('online', lookNow);
}

function hex(text: string) {
  return Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
}
