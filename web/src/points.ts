/* The desk's page of a model's points: a tap on the model writes the numbers of a row, and every row with numbers stands on the model. */
import { modelOf } from './model';

declare const VIEWER: string;

interface Vector {
  x: number;
  y: number;
  z: number;
}

/** What is asked of model-viewer here; in the model's own metres, as the collector's page has them. */
interface Viewer extends HTMLElement {
  positionAndNormalFromPoint(x: number, y: number): { position: Vector; normal: Vector } | null;
  updateHotspot(spot: { name: string; position: string; normal: string }): void;
}

const POINT = /^-?\d{1,3}(\.\d{1,4})?( -?\d{1,3}(\.\d{1,4})?){2}$/;
const field = (row: HTMLElement, name: string) => row.querySelector<HTMLInputElement>(`[name$="-${name}"]`)!;
const isEmpty = (row: HTMLElement) => ['at', 'facing', 'zh', 'en'].every(name => !field(row, name).value.trim());
/** A tenth of a millimetre is as fine as a finger ever needs. */
const written = ({ x, y, z }: Vector) => [x, y, z].map(n => String(Number(n.toFixed(4)) || 0)).join(' ');
const show = (what: HTMLElement) => what.scrollIntoView({ block: 'nearest', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
const metres = (numbers: string) => numbers.split(' ').map(n => `${n}m`).join(' ');

for (const board of document.querySelectorAll<HTMLElement>('[data-points]')) void open(board);

async function open(board: HTMLElement) {
  const stage = board.querySelector<HTMLElement>('.stage');
  const middle = board.querySelector<HTMLButtonElement>('[data-points-middle]');
  const said = board.querySelector<HTMLElement>('[data-points-said]');
  const rows = [...document.querySelectorAll<HTMLElement>('[data-point]')];
  const say = (words = '', nth = 0) => {
    if (said) said.textContent = words.replace('#', String(nth));
  };
  if (!stage) return;
  const lost = () => {
    viewer.remove();
    stage.classList.remove('is-turning', 'is-fetching');
    if (middle) middle.hidden = true;
    for (const row of rows) row.querySelector('details')?.setAttribute('open', '');
    say(board.dataset.lost);
  };
  const viewer = modelOf(board.dataset.points ?? '', board.dataset.alt ?? '') as Viewer;
  stage.classList.add('is-fetching');
  try {
    await import(VIEWER);
  } catch {
    return lost();
  }

  /** The row that the next tap moves; none: the tap is a new point. */
  let chosen: HTMLElement | null = null;
  const choose = (row: HTMLElement | null) => {
    chosen = row;
    for (const each of rows) {
      each.querySelector('[data-point-place]')?.setAttribute('aria-pressed', String(each === row));
      viewer.querySelector(`[slot="hotspot-${rows.indexOf(each) + 1}"]`)?.setAttribute('aria-expanded', String(each === row));
    }
    stage.classList.toggle('is-placing', row !== null);
  };

  const draw = (row: HTMLElement) => {
    const nth = rows.indexOf(row) + 1;
    const name = `hotspot-${nth}`;
    const [at, facing] = [field(row, 'at').value.trim(), field(row, 'facing').value.trim()];
    const there = viewer.querySelector<HTMLElement>(`[slot="${name}"]`);
    if (!POINT.test(at) || !POINT.test(facing)) {
      there?.remove();
      return;
    }
    if (there) {
      viewer.updateHotspot({ name, position: metres(at), normal: metres(facing) });
      return;
    }
    const spot = document.createElement('button');
    spot.type = 'button';
    spot.slot = name;
    spot.className = 'spot';
    spot.textContent = String(nth);
    spot.setAttribute('aria-label', (board.dataset.where ?? '').replace('#', String(nth)));
    spot.setAttribute('aria-expanded', 'false');
    spot.dataset.position = metres(at);
    spot.dataset.normal = metres(facing);
    spot.addEventListener('click', () => {
      choose(chosen === row ? null : row);
      show(row);
    });
    viewer.append(spot);
  };

  const put = (x: number, y: number) => {
    const row = chosen ?? rows.find(isEmpty);
    if (!row) return say(board.dataset.full);
    const hit = viewer.positionAndNormalFromPoint(x, y);
    if (!hit) return say(board.dataset.nothing);
    field(row, 'at').value = written(hit.position);
    field(row, 'facing').value = written(hit.normal);
    row.hidden = false;
    draw(row);
    choose(null);
    say(board.dataset.set, rows.indexOf(row) + 1);
    const words = ['zh', 'en'].map(name => field(row, name)).find(words => !words.value);
    words?.focus({ preventScroll: true });
    show(row);
  };

  // A tap puts a point; a drag turns the model.
  let from: [number, number] | null = null;
  viewer.addEventListener('pointerdown', event => { from = [event.clientX, event.clientY]; });
  if (middle) {
    viewer.addEventListener('click', event => {
      if ((event.target as Element).closest('.spot') || !from || Math.hypot(event.clientX - from[0], event.clientY - from[1]) > 8) return;
      put(event.clientX, event.clientY);
    });
    middle.addEventListener('click', () => {
      const box = viewer.getBoundingClientRect();
      put(box.x + box.width / 2, box.y + box.height / 2);
    });
    middle.addEventListener('focus', () => stage.classList.add('is-aiming'));
    middle.addEventListener('blur', () => stage.classList.remove('is-aiming'));
  }
  for (const row of rows) {
    for (const name of ['at', 'facing']) field(row, name).addEventListener('input', () => draw(row));
    row.querySelector('[data-point-place]')?.addEventListener('click', () => {
      choose(chosen === row ? null : row);
      if (chosen) show(stage);
    });
  }
  viewer.addEventListener('error', lost, { once: true });
  viewer.addEventListener('load', () => {
    stage.classList.remove('is-fetching');
    stage.classList.add('is-turning');
    if (middle) middle.disabled = false;
    rows.forEach(draw);
  }, { once: true });
  stage.append(viewer);
}
