/* The verifier for people, on the site's page and in the file that works without a network. */
import { BYTES_MAX, LOG_KEY, parseKey, parsePolicy, pinning, sha256, verify, type Check, type MediaFile, type Ownership, type Policy, type Step, type Verdict } from './check';
import { hex, utf8 } from './bytes';
import type { LocalText } from './fields';
import { stampPath } from './stamp';
import { checkName, placeName, saying, type Lang, type Say } from './words';

type Child = Node | string | null;
type Given = { file: File | null; bytes: Uint8Array | null; key: string; media: MediaFile[] | null; mediaNames: string; challenge: string; answer: string };

/** What was given stays when the language changes. */
export const nothingGiven = (): Given => ({ file: null, bytes: null, key: '', media: null, mediaNames: '', challenge: '', answer: '' });

const LIFE_SHOWN = 50;

/** @param ownKey the keys that the page's own server shows, one log's beside another's, which proves little; null in the file */
export function mount(root: HTMLElement, lang: Lang, ownKey: string | null, given: Given) {
  const say = saying(lang);
  // Only the verdict is read out by itself; what it stands on is there to be walked through.
  const verdictBox = h('div', { role: 'status' });
  const rest = h('div', { class: 'vf__rest stack' });
  const answer = h('section', { class: 'vf__answer stack', 'aria-label': say('answer-to') }, verdictBox, rest);
  const keySaid = h('small', { id: 'vf-key-said', class: 'field__said', hidden: '' });
  const fileSaid = h('span', { class: 'vf__file' });
  const mediaSaid = h('small', { id: 'vf-media-said', 'aria-live': 'polite' }, given.mediaNames || say('media.hint'));
  let run = 0;

  async function check() {
    const mine = ++run;
    const trust = readTrust(given.key);
    const policy = 'wrong' in trust ? null : trust.policy;
    const wrong = 'wrong' in trust ? say(trust.wrong, trust.detail) : '';
    keySaid.hidden = wrong === '' && !(ownKey !== null && policy?.logs.some(key => ownKey.split(' ').includes(key.vkey)));
    keySaid.textContent = wrong || say('key.pages');
    key.setAttribute('aria-invalid', String(wrong !== ''));
    if (given.bytes === null || policy === null) {
      verdictBox.replaceChildren();
      rest.replaceChildren();
      return;
    }
    const possession = given.answer === '' ? null : { challenge: given.challenge, answer: given.answer };
    const verdict = await verify(given.bytes, { policy, media: given.media, possession });
    // Something newer was asked meanwhile.
    if (mine !== run) return;
    verdictBox.replaceChildren(headline(verdict, say, lang));
    rest.replaceChildren(...grounds(verdict, say, lang, ownKey !== null));
  }

  /** On a phone the answer is below what was given. */
  const look = () => verdictBox.scrollIntoView({ block: 'nearest' });

  async function take(files: File[]) {
    const named = files.find(file => /\.json$/i.test(file.name));
    const certificate = named ?? (given.file === null && files.length === 1 ? files[0] : undefined);
    const media = files.filter(file => file !== certificate);
    if (certificate) await takeCertificate(certificate);
    if (media.length > 0) await takeMedia(media);
    await check();
    look();
  }

  async function takeCertificate(file: File) {
    given.file = file;
    // Until the new one is read there is nothing to answer about, and so if it never is.
    given.bytes = null;
    try {
      // A longer one is refused by its length; more of it than that is not read.
      given.bytes = new Uint8Array(await file.slice(0, BYTES_MAX + 1).arrayBuffer());
      showFile();
    } catch {
      fileSaid.textContent = say('file.failed', file.name);
    }
  }

  async function takeMedia(files: File[]) {
    const media: MediaFile[] = [];
    given.media = null;
    given.mediaNames = '';
    more.open = true;
    for (const file of files) {
      mediaSaid.textContent = say('media.busy', file.name);
      try {
        media.push({ name: file.name, bytes: file.size, sha256: await hash(file) });
      } catch {
        mediaSaid.textContent = say('file.failed', file.name);
        return;
      }
    }
    given.media = media;
    given.mediaNames = media.map(file => file.name).join(', ');
    mediaSaid.textContent = given.mediaNames;
  }

  function showFile() {
    if (given.file === null) return;
    fileSaid.textContent = say('file.read', given.file.name, `${new Intl.NumberFormat(lang).format(given.file.size)} B`);
    chooseText.textContent = say('file.other');
  }

  const chosen = async (event: Event) => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    if (files.length === 0) return;
    if (input === certificate) await takeCertificate(files[0]);
    else await takeMedia(files);
    await check();
    look();
  };
  const certificate = h('input', { type: 'file', id: 'vf-file', class: 'vf__input', accept: '.json,application/json', 'aria-describedby': 'vf-file-hint' });
  certificate.addEventListener('change', event => void chosen(event));
  const media = h('input', { type: 'file', id: 'vf-media', multiple: '', 'aria-describedby': 'vf-media-said' });
  media.addEventListener('change', event => void chosen(event));

  const key = h('textarea', { id: 'vf-key', rows: '2', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'none', 'aria-describedby': 'vf-key-hint vf-key-said', class: 'hash' });
  const challenge = h('input', { id: 'vf-challenge', autocomplete: 'off', 'aria-describedby': 'vf-challenge-hint' });
  const holder = h('input', { id: 'vf-answer', autocomplete: 'off', spellcheck: 'false', class: 'hash', 'aria-describedby': 'vf-answer-hint' });
  key.value = given.key;
  challenge.value = given.challenge;
  holder.value = given.answer;
  let pause = 0;
  for (const input of [key, challenge, holder]) {
    input.addEventListener('input', () => {
      given.key = key.value;
      given.challenge = challenge.value;
      given.answer = holder.value.trim();
      clearTimeout(pause);
      pause = window.setTimeout(() => void check(), 200);
    });
  }

  const chooseText = h('span', {}, say('file.choose'));
  const choose = h('label', { class: 'btn btn--main', for: 'vf-file' }, icon('doc'), chooseText);
  const drop = h('div', { class: 'vf__drop' }, certificate, choose, fileSaid, h('small', { id: 'vf-file-hint' }, say('file.drop')));
  const more = h('details', { class: 'vf__more' },
    h('summary', {}, say('more')),
    h('div', { class: 'stack' },
      field('vf-media', say('media'), media, mediaSaid),
      field('vf-challenge', say('challenge'), challenge, h('small', { id: 'vf-challenge-hint' }, say('challenge.hint'))),
      field('vf-answer', say('answer'), holder, h('small', { id: 'vf-answer-hint' }, say('answer.hint')))));
  more.open = given.mediaNames !== '' || given.answer !== '';
  const form = h('form', { class: 'vf__form stack' },
    h('div', { class: 'field' }, h('span', { class: 'vf__label' }, say('file')), drop),
    field('vf-key', say('key'), key, h('small', { id: 'vf-key-hint' }, say('key.hint')), keySaid),
    more);
  form.addEventListener('submit', event => event.preventDefault());

  const whole = h('div', { class: 'vf' }, form, answer);
  const over = (yes: boolean) => drop.classList.toggle('is-over', yes);
  whole.addEventListener('dragover', () => over(true));
  whole.addEventListener('dragleave', () => over(false));
  whole.addEventListener('drop', event => {
    over(false);
    void take([...(event.dataTransfer?.files ?? [])]);
  });
  root.replaceChildren(whole);
  showFile();
  void check();
}

/** A file that misses its place must not take the page's. */
export function keepPage() {
  for (const kind of ['dragover', 'drop']) window.addEventListener(kind, event => event.preventDefault());
}

type Trust = { policy: Policy } | { wrong: 'key.wrong' | 'policy.wrong'; detail: string };

/** Keys of logs, one a line, or a policy file. */
function readTrust(text: string): Trust {
  const lines = text.split('\n').map(line => line.trim()).filter(line => line !== '');
  if (lines.some(line => /^(log|witness|group|quorum)\s|^#/.test(line))) {
    const policy = parsePolicy(utf8(`${lines.join('\n')}\n`));
    return policy.ok ? { policy: policy.value } : { wrong: 'policy.wrong', detail: policy.detail };
  }
  const keys = [];
  for (const line of lines) {
    const key = parseKey(line, LOG_KEY);
    if (!key.ok) return { wrong: 'key.wrong', detail: `${line.slice(0, 60)} (${key.code})` };
    keys.push(key.value);
  }
  return { policy: pinning(keys) };
}

async function hash(file: File): Promise<string> {
  const sha = sha256.create();
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return hex(sha.digest());
    sha.update(value);
  }
}

const MARKS = { 'valid': 'check', 'invalid': 'close', 'not-pinned': 'key', 'partly-checked': 'info' } as const;

const REASONS_SHOWN = 3;

function headline({ outcome, checks }: Verdict, say: Say, lang: Lang): HTMLElement {
  const why = checks.filter(check => check.status === (outcome === 'invalid' ? 'failed' : 'not-checked'));
  const left = why.length - REASONS_SHOWN;
  return h('div', { class: `vf__verdict is-${outcome}`, 'data-outcome': outcome },
    h('h2', {}, icon(MARKS[outcome]), say(outcome)),
    h('p', {}, say(`${outcome}.say`)),
    outcome === 'invalid' || outcome === 'partly-checked'
      ? h('ul', { class: 'vf__why' }, ...why.slice(0, REASONS_SHOWN).map(check => reason(check, say, lang)), left > 0 ? h('li', {}, say('more-below', left)) : null)
      : null);
}

function grounds(verdict: Verdict, say: Say, lang: Lang, fromSite: boolean): HTMLElement[] {
  const { ownership, checks } = verdict;
  const secret = checks.some(check => check.code === 'holder.key' && check.status === 'passed');
  return [
    secret ? h('p', { class: 'sm vf__secret' }, icon('key'), h('span', {}, say('secret'))) : null,
    ownership === null ? null : card(verdict, ownership, say, lang),
    h('section', { class: 'stack-s' }, h('h3', {}, say('checks')), h('ul', { class: 'check vf__checks' }, ...grouped(checks).map(group => line(group, say, lang)))),
    fromSite ? h('p', { class: 'xs mut' }, say('from-site')) : null,
  ].filter((part): part is HTMLElement => part !== null);
}

function reason(check: Check, say: Say, lang: Lang): HTMLElement {
  return h('li', {},
    h('b', {}, say('reason', checkName(say, lang, check.code), say(check.status))),
    h('span', {}, placeName(say, lang, check.where)),
    h('code', { class: 'hash' }, `${check.code} · ${check.where}`),
    check.detail === '' ? null : h('code', { class: 'hash' }, check.detail));
}

/** The piece as the file describes it: as a certificate only when all of it is proven. */
function card({ outcome, signedBy, cosigned }: Verdict, piece: Ownership, say: Say, lang: Lang): HTMLElement {
  const { manifest } = piece;
  const number = new Intl.NumberFormat(lang);
  const name = inLanguage(manifest.name, lang);
  const width = manifest.supply === 'open' ? 1 : String(manifest.supply).length;
  const serial = h('span', { class: 'serial' }, `№\u2009${String(piece.serial).padStart(width, '0')}`, manifest.supply === 'open' ? null : h('small', {}, `/${manifest.supply}`));
  const owner = piece.owner === null ? say(piece.state) : h('span', { class: 'hash' }, piece.owner);
  const facts: [string, Child][] = [
    ['issuer', say('issuer.of', inLanguage(manifest.issuer.name, lang), say(`issuer.${manifest.issuer.kind}`))],
    ['creators', manifest.creators.map(creator => inLanguage(creator, lang)).join(lang === 'zh' ? '、' : ', ') || null],
    ['series', manifest.series && inLanguage(manifest.series, lang)],
    ['supply', manifest.supply === 'open' ? say('supply.open') : say(manifest.withheld === 0 ? 'supply.all' : 'supply.limited', number.format(manifest.supply), number.format(manifest.withheld))],
    ['licence', manifest.licence && inLanguage(manifest.licence, lang)],
    ['owner', owner],
    ['as-of', say('as-of.text', number.format(piece.size), piece.log)],
    ['signed-by', signedBy.length === 0 ? null : h('span', { class: 'hash' }, signedBy.map(key => `${key.name}+${key.id}`).join(', '))],
    ['cosigned-by', cosigned.length === 0 ? null : h('span', {}, ...cosigned.map(one => h('span', { class: 'vf__line' }, say('cosigned-at', one.witness, instant(one.at)))))],
  ];
  const leaf = piece.life[piece.life.length - 1].leaf;
  return h('article', { class: 'cert vf__card' },
    h('div', { class: 'cert__head' },
      h('div', { class: 'caption' }, h('p', { class: 'eyebrow' }, say(outcome === 'valid' ? 'piece' : 'claims')), h('h3', {}, name), h('p', { class: 'vf__serial' }, serial)),
      outcome === 'valid' ? stamp(leaf, say('stamp')) : null),
    h('dl', { class: 'facts' }, ...facts.filter(([, value]) => value !== null).map(([key, value]) => h('div', {}, h('dt', {}, say(key)), h('dd', {}, value)))),
    h('div', { class: 'stack-s' }, h('h4', {}, say('life')), life(piece, say, number)));
}

function life(piece: Ownership, say: Say, number: Intl.NumberFormat): HTMLElement {
  const left = piece.life.length - LIFE_SHOWN;
  const steps = left > 0 ? piece.life.slice(left) : piece.life;
  return h('ol', { class: 'steps' },
    left > 0 ? h('li', {}, h('div', {}, say('life.left-out', number.format(left)))) : null,
    ...steps.map(step =>
      h('li', { class: 'done' }, h('div', {}, h('b', {}, say(step.type)), h('small', {}, step.owner === null ? say('entry', number.format(step.index + 1)) : say('to-owner', number.format(step.index + 1), `${step.owner.slice(0, 8)}…`), step.log === piece.log ? '' : ` · ${step.log}`)))));
}

const entryName = ({ index, owner }: Step, say: Say, number: Intl.NumberFormat): string =>
  owner === null ? say('entry', number.format(index + 1)) : say('to-owner', number.format(index + 1), `${owner.slice(0, 8)}…`);

type Group = { check: Check; times: number };

/** What failed first, then what was not checked; checks that ended alike are one line with a count. */
function grouped(checks: Check[]): Group[] {
  const groups = new Map<string, Group>();
  for (const check of checks) {
    const alone = check.status === 'failed' || check.status === 'not-checked';
    const key = alone ? `${groups.size}` : `${check.status} ${check.code}`;
    const group = groups.get(key);
    if (group) group.times++;
    else groups.set(key, { check, times: 1 });
  }
  const order = ['failed', 'not-checked', 'passed', 'skipped'];
  const sorted = [...groups.values()].sort((one, other) => order.indexOf(one.check.status) - order.indexOf(other.check.status));
  return sorted.slice(0, 100);
}

const SIGNS = { 'passed': 'check', 'failed': 'close', 'not-checked': 'info', 'skipped': 'dots' } as const;

function line({ check, times }: Group, say: Say, lang: Lang): HTMLElement {
  const passed = check.status === 'passed';
  const place = !passed && times === 1 && check.where.includes('.') ? placeName(say, lang, check.where) : '';
  const status = passed ? h('span', { class: 'vh' }, say('passed')) : h('small', {}, say(check.status));
  return h('li', { class: `is-${check.status}` },
    icon(SIGNS[check.status]),
    h('span', {}, checkName(say, lang, check.code), ' ', status),
    h('span', { class: 'vf__at' }, times > 1 ? say('times', times) : place));
}

/** The text in that language, else in English, else in the first language there is. */
const inLanguage = (text: LocalText, lang: Lang): string => text.get(lang) ?? text.get('en') ?? [...text.values()][0];

/** The witness's own word, in whole seconds; a time that no calendar here reaches stays a number. */
function instant(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace('.000Z', 'Z');
}

function stamp(leaf: string, label: string): SVGElement {
  const svg = svgElement('svg', { class: 'stamp', viewBox: '0 0 100 100', role: 'img', 'aria-label': label });
  svg.append(
    svgElement('path', { fill: 'currentColor', d: 'M4 1.5 96 1 99 4.5 98.5 50 99 96 95 99 50 98.5 3.5 99 1 95 1.5 48 1 4z' }),
    svgElement('path', { d: stampPath(leaf), fill: 'none', stroke: 'var(--sheet)', 'stroke-width': '4.3', 'stroke-linecap': 'square' }));
  return svg;
}

function field(id: string, label: string, ...parts: Child[]): HTMLElement {
  return h('div', { class: 'field' }, h('label', { for: id }, label), ...parts);
}

const icon = (name: string): HTMLElement => h('i', { class: `i i-${name}`, 'aria-hidden': 'true' });

/** Text from a file is only ever a text node. */
export function h<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Record<string, string>, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child): child is Node | string => child !== null));
  return element;
}

function svgElement(name: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
