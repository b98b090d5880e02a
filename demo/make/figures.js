// Animals and other soft company, the moon, and what glows.
import { ball, blob, box, curve, cyl, dBox, dCone, dEll, dice, dotAt, grid, join, lathe, paint, ring, rod, skin, slab, smax, smin, speckle, tube, Mesh } from './shapes.js';
import { black, brass, cloth, drift, glass, glaze, glowing, matte, satin, spin, steel, swing, vinyl, wood } from './kit.js';

export const OBJECTS = {};
const O = OBJECTS;
const lo = [-1.1, -.08, -.9], hi = [1.1, 2.62, .95];

// A sitting toy: big head, small body, two arms, two feet; `ears` adds what makes it who it is.
const toy = ears => (x, y, z) => {
  const a = Math.abs(x);
  let b = smin(dEll(x, y - 1.36, z, .68, .57, .56), dEll(x, y - .56, z, .48, .56, .44), .14);
  b = smin(b, dEll(a - .25, y - .14, z - .12, .22, .15, .29), .08);
  b = smin(b, dCone([a, y, z], [.38, .78, .04], [.60, .44, .18], .115, .155), .06);
  return ears(b, x, y, z, a);
};
const eyes = (s, x = .26, y = 1.40, z = .49, r = .065) => {
  for (const k of [-1, 1]) { s.add(ball(r, r * 1.08, r * .6, 20).at(k * x, y, z), black()); s.add(ball(r * .27, r * .27, r * .2, 10).at(k * x - .02, y + .025, z + .05), glowing('#ffffff', .8)); }
};
const nose = (s, y, z, c = '#2a1f1c', w = .055) => s.add(ball(w, w * .72, w * .6, 18).at(0, y, z), { ...black(), color: c });

O['white-hare'] = s => {
  const f = toy((b, x, y, z, a) => smin(smin(b, dCone([a, y, z], [.24, 1.75, -.02], [.36, 2.36, -.08], .13, .155), .08), dEll(x, y - .5, z + .46, .15, .15, .13), .05));
  s.add(blob(f, lo, hi, .05), vinyl('', skin(lo, hi, '#f4efe8', (g, back) => {
    if (back) return;
    g.fillStyle = '#ecc7ba'; dotAt(g, 0, .52, .3, .35);
    for (const k of [-1, 1]) { g.fillStyle = '#e9b5a5'; dotAt(g, k * .315, 2.08, .075, .3, -k * .19); g.globalAlpha = .55; g.fillStyle = '#eaa596'; dotAt(g, k * .42, 1.24, .11, .075); g.globalAlpha = 1; }
    g.strokeStyle = '#8a5d52'; g.lineWidth = .02; g.beginPath(); g.arc(-.055, 1.225, .055, Math.PI, 0); g.moveTo(.11, 1.225); g.arc(.055, 1.225, .055, 0, Math.PI, true); g.stroke();
  }, 400)));
  eyes(s); nose(s, 1.285, .555, '#c4776a');
  const knit = paint(64, 64, g => { g.fillStyle = '#b23a2b'; g.fillRect(0, 0, 64, 64); g.strokeStyle = '#8d2a1f'; g.lineWidth = 3; for (let k = -64; k < 128; k += 11) { g.beginPath(); g.moveTo(k, 0); g.lineTo(k + 20, 64); g.stroke(); } });
  const red = cloth('', knit);
  s.add(ring(.38, .1, { seg: 40, sec: 12 }).size(1, .95, .98).rx(.1).at(0, .95, .02), red);
  s.node('scarf', [.16, .95, .4], swing([1, 0, .4], .1, 3));
  s.add(tube(curve([[.14, .95, .38], [.2, .82, .48], [.24, .62, .53], [.26, .46, .55]], 5), [.115, .045], { up: [0, 0, 1], seg: 12 }), red, 'scarf');
  s.turn = .12;
};

O['paper-tiger'] = s => {
  const f = toy((b, x, y, z, a) => { return smin(b, dEll(a - .47, y - 1.82, z + .02, .22, .22, .15), .05); });
  const stripe = (g, pts) => { g.beginPath(); pts.forEach(([x, y], k) => k ? g.lineTo(x, y) : g.moveTo(x, y)); g.fill(); };
  s.add(blob(f, lo, hi, .05), vinyl('', skin(lo, hi, '#e08c33', (g, back) => {
    g.fillStyle = '#2e211b';
    for (const k of [-1, 1]) {
      for (const [y, l] of [[1.52, .34], [1.36, .38], [1.2, .32]]) stripe(g, [[k * .75, y + .065], [k * (.75 - l), y + .02], [k * (.75 - l), y], [k * .75, y - .045]]);
      for (const y of [.78, .6, .42]) stripe(g, [[k * .8, y + .055], [k * .36, y], [k * .8, y - .055]]);
      stripe(g, [[k * .13, 1.98], [k * .2, 1.98], [k * .135, 1.68]]);
      dotAt(g, k * .5, 1.98, .3, .1, -k * .6);
    }
    stripe(g, [[-.05, 2], [.05, 2], [0, 1.6]]);
    if (back) { for (const y of [1.5, 1.2, .8, .5]) stripe(g, [[-.5, y + .06], [.5, y + .06], [.4, y - .05], [-.4, y - .05]]); return; }
    g.fillStyle = '#f6ead4'; dotAt(g, 0, .52, .3, .36); dotAt(g, -.47, 1.83, .12, .12); dotAt(g, .47, 1.83, .12, .12); dotAt(g, .13, 1.18, .2, .16); dotAt(g, -.13, 1.18, .2, .16); dotAt(g, 0, 1.07, .16, .1);
    g.fillStyle = '#f2dcb6'; dotAt(g, -.26, 1.52, .12, .06); dotAt(g, .26, 1.52, .12, .06);
    g.strokeStyle = '#2e211b'; g.lineWidth = .024; g.beginPath(); g.arc(-.06, 1.15, .06, Math.PI, 0); g.moveTo(.12, 1.15); g.arc(.06, 1.15, .06, 0, Math.PI, true); g.stroke();
  }, 400)));
  eyes(s); nose(s, 1.24, .56, '#5b2a22', .075); s.turn = .15;
};

O['honey-bear'] = s => {
  const f = toy((b, x, y, z, a) => { b = smin(b, dEll(a - .47, y - 1.82, z + .02, .23, .23, .16), .05); return smin(b, dEll(x, y - 1.22, z - .48, .25, .19, .17), .05); });
  s.add(blob(f, lo, hi, .05), vinyl('', skin(lo, hi, '#9a6238', (g, back) => {
    if (back) return; g.fillStyle = '#e6c595'; dotAt(g, 0, 1.22, .23, .175); dotAt(g, -.47, 1.83, .125, .125); dotAt(g, .47, 1.83, .125, .125); dotAt(g, 0, .52, .3, .36);
    g.strokeStyle = '#4a2a18'; g.lineWidth = .024; g.beginPath(); g.arc(-.06, 1.16, .06, Math.PI, 0); g.moveTo(.12, 1.16); g.arc(.06, 1.16, .06, 0, Math.PI, true); g.moveTo(0, 1.16); g.lineTo(0, 1.24); g.stroke();
  }, 400)));
  eyes(s, .27, 1.47, .5); nose(s, 1.3, .645, '#2c1a12', .08);
  const teal = cloth('#2f6660');
  for (const k of [-1, 1]) s.add(ball(.15, .11, .06, 20).rz(k * .35).at(k * .15, .93, .46), teal);
  s.add(ball(.06, .065, .06, 16).at(0, .93, .5), cloth('#244f4b')); s.turn = -.15;
};

O['wobble-panda'] = s => {
  const f = (x, y, z) => { const a = Math.abs(x); let b = smin(dEll(x, y - .68, z, .86, .7, .8), dEll(x, y - 1.55, z, .7, .58, .6), .2); b = smin(b, dEll(a - .5, y - 2.03, z + .02, .22, .22, .15), .04); b = smin(b, dCone([a, y, z], [.68, 1.0, .3], [.5, .66, .66], .16, .17), .05); return b; };
  const L = [-1.1, -.1, -.95], H = [1.1, 2.4, 1.05];
  s.add(blob(f, L, H, .052), vinyl('', skin(L, H, '#f5f1ea', (g, back) => {
    g.fillStyle = '#211f20'; dotAt(g, -.52, 2.1, .27, .2, .5); dotAt(g, .52, 2.1, .27, .2, -.5);
    if (back) { g.beginPath(); g.rect(-1.2, .82, 2.4, .36); g.fill(); return; }
    for (const k of [-1, 1]) { dotAt(g, k * .27, 1.58, .15, .19, -k * .5); g.beginPath(); g.moveTo(k * 1.1, 1.25); g.quadraticCurveTo(k * .55, 1.2, k * .34, .72); g.quadraticCurveTo(k * .36, .45, k * .62, .47); g.quadraticCurveTo(k * .8, .55, k * 1.1, .8); g.fill(); }
    g.strokeStyle = '#211f20'; g.lineWidth = .024; g.beginPath(); g.arc(-.06, 1.32, .06, Math.PI, 0); g.moveTo(.12, 1.32); g.arc(.06, 1.32, .06, 0, Math.PI, true); g.stroke();
    g.globalAlpha = .5; g.fillStyle = '#e89f92'; dotAt(g, -.47, 1.36, .1, .065); dotAt(g, .47, 1.36, .1, .065); g.globalAlpha = 1;
    g.fillStyle = '#5f8a4e'; dotAt(g, 0, .34, .2, .1, .4); dotAt(g, .12, .42, .17, .075, -.6);
  }, 420)));
  for (const k of [-1, 1]) { s.add(ball(.062, .07, .04, 18).at(k * .25, 1.6, .575), black()); s.add(ball(.02, .02, .015, 10).at(k * .25 - .02, 1.63, .615), glowing('#ffffff', .9)); }
  nose(s, 1.42, .6, '#211f20', .075); s.turn = .12;
};

O['admiral'] = s => {
  const f = (x, y, z) => { let b = smin(dEll(x + .12, y - .58, z, .92, .58, .7), dEll(x - .42, y - 1.38, z, .5, .5, .5), .16); b = smin(b, dCone([x, y, z], [-.75, .75, 0], [-1.1, 1.12, 0], .24, .07), .2); b = smin(b, dEll(x + .2, y - .68, Math.abs(z) - .6, .46, .26, .14), .07); return smax(b, .04 - y, .05); };
  const L = [-1.4, -.08, -1], H = [1.15, 2.1, 1];
  s.add(blob(f, L, H, .05), { ...vinyl('', skin(L, H, '#f4c22e', g => { g.fillStyle = '#e0a51f'; g.globalAlpha = .5; g.fillRect(-2, -.1, 4, .22); }, 256)), coat: .5 });
  const beak = satin('#e8732a');
  s.add(blob((x, y, z) => smin(dEll(x, y - .05, z, .26, .075, .25), dEll(x - .02, y + .06, z, .22, .06, .2), .03), [-.4, -.25, -.4], [.4, .25, .4], .035).at(.93, 1.33, 0), beak);
  for (const k of [-1, 1]) { s.add(ball(.055, .085, .075, 18).at(.76, 1.52, k * .33), black()); s.add(ball(.02, .025, .02, 10).at(.79, 1.56, k * .36), glowing('#ffffff', .9)); }
  s.add(cyl(.27, .29, .12, .02).rz(-.06).at(.38, 1.84, 0), satin('#23344f')); s.add(lathe([[0, 0], [.3, 0], [.38, .06], [.38, .12], [.3, .17], [0, .18]], { seg: 40 }).rz(-.06).at(.385, 1.94, 0), satin('#f6f3ec'));
  s.add(ball(.05, .05, .03, 14).at(.66, 1.91, .12), brass());
  s.turn = -.55;
};

O['deep-breath'] = s => {
  const f = (x, y, z) => {
    let b = dEll(x - .12, y - .74, z, .98, .66, .68); b = smax(b, .03 - y, .08);
    b = smin(b, dCone([x, y, z], [-.6, .62, 0], [-1.12, 1.22, 0], .36, .1), .22);
    b = smin(b, dCone([x, y, Math.abs(z)], [-1.1, 1.24, .06], [-1.36, 1.5, .46], .14, .075), .1);
    return smin(b, dEll((x - .25) * .9 + (Math.abs(z) - .85) * .3, y - .34 + (Math.abs(z) - .7) * .5, Math.abs(z) - .78, .2, .06, .26), .06);
  };
  const L = [-1.65, -.05, -1.1], H = [1.15, 1.8, 1.1];
  s.node('whale', [0, 0, 0], drift([0, .09, 0], 5));
  s.add(blob(f, L, H, .05), glaze('', skin(L, H, '#47749a', (g, back) => {
    g.fillStyle = '#eef0ea'; g.beginPath(); g.moveTo(1.2, .62); g.quadraticCurveTo(.5, .52, .05, .3); g.quadraticCurveTo(-.4, .12, -.9, .1); g.lineTo(-.9, -.2); g.lineTo(1.2, -.2); g.fill();
    g.strokeStyle = '#9fb6c4'; g.lineWidth = .022; for (let j = 0; j < 5; j++) { g.beginPath(); g.moveTo(1.1, .5 - j * .09); g.quadraticCurveTo(.5, .42 - j * .09, .0, .22 - j * .06); g.stroke(); }
    g.fillStyle = '#5d8aae'; for (const [x, y, r] of [[-.2, 1.15, .05], [-.36, 1.02, .035], [.1, 1.2, .03], [-.5, .9, .03]]) dotAt(g, x, y, r, r);
  }, 400)), 'whale');
  for (const k of [-1, 1]) { s.add(ball(.055, .06, .035, 16).at(.72, .78, k * .54), black(), 'whale'); s.add(ball(.018, .02, .014, 8).at(.72, .805, k * .575), glowing('#ffffff', .9), 'whale'); }
  const water = { color: '#a9d6ea', rough: .12, coat: 1, grain: 0 };
  s.node('spout', [.2, 1.36, 0], swing([0, 0, 1], .06, 2.5), 'whale');
  for (const k of [-1, 1]) s.add(tube(curve([[.2, 1.36, 0], [.2 + k * .03, 1.66, 0], [.2 + k * .16, 1.92, 0], [.2 + k * .36, 1.92, 0], [.2 + k * .43, 1.78, 0]], 6), t => .05 + .035 * t), water, 'spout');
  s.add(tube(curve([[.2, 1.36, 0], [.2, 1.7, 0], [.21, 2.02, 0]], 6), t => .05 + .03 * t), water, 'spout');
  s.turn = -.5;
};

O['glass-koi'] = s => {
  // a body along an arc, head up to the right, tail to the left
  const path = t => [-.78 + 1.72 * t - .25 * t * t, .74 + .06 * t + 1.16 * t * t, .2 * Math.sin(t * 4.2)];
  const girth = [.075, .1, .16, .235, .3, .325, .315, .275, .2], rad = t => { const q = t * 8, k = Math.min(7, Math.floor(q)); return girth[k] + (girth[k + 1] - girth[k]) * (q - k); };
  const pts = Array.from({ length: 26 }, (_, k) => [path(k / 25), rad(k / 25)]);
  const f = (x, y, z) => { let d = 9; for (const [c, r] of pts) d = smin(d, Math.hypot(x - c[0], y - c[1], (z - c[2]) * 1.12) - r, .05); return d * .92; };
  const L = [-1.2, .3, -.7], H = [1.45, 2.5, .7];
  const red = '#d0412c';
  s.add(blob(f, L, H, .048), glaze('', skin(L, H, '#f6f2ea', g => {
    g.fillStyle = red; const put = (t, a, b, o = 0) => { const c = path(t); dotAt(g, c[0] + o, c[1], a, b, .75); };
    put(.83, .2, .15, .02); put(.55, .3, .2, -.06); put(.5, .17, .28, .03); put(.2, .2, .15);
    g.fillStyle = '#ffffff22';
    g.strokeStyle = '#00000014'; g.lineWidth = .012; for (let k = 2; k < 20; k++) { const c = path(k / 26); for (let j = -3; j < 4; j++) { g.beginPath(); g.arc(c[0] + j * .07, c[1] - j * .07, .06, 0, 3); g.stroke(); } }
  }, 420)));
  const fin = (pts, color, z = 0, ry = 0) => s.add(slab(curve(pts, 5, true), .035, .014).ry(ry).at(0, 0, z), { color, rough: .35, coat: .6, grain: .02, emit: color, power: .15 });
  fin([[-.72, .8], [-.98, 1.02], [-1.34, 1.12], [-1.22, .8], [-1.36, .42], [-1.02, .5], [-.74, .68]], '#f6ded2');
  fin([[-.1, 1.1], [-.24, 1.34], [-.3, 1.58], [.02, 1.56], [.34, 1.56]], '#e0705c', .1);
  for (const k of [-1, 1]) s.add(slab(curve([[0, 0], [.3, -.06], [.42, -.28], [.12, -.2]], 5, true), .03, .012).rx(k * -.5).ry(k * -.35).at(.42, 1.22, k * .28 + .1), { color: '#f6ded2', rough: .35, coat: .6, grain: .02, emit: '#f0c8b8', power: .15 });
  for (const k of [-1, 1]) { const c = path(.95); s.add(ball(.055, .055, .035, 16).at(c[0] - .03, c[1] + .07, c[2] + k * .225), black()); s.add(tube(curve([[c[0] + .16, c[1] + .1, c[2] + k * .12], [c[0] + .28, c[1] + .08, c[2] + k * .17], [c[0] + .33, c[1] - .02, c[2] + k * .17]], 4), t => .018 * (1 - t * .6), { seg: 8 }), satin('#e8b8a4')); }
  const w = { color: '#7fb2c6', alpha: .82, rough: .08, coat: 1, grain: 0 };
  s.add(lathe(curve([[0, 0], [.9, 0], [.98, .06], [.9, .12], [.74, .09], [.6, .13], [.42, .1], [.26, .2], [.13, .5], [.06, .84], [0, .9]], 5), { seg: 72 }).size(1, 1, .8).at(-.1, 0, .06), w);
};

O['paper-crane'] = s => {
  const m = (pts, tris) => { const q = new Mesh(); tris.forEach(t => t.forEach(k => { q.i.push(q.p.length / 3); q.p.push(...pts[k]); q.uv.push(.5 + pts[k][0] * .35, .5 - pts[k][1] * .3); })); return q.smooth(4); };
  const paper = paint(256, 256, g => { g.fillStyle = '#c9402c'; g.fillRect(0, 0, 256, 256); speckle(g, 256, 256, '#d9b26a', 60, 1.6, 5); speckle(g, 256, 256, '#b5331f', 500, 1.2, 9); });
  const mat = { ...matte('', paper), rough: .7, grain: .05 }, y0 = .75;
  const P = { a: [0, y0 - .45, .0], f: [.5, y0, 0], b: [-.5, y0, 0], t: [0, y0 + .36, 0], l: [0, y0 - .02, .32], r: [0, y0 - .02, -.32] };
  s.node('bird', [0, y0, 0], drift([0, .07, 0], 4));
  s.add(m(P, [['a', 'f', 'l'], ['a', 'l', 'b'], ['a', 'r', 'f'], ['a', 'b', 'r'], ['t', 'l', 'f'], ['t', 'b', 'l'], ['t', 'f', 'r'], ['t', 'r', 'b']]), mat, 'bird');
  const N = { a: [.06, y0 - .4, 0], b: [.3, y0 + .16, .12], c: [.3, y0 + .16, -.12], d: [1.02, y0 + 1.02, 0], e: [.84, y0 + .9, .07], e2: [.84, y0 + .9, -.07], h: [1.36, y0 + .74, 0], k: [.93, y0 + .78, 0] };
  s.add(m(N, [['a', 'd', 'b'], ['a', 'c', 'd'], ['b', 'd', 'c'], ['d', 'h', 'e'], ['d', 'e2', 'h'], ['e', 'h', 'k'], ['e2', 'k', 'h']]), mat, 'bird');
  const T = { a: [-.06, y0 - .4, 0], b: [-.3, y0 + .16, .12], c: [-.3, y0 + .16, -.12], d: [-1.18, y0 + .98, 0] };
  s.add(m(T, [['a', 'b', 'd'], ['a', 'd', 'c'], ['b', 'c', 'd']]), mat, 'bird');
  for (const k of [-1, 1]) {
    const name = k > 0 ? 'wing-near' : 'wing-far';
    s.node(name, [0, y0, k * .2], swing([1, 0, 0], -k * .3, 2.4), 'bird');
    const W = { a: [.46, y0 - .02, k * .1], b: [-.46, y0 - .02, k * .1], c: [.0, y0 + .22, k * .08], d: [-.34, y0 + (k > 0 ? .62 : 1.02), k * 1.2], e: [.16, y0 + (k > 0 ? .36 : .56), k * .6] };
    s.add(m(W, k > 0 ? [['a', 'e', 'c'], ['a', 'd', 'e'], ['c', 'e', 'd'], ['b', 'c', 'd'], ['a', 'b', 'd']] : [['a', 'c', 'e'], ['a', 'e', 'd'], ['c', 'd', 'e'], ['b', 'd', 'c'], ['a', 'd', 'b']]), mat, name);
  }
  s.add(rod([0, .06, 0], [0, y0 - .4, 0], .018), brass()); s.add(cyl(.42, .4, .07, .02), wood('#5a3a26', '#2e1c10'));
  s.turn = -.62;
};

O['moonrise'] = s => {
  const d = dice(11);
  const face = paint(1024, 512, (g, w, h) => {
    g.fillStyle = '#e9dfc8'; g.fillRect(0, 0, w, h);
    g.filter = 'blur(11px)'; g.fillStyle = '#b5a78c'; for (const [x, y, a, b] of [[480, 190, 70, 46], [560, 240, 60, 60], [430, 280, 52, 40], [600, 170, 34, 30], [520, 330, 44, 30], [300, 220, 60, 50], [760, 250, 70, 60], [120, 240, 60, 60], [930, 260, 50, 70]]) dotAt(g, x, y, a, b, .4);
    g.filter = 'none';
    for (let k = 0; k < 90; k++) { const x = d() * w, y = 60 + d() * 390, r = 2 + 17 * Math.pow(d(), 3); g.fillStyle = '#a89a80'; g.globalAlpha = .75; dotAt(g, x, y, r, r); g.fillStyle = '#fbf5e6'; dotAt(g, x + r * .18, y + r * .2, r * .82, r * .8); g.fillStyle = '#e6dac2'; dotAt(g, x + r * .1, y + r * .1, r * .74, r * .7); g.globalAlpha = 1; }
  });
  s.node('moon', [0, 1.42, -.05], [drift([0, .12, 0], 6)]);
  s.add(ball(.76, .76, .76, 56).at(0, 1.42, -.05), { map: face, rough: .85, grain: .03, emit: '#fff0cc', power: .13 }, 'moon');
  const wave = (z, y, amp, color, ph, w = 1.05, n = 5) => {
    const pts = [[-w, 0], [w, 0]]; for (let k = 0; k <= 60; k++) { const x = w - 2 * w * k / 60, t = x / w; pts.push([x, (y + amp * Math.pow(Math.abs(Math.sin((t * n + ph) * Math.PI / 2)), .7)) * Math.pow(Math.max(1 - t * t * .72, .05), .5)]); }
    s.add(slab(pts, .2, .025).at(0, .1, z), { ...glaze(color), rough: .3 });
  };
  wave(-.42, .62, .16, '#1d3150', .4, .92); wave(-.16, .52, .16, '#27446b', 1.2, 1.02); wave(.12, .38, .16, '#355d88', .2, 1.05); wave(.4, .24, .15, '#6f9ab8', 1, .98); wave(.62, .1, .12, '#b9d2db', .5, .8);
  s.add(cyl(1.16, 1.12, .11, .03, 72), wood('#3c2a22', '#1c120d'));
  s.glow([0, 1.42, 0], 1.45, '#ffe2a8', .34); s.point = { at: [0, .9, .5], color: '#ffdf9e', power: .12 };
};

O['passing-comet'] = s => {
  const rock = ball(.46, .46, .46, 44).bend((x, y, z) => { const n = 1 + .05 * Math.sin(x * 9 + y * 4) + .05 * Math.sin(y * 11 - z * 6) + .04 * Math.sin(z * 13 + x * 7); return [x * n, y * n, z * n]; }).smooth(70);
  const c = [-.52, .95, .1];
  const skinMap = paint(256, 128, (g, w, h) => { const q = g.createLinearGradient(0, 0, 0, h); q.addColorStop(0, '#ffd98a'); q.addColorStop(1, '#e58b3a'); g.fillStyle = q; g.fillRect(0, 0, w, h); speckle(g, w, h, '#c9702e', 22, 9, 3); speckle(g, w, h, '#ffe9b4', 16, 5, 8); });
  s.add(rock.at(...c), { map: skinMap, rough: .7, grain: .1, emit: '#ffcf80', power: .75 });
  // the tail: tapering ribbons that leave the head together and part on the way
  const flow = stops => paint(16, 256, (g, w, h) => { const q = g.createLinearGradient(0, h, 0, 0); stops.forEach((c, k) => q.addColorStop(k / (stops.length - 1), c)); g.fillStyle = q; g.fillRect(0, 0, w, h); });
  const tail = (to, bend, r, stops, z, power) => {
    const p = curve([[c[0] + .05, c[1] + .03, c[2] + z * .3], [c[0] + (to[0] - c[0]) * .33, c[1] + (to[1] - c[1]) * .33 + bend, c[2] + z * .7], [c[0] + (to[0] - c[0]) * .68, c[1] + (to[1] - c[1]) * .68 + bend * .9, c[2] + z], [to[0], to[1], c[2] + z]], 10);
    s.add(tube(p, t => [r * (1 - Math.pow(t, 1.3) * .985), r * .62 * (1 - Math.pow(t, 1.3) * .985)], { seg: 28, up: [0, 0, 1] }), { map: flow(stops), rough: .35, coat: .5, emit: '#ffd9a0', power, grain: 0 });
  };
  const gold = ['#ffe9a8', '#ffc85e', '#f29a3c', '#d9682f'], ember = ['#ffd27a', '#f28f3a', '#cf5430', '#8f2f3a'], pale = ['#fff3cf', '#ffe6a6', '#ffd27a', '#f2a84a'];
  tail([1.36, 2.22], -.16, .4, gold, 0, .32); tail([.92, 2.5], -.06, .34, ember, -.12, .25); tail([1.4, 1.62], -.16, .32, ember, -.05, .25); tail([1.16, 1.98], -.1, .26, pale, .22, .45); tail([.5, 2.3], -.02, .24, gold, .05, .3);
  const d = dice(4); for (let k = 0; k < 16; k++) { const t = .3 + d() * .7; s.add(ball(.015 + d() * .022, undefined, undefined, 10).at(c[0] + 1.7 * t + (d() - .5) * .5, c[1] + 1.2 * t + (d() - .5) * .5, .2), glowing('#ffe7ae', 1)); }
  s.add(rod([-.52, .05, .1], [-.52, .55, .1], .022), brass()); s.add(cyl(.44, .42, .08, .02).at(-.52, 0, .1), { ...satin('#2a2536'), coat: .5 });
  s.glow(c, 1.05, '#ffcf7a', .42);
};

O['isle-lantern'] = s => {
  const dark = wood('#4a2c1e', '#24130b');
  s.add(cyl(.62, .58, .1, .03), dark); s.add(tube(curve([[-.78 + .36, .08, 0], [-.8, .6, 0], [-.86, 1.4, 0], [-.72, 2.1, 0], [-.35, 2.42, 0], [.02, 2.4, 0], [.14, 2.28, 0]], 8), t => .055 - .02 * t), dark);
  s.node('lantern', [.12, 2.3, 0], swing([0, 0, 1], .09, 4)); const at = m => m.at(.12, 0, 0);
  const map = paint(512, 256, (g, w, h) => {
    const q = g.createLinearGradient(0, 0, 0, h); q.addColorStop(0, '#b3221a'); q.addColorStop(.5, '#ee4a2c'); q.addColorStop(1, '#b3221a'); g.fillStyle = q; g.fillRect(0, 0, w, h);
    g.strokeStyle = '#8c1610'; g.lineWidth = 2.5; for (let k = 0; k <= 24; k++) { g.beginPath(); g.moveTo(k / 24 * w, 0); g.lineTo(k / 24 * w, h); g.stroke(); }
    g.fillStyle = '#f6c765'; g.font = '600 104px "Noto Serif CJK SC", "Noto Sans CJK SC", serif'; g.textAlign = 'center'; g.textBaseline = 'middle';
    for (const x of [.5, 0, 1]) { g.beginPath(); g.arc(x * w, h / 2, 44, 0, 7); g.lineWidth = 9; g.strokeStyle = '#f6c765'; g.stroke(); g.beginPath(); g.arc(x * w, h / 2, 15, 0, 7); g.fill(); }
  });
  const prof = curve([[.3, .88], [.56, .96], [.8, 1.16], [.88, 1.42], [.8, 1.68], [.56, 1.88], [.3, 1.96]], 7);
  s.add(at(lathe(prof, { seg: 96, wave: (a, v) => -.018 * Math.abs(Math.sin(a * 12)) * Math.sin(Math.PI * v) })), { map, rough: .75, sheen: .3, grain: .04, emit: '#ff8a4a', power: .5 }, 'lantern');
  for (const y of [.80, 1.94]) s.add(at(cyl(.32, .32, .1, .02).at(0, y, 0)), brass(), 'lantern');
  s.add(at(rod([0, 2.02, 0], [0, 2.3, 0], .015)), brass(), 'lantern');
  s.node('tassel', [.12, .8, 0], swing([0, 0, 1], .12, 4, .12), 'lantern');
  s.add(at(ball(.075, .075, .075, 20).at(0, .72, 0)), brass(), 'tassel');
  s.add(at(lathe([[0, .2], [.13, .2], [.145, .3], [.11, .55], [.06, .67], [0, .69]], { seg: 48, wave: a => .012 * Math.sin(a * 20) })), cloth('#c5301f'), 'tassel');
  s.glow([.12, 1.42, .3], 1.5, '#ff9a4d', .42);
};

O['second-face'] = s => {
  const L = [-.95, .2, -.5], H = [.95, 2.25, .6], cy = 1.22;
  const f = (x, y, z) => { const a = Math.abs(x); y -= cy; let b = dEll(x, y, z + .1, .74, .93, .48); b = smin(b, dCone([x, y, z], [0, .2, .34], [0, -.1, .5], .06, .105), .1); b = smin(b, dEll(x, y + .46, z - .36, .22, .09, .08), .08); b = smin(b, dEll(a - .27, y - .33, z - .3, .22, .07, .08), .1); b = smin(b, dEll(a - .42, y + .12, z - .2, .2, .16, .1), .12); b = smin(b, dEll(a - .76, y - .02, z + .14, .09, .2, .1), .04); return smax(b, -.16 - z, .04); };
  s.add(blob(f, L, H, .045), satin('', skin(L, H, '#f7f2e8', (g, back) => {
    if (back) return; g.save(); g.translate(0, cy);
    g.fillStyle = '#c22a20'; g.beginPath(); g.moveTo(-1, 1); g.lineTo(1, 1); g.lineTo(1, .05); g.quadraticCurveTo(.72, -.28, .36, -.16); g.quadraticCurveTo(.18, -.1, .13, .15); g.lineTo(0, .5); g.lineTo(-.13, .15); g.quadraticCurveTo(-.18, -.1, -.36, -.16); g.quadraticCurveTo(-.72, -.28, -1, .05); g.fill();
    for (const k of [-1, 1]) {
      g.fillStyle = '#17130f'; g.beginPath(); g.moveTo(k * .08, .26); g.quadraticCurveTo(k * .3, .62, k * .68, .66); g.quadraticCurveTo(k * .5, .46, k * .4, .34); g.quadraticCurveTo(k * .25, .3, k * .08, .26); g.fill();
      g.beginPath(); g.moveTo(k * .1, .06); g.quadraticCurveTo(k * .3, .26, k * .62, .24); g.quadraticCurveTo(k * .5, -.06, k * .28, -.06); g.quadraticCurveTo(k * .16, -.04, k * .1, .06); g.fill();
      g.fillStyle = '#fff'; g.beginPath(); g.ellipse(k * .31, .07, .13, .07, k * .2, 0, 7); g.fill(); g.fillStyle = '#17130f'; dotAt(g, k * .3, .07, .055, .06);
      g.strokeStyle = '#17130f'; g.lineWidth = .045; g.beginPath(); g.moveTo(k * .12, -.22); g.quadraticCurveTo(k * .4, -.22, k * .6, -.5); g.stroke();
      g.fillStyle = '#d9a13a'; dotAt(g, k * .3, .78, .07, .04, k * .5);
      g.fillStyle = '#c22a20'; dotAt(g, k * .46, -.38, .07, .05, -k * .6); g.fillStyle = '#17130f'; dotAt(g, k * .045, -.17, .022, .016);
    }
    g.fillStyle = '#d9a13a'; dotAt(g, 0, .68, .09, .16); g.fillStyle = '#17130f'; dotAt(g, 0, .68, .04, .1);
    g.fillStyle = '#a31f18'; g.beginPath(); g.moveTo(-.22, -.44); g.quadraticCurveTo(0, -.38, .22, -.44); g.quadraticCurveTo(0, -.6, -.22, -.44); g.fill(); g.restore();
  }, 512)));
  const red = cloth('#d23a2a'), gold = brass();
  s.add(tube(Array.from({ length: 21 }, (_, k) => { const a = Math.PI * (.12 + .76 * k / 20); return [.74 * Math.cos(a), cy + .1 + .86 * Math.sin(a), -.02]; }), .06), { ...satin('#1f3d6b'), coat: .5 });
  for (let k = 0; k < 9; k++) { const a = Math.PI * (.13 + .74 * k / 8); s.add(ball(k % 2 ? .085 : .12, undefined, undefined, 20).at(.84 * Math.cos(a), cy + .12 + .97 * Math.sin(a), 0), k % 2 ? gold : red); }
  s.add(rod([0, .06, -.2], [0, 1, -.2], .04), wood('#4a2c1e', '#24130b')); s.add(cyl(.5, .46, .09, .02).at(0, 0, -.1), wood('#4a2c1e', '#24130b')); s.turn = .22;
};
