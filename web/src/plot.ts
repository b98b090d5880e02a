/* Plots of the desk. A table beneath each is its only data, so nothing is shown that cannot be read. */
import uPlot from 'uplot';

const PARTS = ['before', 'during', 'under', 'open'];

function css(name: string) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function numbers(rows: HTMLTableRowElement[], column: number) {
  return rows.map(row => Number(row.cells[column]?.dataset.v ?? 0));
}

/** The rows of one part keep their number, the others and the empty ones have none: each part is painted in its own ink. */
function only(values: number[], parts: string[], wanted: string) {
  return values.map((v, i) => (parts[i] === wanted && v > 0 ? v : null));
}

/** Grey is before and ink is now, in every plot; hollow is now as well, and not enough. */
function paint(part: string, ink: string, soft: string) {
  if (part === 'before') return { fill: soft, stroke: soft, width: 0 };
  if (part === 'under') return { fill: css('--sheet'), stroke: ink, width: 1.25 };
  if (part === 'open') return { fill: soft, stroke: ink, width: 1 };
  return { fill: ink, stroke: ink, width: 0 };
}

function draw(figure: HTMLElement): uPlot | undefined {
  const place = figure.querySelector<HTMLElement>('.chart__draw');
  const table = figure.querySelector('table');
  if (!place || !table) return;
  const rows = [...(table.tBodies[0]?.rows ?? [])];
  if (rows.length === 0) return;
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  const labels = rows.map(row => row.cells[0]?.dataset.at ?? row.cells[0]?.firstChild?.textContent?.trim() ?? '');
  const parts = rows.map(row => row.dataset.part ?? '');
  const split = parts.some(part => PARTS.includes(part));
  const ink = css('--ink');
  const soft = css('--line-strong');
  const bars = uPlot.paths.bars?.({ size: [0.72, 40], radius: 0.08 });
  const data: uPlot.AlignedData = [rows.map((_, i) => i)];
  const series: uPlot.Series[] = [{}];
  heads.forEach((head, column) => {
    if (column === 0 || head.dataset.plotNot !== undefined) return;
    const values = numbers(rows, column);
    if (head.dataset.line !== undefined) {
      data.push(values);
      const line = head.dataset.line === 'before' ? soft : css('--seal');
      series.push({ stroke: line, width: 1.75, points: { show: rows.length < 25, size: 4, fill: line } });
      return;
    }
    for (const part of split ? PARTS : ['']) {
      if (split && !parts.includes(part)) continue;
      data.push(split ? only(values, parts, part) : values);
      series.push({ ...paint(part, ink, soft), paths: bars, points: { show: false } });
    }
  });
  const axis = { stroke: css('--ink-2'), font: `12px ${css('--sans')}`, ticks: { show: false } };
  place.replaceChildren();
  const width = figure.clientWidth;
  // A few bars are all named, on as many lines as it takes; of many, as many as there is room for.
  const few = rows.length <= 6;
  const every = few ? 1 : Math.max(1, Math.ceil(rows.length / Math.max(2, Math.floor(width / 96))));
  const names = few ? labels.map(label => inLines(label, Math.max(3, Math.floor((width - 90) / rows.length / 13)))) : labels;
  const lines = Math.max(1, ...names.map(name => name.split('\n').length));
  return new uPlot({
    width, height: Math.min(260, Math.max(190, width * 0.5)), legend: { show: false }, cursor: { show: false }, select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    scales: { x: { time: false, range: [-0.6, rows.length - 0.4] }, y: { range: (_, __, most) => [0, Math.max(4, most * 1.08)] } },
    axes: [
      { ...axis, grid: { show: false }, splits: () => rows.map((_, i) => i).filter(i => i % every === 0), values: (_, at) => at.map(i => names[i] ?? ''), size: 16 + 18 * lines, gap: 10 },
      { ...axis, grid: { stroke: css('--line'), width: 1 }, values: (_, at) => at.map(v => (Number.isInteger(v) ? v.toLocaleString(document.documentElement.lang) : '')), size: 48, space: 44 },
    ],
    series,
  }, data, place);
}

/** In lines of so many Chinese signs, or twice as many letters; a word stays whole. */
function inLines(text: string, room: number) {
  const wide = (part: string) => [...part].reduce((sum, sign) => sum + (sign > '\u2e80' ? 1 : 0.55), 0);
  const lines = [''];
  for (const part of text.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+/g) ?? []) {
    const last = lines.length - 1;
    if (lines[last] !== '' && wide(lines[last] + part.trimEnd()) > room) lines.push(part);
    else lines[last] += part;
  }
  return lines.map(line => line.trim()).join('\n');
}

/** What is drawn, and ends with its figure: a poll puts another one in its place. */
const drawn = new Map<HTMLElement, () => void>();

function wake(figure: HTMLElement) {
  for (const [gone, end] of drawn) {
    if (gone.isConnected) continue;
    end();
    drawn.delete(gone);
  }
  let plot = draw(figure);
  let width = figure.clientWidth;
  const watches = new ResizeObserver(() => {
    if (figure.clientWidth === width) return;
    width = figure.clientWidth;
    plot?.destroy();
    plot = draw(figure);
  });
  watches.observe(figure);
  drawn.set(figure, () => {
    watches.disconnect();
    plot?.destroy();
  });
}

for (const figure of document.querySelectorAll<HTMLElement>('[data-plot]')) wake(figure);
// A part of the page that came later brings its plots along, or is one.
document.addEventListener('htmx:load', event => {
  const part = event.target as HTMLElement;
  for (const figure of [part, ...part.querySelectorAll<HTMLElement>('[data-plot]')]) if (figure.dataset.plot !== undefined && !drawn.has(figure)) wake(figure);
});
