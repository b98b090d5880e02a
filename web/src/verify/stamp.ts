/* The seal of a record, stroke for stroke the one that the site draws: what looks alike here and there is of one hash. */
const WIDTH = 36;
const STROKES = 5;
const STEP = WIDTH / (STROKES - 1);
const CELLS = [[11, 11], [53, 11], [11, 53], [53, 53]];

/** SVG path data for a square of 100. */
export function stampPath(hash: string): string {
  let state = parseInt(hash.slice(0, 8), 16) | 0;
  let path = '';
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 4294967296;
  };
  const figure = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(2));
  const line = (x: number, y: number, direction: string, length: number) => {
    path += `M${figure(x)} ${y}${direction}${figure(length)}`;
  };
  for (const [x, y] of CELLS) {
    for (let k = 0; k < STROKES; k++) {
      const at = y + k * STEP;
      // The first and the last stroke frame the cell and are whole.
      const broken = next() < 0.3 && k > 0 && k < STROKES - 1;
      line(x, at, 'h', broken ? WIDTH * 0.36 : WIDTH);
      if (broken) line(x + WIDTH * 0.64, at, 'h', WIDTH * 0.36);
      if (k === STROKES - 1) continue;
      const turn = next();
      if (turn < 0.28 || turn >= 0.78) line(x, at, 'v', STEP);
      if (turn >= 0.56 && turn < 0.78) line(x + WIDTH * 0.5, at, 'v', STEP);
      if ((turn >= 0.28 && turn < 0.56) || turn >= 0.78) line(x + WIDTH, at, 'v', STEP);
    }
  }
  return path;
}
