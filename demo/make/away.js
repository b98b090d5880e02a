// What stands outside, and what goes away.
import { ball, blob, box, curve, cyl, dBox, dCone, dEll, dice, dotAt, grid, join, lathe, paint, ring, rod, skin, slab, smax, smin, speckle, tube } from './shapes.js';
import { black, brass, bronze, cloth, drift, glass, glaze, glowing, lift, matte, satin, spin, steel, swing, vinyl, wood } from './kit.js';

export const OBJECTS = {};
const O = OBJECTS, TAU = 2 * Math.PI;
const shrink = (s, k) => { for (const p of s.parts) p.mesh.size(k); for (const n of Object.values(s.nodes)) n.pivot = n.pivot.map(x => x * k); };
const bumpy = (m, amp, f = 4, seed = 1) => m.bend((x, y, z) => { const n = 1 + amp * (Math.sin(x * f + seed) * Math.cos(z * f * .9 - seed) + .6 * Math.sin(y * f * 1.7 + x * f + seed * 2) + .4 * Math.cos(z * f * 2.1 + y * 3)); return [x * n, y * n, z * n]; }).smooth(60);

O['white-sail'] = s => {
  const hull = (t, y) => { const w = .4 * Math.pow(Math.max(0, 1 - Math.pow(Math.abs(t), 2.6)), .6) * (t > 0 ? 1 - .25 * t : 1); return [w * (.35 + .65 * Math.pow(y, .55)), .28 + .36 * y + .14 * t * t * (t > 0 ? 1.3 : .6)]; };
  const planks = paint(256, 128, (g, w, h) => { g.fillStyle = '#a8673a'; g.fillRect(0, 0, w, h); g.fillStyle = '#7d4523'; for (let y = 12; y < 80; y += 15) g.fillRect(0, y, w, 2.5); g.fillStyle = '#b93a2b'; g.fillRect(0, 84, w, 50); g.fillStyle = '#f4eee0'; g.fillRect(0, 78, w, 7); });
  for (const k of [-1, 1]) s.add(grid((u, v) => { const t = u * 2 - 1, [w, y] = hull(t, v); return [t * 1.12, y, k * w]; }, 40, 10, 60), { ...satin('', planks), coat: .5 });
  s.add(grid((u, v) => { const t = u * 2 - 1, [w, y] = hull(t, .86); return [t * 1.1, y, (v * 2 - 1) * w]; }, 40, 4), wood('#c8965a', '#8a5a2c', 3));
  for (const k of [-1, 1]) s.add(tube(Array.from({ length: 33 }, (_, j) => { const t = j / 16 - 1, [w, y] = hull(t, 1); return [t * 1.12, y, k * w]; }), .03), wood('#7a4526', '#3d200f', 4));
  s.add(box(.5, .14, .3, .04).at(-.45, .68, 0), wood('#8a5230', '#4a2814', 5));
  s.add(rod([-.05, .5, 0], [-.05, 2.5, 0], .034, .022), wood('#8a5a34', '#4a2c18', 6)); s.add(rod([-.05, .82, 0], [-1.02, .88, .06], .024), wood('#8a5a34', '#4a2c18', 6));
  const canvas = paint(256, 256, (g, w, h) => { g.fillStyle = '#faf6ec'; g.fillRect(0, 0, w, h); g.strokeStyle = '#ded5c2'; g.lineWidth = 2; for (let y = 24; y < h; y += 34) { g.beginPath(); g.moveTo(0, y); g.lineTo(w, y - 12); g.stroke(); } });
  const sail = (a, b, c, belly) => grid((u, v) => { const w = 1 - v, p = a.map((_, k) => a[k] * v + (b[k] * (1 - u) + c[k] * u) * w); p[2] += belly * Math.sin(Math.PI * u) * Math.pow(w, .9) * Math.sin(Math.PI * Math.min(1, v + .25) * .8); return p; }, 16, 18);
  s.add(sail([-.07, 2.4, 0], [-1.0, .92, .08], [-.08, .92, 0], .26), { ...cloth('', canvas), emit: '#fff6e0', power: .1 });
  s.add(sail([.0, 2.24, 0], [.02, .86, 0], [1.08, .84, 0], .22), { ...cloth('', canvas), emit: '#fff6e0', power: .1 });
  s.add(sail([-.34, 2.44, 0], [-.05, 2.5, 0], [-.05, 2.36, 0], .02), cloth('#c8372a'));
  s.add(rod([1.12, .82, 0], [-.05, 2.46, 0], .007), black());
  const st = wood('#4a2c1e', '#24130b'); for (const x of [-.5, .5]) s.add(slab([[-.34, 0], [.34, 0], [.3, .34], [.16, .36], [0, .24], [-.16, .36], [-.3, .34]], .08, .02).ry(Math.PI / 2).at(x, .06, 0), st); s.add(box(1.3, .08, .5, .03).at(0, .04, 0), st);
  s.turn = -.35;
};

O['swallow-line'] = s => {
  const tilt = m => m.rx(-.14).rz(-.2).at(.0, 1.5, 0), P = { t: [0, .95, 0], l: [-.78, .22, .05], r: [.78, .22, .05], b: [0, -1.0, 0], c: [0, .22, .12] };
  const tri = (a, b, c, color) => { const m = grid((u, v) => a.map((_, k) => a[k] * v + (b[k] * (1 - u) + c[k] * u) * (1 - v)), 4, 4); s.add(tilt(m), { ...satin(color), rough: .65, emit: color, power: .06 }); };
  tri(P.t, P.l, P.c, '#d8402e'); tri(P.t, P.c, P.r, '#f0b23c'); tri(P.b, P.c, P.l, '#2f7f9c'); tri(P.b, P.r, P.c, '#f3ead6');
  const bamboo = wood('#b98a4e', '#6b451f', 4);
  s.add(tilt(tube([P.b, P.c, P.t].map(q => [q[0], q[1], q[2] + .02]), .022)), bamboo); s.add(tilt(tube(curve([P.l, P.c, P.r].map(q => [q[0], q[1], q[2] + .02]), 6), .022)), bamboo);
  for (const [a, b] of [[P.t, P.l], [P.l, P.b], [P.b, P.r], [P.r, P.t]]) s.add(tilt(rod(a, b, .016)), satin('#5a3a26'));
  const tail = curve([[-.2, .53, 0], [-.1, .3, .12], [.22, .16, .3], [.6, .12, .34], [.86, .22, .26], [1.04, .44, .16], [1.28, .5, .1]], 8); s.add(tube(tail, .015), satin('#5a3a26'));
  const colors = ['#d8402e', '#f0b23c', '#2f7f9c', '#d8402e', '#f0b23c'];
  for (let k = 0; k < 5; k++) { const q = tail[8 + k * 9]; for (const e of [-1, 1]) s.add(slab([[0, 0], [.17, .1], [.17, -.1]], .03, .008).size(e, 1, 1).rz(.7 - k * .25).at(...q), cloth(colors[k])); }
  s.add(rod([-.12, .05, -.2], [-.04, 1.5, -.06], .025), brass()); s.add(cyl(.46, .43, .08, .02).at(-.12, 0, -.18), wood('#4a2c1e', '#24130b'));
};

O['slow-crossing'] = s => {
  const stone = paint(512, 256, (g, w, h) => { g.fillStyle = '#98a09a'; g.fillRect(0, 0, w, h); speckle(g, w, h, '#7c857f', 900, 2.4, 3); speckle(g, w, h, '#b4bab2', 700, 2, 6); g.strokeStyle = '#6d7671'; g.lineWidth = 3; for (let r = 0; r < 8; r++) { g.beginPath(); g.moveTo(0, r * 32); g.lineTo(w, r * 32); g.stroke(); for (let k = 0; k < 9; k++) { const x = (k + (r % 2) * .5) * 60; g.beginPath(); g.moveTo(x, r * 32); g.lineTo(x, r * 32 + 32); g.stroke(); } } });
  const deck = x => .3 + 1.0 * Math.pow(Math.cos(Math.min(1, Math.abs(x) / 1.34) * Math.PI / 2), 1.1), R = .72, poly = [];
  for (let k = 0; k <= 24; k++) { const a = Math.PI - Math.PI * k / 24; poly.push([R * Math.cos(a), .06 + R * Math.sin(a) * 1.12]); }
  poly.push([1.32, .06]); for (let k = 0; k <= 32; k++) { const x = 1.32 - 2.64 * k / 32; poly.push([x, deck(x)]); } poly.push([-1.32, .06]);
  s.add(slab(poly, .84, .02), { ...matte('', stone), grain: .12 });
  for (const z of [-1, 1]) {
    for (let k = 0; k < 15; k++) { const a0 = Math.PI * k / 15 + .02, a1 = Math.PI * (k + 1) / 15 - .02, q = (r, a) => [r * Math.cos(a), .06 + r * Math.sin(a) * 1.1]; s.add(slab([q(R, a0), q(R, a1), q(R + .13, a1), q(R + .13, a0)], .06, .012).at(0, 0, z * .41), { ...matte('#b3b9b1'), grain: .15 }); }
    for (let k = 0; k <= 8; k++) { const x = -1.2 + 2.4 * k / 8, y = deck(x); s.add(box(.08, .28, .08, .02).at(x, y + .12, z * .38), { ...matte('#b9beb6'), grain: .15 }); s.add(ball(.045, .05, .045, 14).at(x, y + .28, z * .38), { ...matte('#c3c8c0'), grain: .1 }); }
    const rail = []; for (let k = 0; k <= 40; k++) { const x = -1.2 + 2.4 * k / 40; rail.push([x, deck(x) + .2]); } for (let k = 40; k >= 0; k--) { const x = -1.2 + 2.4 * k / 40; rail.push([x, deck(x) - .02]); }
    s.add(slab(rail, .05, .012).at(0, 0, z * .38), { ...matte('#a7aea6'), grain: .15 });
  }
  s.add(cyl(1.42, 1.4, .07, .02, 72).size(1, 1, .62), { color: '#5d9aa2', rough: .08, coat: 1, grain: 0 });
  for (const [x, z, r] of [[-.95, .6, .12], [-.75, .68, .08], [1.0, .56, .1]]) s.add(ball(r, .02, r * .9, 20).at(x, .08, z), satin('#6f9a55'));
  s.add(ball(.05, .05, .05, 14).at(-.95, .12, .6), satin('#e58aa8'));
  s.turn = -.42;
};

O['kitchen-rocket'] = s => {
  const map = paint(512, 512, (g, w, h) => { g.fillStyle = '#f5f0e6'; g.fillRect(0, 0, w, h); g.fillStyle = '#cf3a2b'; g.fillRect(0, 0, w, h * .27); g.fillStyle = '#2f3f5c'; g.fillRect(0, h * .27, w, 7); g.fillRect(0, h * .72, w, 7); g.fillStyle = '#cf3a2b'; for (let k = 0; k < 16; k++) if (k % 2) g.fillRect(k * 32, h * .74, 32, h * .06); g.fillStyle = '#c9bda8'; for (let k = 0; k < 28; k++) { dotAt(g, k / 28 * w, h * .31, 2.5, 2.5); dotAt(g, k / 28 * w, h * .69, 2.5, 2.5); } });
  s.node('rocket', [0, 0, 0], drift([0, .12, 0], 3.5));
  s.add(lathe(curve([[.3, .42], [.42, .56], [.52, .9], [.55, 1.2], [.5, 1.6], [.36, 1.98], [.18, 2.28], [.04, 2.44], [0, 2.46]], 7), { seg: 72 }), { ...satin('', map), coat: .7, rough: .35 }, 'rocket');
  s.add(lathe([[.2, .5], [.3, .44], [.34, .28], [.3, .26], [.2, .4], [0, .42]], { seg: 48 }), steel(), 'rocket');
  const fin = slab(curve([[.44, 1.0], [.7, .82], [.9, .4], [.88, .1], [.78, .12], [.66, .4], [.4, .58]], 5, true), .07, .025);
  for (let k = 0; k < 3; k++) s.add(fin.copy().ry(k / 3 * TAU + Math.PI / 2), { ...satin('#cf3a2b'), coat: .7, rough: .35 }, 'rocket');
  s.add(ring(.2, .045, { seg: 40, sec: 12, axis: 'z' }).rx(-.03).at(0, 1.42, .535), brass(), 'rocket'); s.add(ball(.19, .19, .05, 30).at(0, 1.42, .53), { color: '#2d5878', rough: .06, coat: 1, grain: 0 }, 'rocket');
  s.add(ball(.045).at(0, 2.47, 0), brass(), 'rocket');
  const flame = (r, l, c, p) => s.add(lathe(curve([[.01, .38 - l], [r * .6, .38 - l * .55], [r, .34], [r * .6, .4], [0, .4]], 5), { seg: 32 }), { ...glowing(c, p) }, 'rocket'); flame(.2, .36, '#f2902e', .9); flame(.12, .24, '#ffe39a', 1.2);
  s.glow([0, .2, .2], .6, '#ffb45a', .4); s.turn = .15;
};

O['off-the-ground'] = s => {
  const map = paint(1024, 256, (g, w, h) => { for (let k = 0; k < 16; k++) { g.fillStyle = k % 2 ? '#d9452f' : '#f7ecd4'; g.fillRect(k * 64, 0, 64, h); } g.fillStyle = '#e5a93c'; g.fillRect(0, h * .52, w, h * .1); g.fillStyle = '#b9842a'; for (let k = 0; k < 32; k++) { g.beginPath(); g.moveTo(k * 32, h * .62); g.lineTo(k * 32 + 16, h * .55); g.lineTo(k * 32 + 32, h * .62); g.fill(); } });
  s.node('balloon', [0, 0, 0], drift([0, .14, 0], 6));
  s.add(lathe(curve([[.2, .86], [.34, .98], [.62, 1.26], [.82, 1.58], [.86, 1.86], [.76, 2.16], [.5, 2.4], [.2, 2.5], [0, 2.52]], 8), { seg: 96, wave: (a, v) => .022 * Math.abs(Math.cos(a * 8)) * Math.sin(Math.PI * Math.min(1, v * .98)) }), { ...satin('', map), rough: .5 }, 'balloon');
  s.add(ring(.2, .03, { seg: 40, sec: 10 }).at(0, .86, 0), satin('#6a4428'), 'balloon');
  const weave = paint(128, 128, g => { for (let y = 0; y < 8; y++) for (let x = 0; x < 8; x++) { g.fillStyle = (x + y) % 2 ? '#a9713a' : '#c99354'; g.fillRect(x * 16, y * 16, 15, 15); } });
  s.add(box(.46, .36, .46, .06).at(0, .3, 0), { ...matte('', weave) }, 'balloon'); s.add(tube([[-.23, 0, -.23], [.23, 0, -.23], [.23, 0, .23], [-.23, 0, .23]].map(q => [q[0], .48, q[2]]), .035, { closed: true, up: [0, 1, 0] }), satin('#6a4428'), 'balloon');
  for (const [x, z] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) s.add(rod([x * .21, .48, z * .21], [x * .15, .86, z * .13], .012), satin('#5a3a26'), 'balloon');
  s.add(ball(.05, .09, .05, 14).at(0, .64, 0), glowing('#ffb54a', 1.2), 'balloon');
  for (const k of [-1, 1]) s.add(ball(.07, .1, .07, 14).at(k * .24, .24, .22), matte('#d9c7a2'), 'balloon');
  s.turn = .3;
};

O['slow-ride'] = s => {
  const blue = { ...satin('#3a8f93'), coat: .8, rough: .3 }, R = .56, A = [-.78, R, 0], B = [.82, R, 0], bb = [-.08, .5, 0], seat = [-.36, 1.28, 0], head = [.56, 1.28, 0];
  for (const c of [A, B]) { s.add(ring(R - .045, .045, { seg: 64, sec: 12, axis: 'z' }).at(...c), { ...black(), rough: .7 }); s.add(ring(R - .1, .018, { seg: 64, sec: 8, axis: 'z' }).at(...c), steel()); for (let k = 0; k < 12; k++) { const a = k / 12 * TAU; s.add(rod([c[0], c[1], k % 2 ? .03 : -.03], [c[0] + (R - .1) * Math.cos(a), c[1] + (R - .1) * Math.sin(a), 0], .006), steel()); } s.add(rod([c[0], c[1], -.08], [c[0], c[1], .08], .04), steel()); }
  const t = (a, b, r = .036) => s.add(rod(a, b, r), blue);
  t(seat, bb); t(seat.map((v, k) => v * .92 + head[k] * .08), [.58, 1.16, 0]); t(bb, [.62, 1.06, 0], .042); t([.54, 1.34, 0], [.64, .98, 0], .045);
  for (const z of [-.07, .07]) { t([bb[0], bb[1], z], [A[0], A[1], z], .024); t([seat[0] + .01, seat[1] - .1, z * .6], [A[0], A[1], z], .022); s.add(tube(curve([[.64, 1.0, z * .6], [.7, .8, z], [.82, R, z]], 5), .026), blue); }
  s.add(rod(seat, [-.41, 1.44, 0], .025), steel()); s.add(blob((x, y, z) => smin(dEll(x + .12, y, z, .2, .07, .17), dCone([x, y, z], [0, 0, 0], [.24, .01, 0], .06, .045), .08), [-.45, -.2, -.3], [.45, .2, .3], .035).at(-.4, 1.5, 0), { ...satin('#7a4526'), coat: .3 });
  s.add(rod([.54, 1.34, 0], [.5, 1.56, 0], .025), steel()); s.add(tube(curve([[.26, 1.58, .38], [.42, 1.6, .36], [.54, 1.6, .2], [.52, 1.57, 0], [.54, 1.6, -.2], [.42, 1.6, -.36], [.26, 1.58, -.38]], 6), .024), steel()); for (const z of [.38, -.38]) s.add(rod([.18, 1.575, z], [.36, 1.595, z * .97], .04), satin('#7a4526'));
  s.add(ball(.06, .05, .06, 16).at(.46, 1.66, .2), brass());
  const weave = paint(128, 128, g => { for (let y = 0; y < 8; y++) for (let x = 0; x < 8; x++) { g.fillStyle = (x + y) % 2 ? '#a9713a' : '#cf9c5c'; g.fillRect(x * 16, y * 16, 15, 15); } });
  s.add(grid((u, v) => { const a = u * TAU, e = Math.pow(Math.pow(Math.abs(Math.cos(a)), 4) + Math.pow(Math.abs(Math.sin(a)), 4), -.25), w = .8 + .2 * v; return [.88 + .2 * w * e * Math.cos(a), 1.14 + .34 * v, .26 * w * e * Math.sin(a)]; }, 40, 4), matte('', weave)); s.add(box(.34, .03, .44, .01).at(.88, 1.15, 0), matte('#a9713a'));
  for (const [x, y, z, c] of [[.82, 1.5, .08, '#e2574a'], [.95, 1.52, -.08, '#f0b23c'], [.9, 1.55, .1, '#f3d9e0']]) { s.add(ball(.09, .08, .09, 16).at(x, y, z), satin(c)); s.add(ball(.03).at(x, y + .05, z + .05), satin('#f6e2a0')); } s.add(ball(.16, .09, .2, 16).at(.88, 1.44, 0), satin('#5f8f52'));
  for (const c of [A, B]) s.add(tube(Array.from({ length: 17 }, (_, k) => { const a = Math.PI * (.1 + .8 * k / 16); return [c[0] + (R + .06) * Math.cos(a), c[1] + (R + .06) * Math.sin(a), 0]; }), t2 => [.07, .015], { up: [0, 0, 1], seg: 10 }), blue);
  s.add(ring(.13, .018, { seg: 36, sec: 8, axis: 'z' }).at(bb[0], bb[1], .1), steel()); s.add(rod([bb[0], bb[1], .1], [bb[0] + .14, bb[1] - .2, .14], .02), steel()); s.add(box(.16, .03, .1, .01).at(bb[0] + .14, bb[1] - .22, .18), black()); s.add(rod([bb[0], bb[1], -.1], [bb[0] - .14, bb[1] + .2, -.14], .02), steel()); s.add(box(.16, .03, .1, .01).at(bb[0] - .14, bb[1] + .22, -.18), black());
  s.add(rod([-.3, .5, .1], [-.52, .02, .22], .018), steel());
  s.turn = -.3;
};

O['after-rain'] = s => {
  const moss = paint(128, 128, g => { g.fillStyle = '#5f7a3e'; g.fillRect(0, 0, 128, 128); speckle(g, 128, 128, '#83994f', 400, 2.6, 3); speckle(g, 128, 128, '#43592c', 400, 2.6, 6); });
  s.add(bumpy(ball(1.08, .24, .8, 48), .05, 5, 2).at(0, .1, 0).bend((x, y, z) => [x, Math.max(y, 0), z]), cloth('', moss));
  const mush = (x, z, k, lean) => {
    const put = m => m.size(k).rz(lean).at(x, .14, z);
    s.add(put(lathe(curve([[0, 0], [.24, 0], [.26, .12], [.17, .4], [.14, .8], [.16, 1.05], [0, 1.1]], 6), { seg: 40 })), { ...satin('#f3e9d6'), rough: .7 });
    s.add(put(lathe(curve([[.15, .78], [.3, .66], [.32, .64], [.2, .82], [.14, .86]], 4), { seg: 48, wave: a => .012 * Math.sin(a * 12) })), satin('#efe2c8'));
    s.add(put(lathe(curve([[.12, 1.0], [.4, .98], [.72, .96], [.8, 1.0], [.78, 1.12], [.62, 1.42], [.36, 1.62], [0, 1.7]], 7), { seg: 72 })), { ...satin('#cf3527'), coat: .7, rough: .35 });
    const d = dice(3 + Math.round(k * 10)); for (let j = 0; j < 22; j++) { const a = j * 2.4, t = .1 + .85 * Math.sqrt(j / 22), th = t * 1.25, r = .78 * Math.sin(th) * .98, y = 1.02 + .67 * Math.cos(th) * 1.0; const q = .045 + d() * .05; s.add(put(ball(q, q * .7, q, 14).at(r * Math.sin(a), y, r * Math.cos(a))), satin('#fbf6ea')); }
  };
  mush(-.16, 0, 1.24, .06); mush(.66, .22, .66, -.16);
  for (const [x, z, h] of [[-.8, .3, .3], [-.74, .36, .22], [.2, .5, .24], [.26, .54, .16]]) s.add(tube(curve([[x, .14, z], [x + .04, .14 + h * .6, z], [x + .14, .14 + h, z + .02]], 4), t => .022 * (1 - t * .9)), satin('#7fa050'));
};

O['no-signal'] = s => {
  const L = .8, W = .98, H = 1.6, orange = paint(256, 256, (g, w, h) => { g.fillStyle = '#e0782c'; g.fillRect(0, 0, w, h); g.strokeStyle = '#b85a1c'; g.lineWidth = 4; for (const x of [64, 128, 192]) { g.beginPath(); g.moveTo(x, 0); g.lineTo(x, h); g.stroke(); } g.fillStyle = '#f2e6cc'; g.fillRect(0, h * .86, w, h * .05); });
  const mat = { ...cloth('', orange), emit: '#ff9a3c', power: .12 };
  const sag = (u, v) => -.06 * Math.sin(Math.PI * u) * Math.sin(Math.PI * v);
  for (const k of [-1, 1]) s.add(grid((u, v) => [k * W * (1 - v) + k * sag(u, v), .06 + H * v + sag(u, v), L - 2 * L * u], 16, 16), mat);
  s.add(grid((u, v) => [(u * 2 - 1) * W * (1 - v), .06 + H * v, -L], 8, 8), mat);
  for (const k of [-1, 1]) s.add(grid((u, v) => { const open = .62 * (1 - v) + .04; const x0 = k * W * (1 - v), x1 = k * open * W * (1 - v * .9); return [x0 + (x1 - x0) * u, .06 + H * v, L + .02 + .1 * u * (1 - v) + .02 * Math.sin(u * 9)]; }, 8, 14), { ...cloth('#c9641f') });
  for (const k of [-1, 1]) s.add(tube(curve([[k * .58, .12, L + .12], [k * .5, .6, L + .12], [k * .3, 1.02, L + .08]], 5), t => .08 - .03 * t), cloth('#f2e6cc'));
  s.add(grid((u, v) => [(u * 2 - 1) * W * .96 * (1 - v), .08 + H * .97 * v, .3], 6, 6), glowing('#ffc772', .95)); s.add(box(W * 1.9, .04, L * 2, .02).at(0, .07, 0), { ...cloth('#8d5a34'), emit: '#ffb45a', power: .25 });
  s.add(cyl(.1, .1, .2, .02).at(.12, .1, .62), satin('#3a4a44')); s.add(ball(.1, .13, .1, 20).at(.12, .36, .62), glowing('#ffedc0', 1.8)); s.add(ring(.11, .014, { seg: 24, sec: 8, axis: 'z' }).at(.12, .5, .62), steel());
  s.add(rod([0, .05, L + .04], [0, 1.74, L + .02], .028), wood('#b98a4e', '#6b451f', 4)); s.add(rod([0, 1.66, -L - .04], [0, 1.66, L + .1], .03), wood('#b98a4e', '#6b451f', 4));
  for (const [x, z] of [[-1.2, .98], [1.2, .98], [-1.2, -.9], [1.2, -.9]]) { s.add(rod([0, 1.66, z > 0 ? L : -L], [x, .06, z], .009), satin('#f2e6cc')); s.add(cyl(.03, .02, .14, .01).at(x, .03, z), wood('#8a5a34', '#4a2c18', 6)); }
  const moss = paint(128, 128, g => { g.fillStyle = '#58703c'; g.fillRect(0, 0, 128, 128); speckle(g, 128, 128, '#748a4a', 400, 2.6, 3); speckle(g, 128, 128, '#42562e', 400, 2.6, 6); });
  s.add(lathe([[0, 0], [1.42, 0], [1.44, .03], [1.4, .07], [0, .08]], { seg: 72 }).size(1, 1, .84), cloth('', moss));
  s.glow([0, .6, .9], 1.1, '#ffb65c', .34); s.turn = -.42;
};

O['last-tram'] = s => {
  const side = paint(1024, 512, (g, w, h) => {
    g.fillStyle = '#f3ead2'; g.fillRect(0, 0, w, h); g.fillStyle = '#2f6b52'; g.fillRect(0, h * .54, w, h * .46); g.fillStyle = '#d9a441'; g.fillRect(0, h * .52, w, 10); g.fillRect(0, h * .9, w, 6);
    for (let k = 0; k < 7; k++) { const door = k === 0 || k === 6, x = 26 + k * 140; g.fillStyle = '#3a2c22'; g.fillRect(x - 5, door ? 76 : 92, 122, door ? 380 : 156); const q = g.createLinearGradient(0, 90, 0, 240); q.addColorStop(0, '#ffdf9a'); q.addColorStop(1, '#f4b85c'); g.fillStyle = q; g.fillRect(x, door ? 82 : 97, 112, door ? 190 : 146); if (door) { g.fillStyle = '#2a5f49'; g.fillRect(x, 276, 112, 176); g.fillStyle = '#3a2c22'; g.fillRect(x + 53, 82, 6, 370); } else if (k === 3 || k === 2) { g.fillStyle = '#6b4a30'; dotAt(g, x + 60, 170, 20, 24); g.fillRect(x + 32, 190, 56, 54); } }
    g.fillStyle = '#f3ead2'; g.font = '700 96px Georgia, serif'; g.textAlign = 'center'; g.fillText('9', w / 2, h * .86);
  });
  const front = paint(512, 512, (g, w, h) => { g.fillStyle = '#f3ead2'; g.fillRect(0, 0, w, h); g.fillStyle = '#2f6b52'; g.fillRect(0, h * .54, w, h * .46); g.fillStyle = '#d9a441'; g.fillRect(0, h * .52, w, 10); g.fillStyle = '#3a2c22'; g.fillRect(46, 92, 420, 164); g.fillStyle = '#ffd88c'; g.fillRect(54, 100, 190, 148); g.fillRect(268, 100, 190, 148); g.fillStyle = '#2b2622'; g.fillRect(150, 14, 212, 62); g.fillStyle = '#ffcf6a'; g.font = '700 56px Georgia, serif'; g.textAlign = 'center'; g.fillText('9', 256, 64); });
  s.add(box(2.3, 1.16, .86, .1, 4).at(0, .96, 0), { ...satin('#2f6b52'), coat: .5 });
  for (const k of [-1, 1]) { const q = grid((u, v) => [(u - .5) * 2.14 * k, .42 + 1.08 * v, k * .435], 1, 1); s.add(q, { ...satin('', side), coat: .5, emit: '#ffe2b0', power: .10 }); const e = grid((u, v) => [k * 1.155, .42 + 1.08 * v, (.5 - u) * .72 * k], 1, 1); s.add(e, { ...satin('', front), coat: .5, emit: '#ffe2b0', power: .10 }); }
  s.add(box(2.36, .16, .94, .08, 4).at(0, 1.56, 0), { ...satin('#efe4c8'), coat: .4 }); s.add(box(1.5, .12, .5, .05).at(0, 1.68, 0), satin('#d8ccae'));
  s.add(box(2.1, .14, .7, .04).at(0, .34, 0), black()); for (const x of [-.68, .68]) for (const z of [-.32, .32]) { s.add(cyl(.2, .2, .08, .02).rx(Math.PI / 2).at(x - .24, .27, z - .04), steel()); s.add(cyl(.2, .2, .08, .02).rx(Math.PI / 2).at(x + .24, .27, z - .04), steel()); }
  for (const k of [-1, 1]) { s.add(cyl(.1, .09, .04, .01).rz(-k * Math.PI / 2).at(k * 1.15, .66, 0), brass()); s.add(ball(.07, .07, .07, 16).at(k * 1.17, .66, 0), glowing('#fff0c0', 1.4)); s.add(box(.1, .1, .8, .03).at(k * 1.18, .36, 0), black()); }
  s.add(box(.5, .06, .4, .02).at(-.3, 1.76, 0), black()); s.add(tube([[-.4, 1.76, 0], [.15, 2.04, 0], [-.25, 2.34, 0]], .028), { ...black(), color: '#3a3836' }); s.add(rod([-.25, 2.34, -.3], [-.25, 2.34, .3], .03), { ...black(), color: '#3a3836' });
  for (const z of [-.32, .32]) s.add(box(2.9, .07, .06, .01).at(0, .075, z), steel()); for (let k = 0; k < 9; k++) s.add(box(.14, .06, .96, .02).at(-1.32 + k * .33, .03, 0), wood('#6a4428', '#3a2010', 5));
  s.turn = -.62; shrink(s, .92);
};

O['with-the-wind'] = s => {
  const wall = paint(512, 512, (g, w, h) => { g.fillStyle = '#f4eee0'; g.fillRect(0, 0, w, h); speckle(g, w, h, '#e4dac4', 600, 5, 3); speckle(g, w, h, '#fdfaf2', 400, 5, 6); for (const [x, y] of [[.5, .42], [.24, .6], [.8, .52]]) { g.fillStyle = '#6b4a30'; g.fillRect(w * x - 22, h * y - 28, 44, 56); g.fillStyle = '#5d8096'; g.fillRect(w * x - 15, h * y - 21, 30, 42); g.fillStyle = '#6b4a30'; g.fillRect(w * x - 2, h * y - 21, 4, 42); g.fillRect(w * x - 15, h * y - 2, 30, 4); } g.fillStyle = '#7a4a2c'; g.beginPath(); g.moveTo(w * .5 - 36, h); g.lineTo(w * .5 - 36, h * .82); g.arc(w * .5, h * .82, 36, Math.PI, 0); g.lineTo(w * .5 + 36, h); g.fill(); g.fillStyle = '#d9a441'; dotAt(g, w * .5 + 20, h * .91, 5, 5); });
  s.add(lathe([[.66, .08], [.58, .5], [.5, .95], [.43, 1.4], [.4, 1.58]], { seg: 64 }), { ...matte('', wall), grain: .1 });
  s.add(ring(.6, .03, { seg: 60, sec: 8 }).at(0, .42, 0).size(1), matte('#d8cbb0')); s.add(ring(.42, .045, { seg: 60, sec: 10 }).at(0, 1.58, 0), wood('#7a4a2c', '#3a1f10', 8));
  const thatch = paint(256, 128, (g, w, h) => { g.fillStyle = '#9a6436'; g.fillRect(0, 0, w, h); const d = dice(4); for (let k = 0; k < 300; k++) { g.strokeStyle = k % 2 ? '#7a4a24' : '#b98048'; g.lineWidth = 1.5; const x = d() * w, y = d() * h; g.beginPath(); g.moveTo(x, y); g.lineTo(x + 2, y + 18); g.stroke(); } });
  s.add(lathe(curve([[.5, 1.58], [.46, 1.7], [.32, 1.94], [.12, 2.12], [0, 2.16]], 6), { seg: 56 }), matte('', thatch)); s.add(ball(.05).at(0, 2.2, 0), brass());
  const hub = [0, 1.66, .58], oak = wood('#8a5a34', '#4a2c18', 6); s.add(rod([0, 1.66, .2], [0, 1.66, .62], .06), oak);
  s.node('sails', hub, spin([0, 0, 1], 10));
  for (let k = 0; k < 4; k++) {
    const a = k * Math.PI / 2 + .42, put = m => m.rz(a).at(...hub);
    s.add(put(box(.06, 1.12, .05, .015).at(0, .56, 0)), oak, 'sails');
    for (let j = 0; j <= 5; j++) s.add(put(box(.3, .022, .03, .006).at(.16, .26 + j * .165, .01)), oak, 'sails'); for (const x of [.16, .3]) s.add(put(box(.022, .85, .03, .006).at(x, .675, .01)), oak, 'sails');
    s.add(put(grid((u, v) => [.02 + .28 * u, .27 + .81 * v, -.012], 2, 2)), { ...cloth('#faf4e4'), emit: '#ffffff', power: .06 }, 'sails');
  }
  s.add(ball(.1, .1, .08, 20).at(hub[0], hub[1], hub[2] + .05), brass(), 'sails');
  const moss = paint(128, 128, g => { g.fillStyle = '#7d9a52'; g.fillRect(0, 0, 128, 128); speckle(g, 128, 128, '#98b266', 400, 2.6, 3); speckle(g, 128, 128, '#647f40', 300, 2.6, 6); });
  s.add(lathe([[0, 0], [1.0, 0], [1.02, .03], [.96, .1], [0, .12]], { seg: 64 }), cloth('', moss)); for (const [x, z, r] of [[-.72, .3, .15], [-.58, .48, .1], [.76, .2, .12]]) s.add(bumpy(ball(r, r * .85, r, 24), .06, 14, 3).at(x, .14 + r * .5, z), cloth('#5d8246'));
  s.turn = -.35; shrink(s, .87);
};

O['seven-eaves'] = s => {
  const wall = paint(512, 128, (g, w, h) => { g.fillStyle = '#b8452f'; g.fillRect(0, 0, w, h); for (let k = 0; k < 6; k++) { const x = k / 6 * w; g.fillStyle = '#7d2418'; g.fillRect(x, 0, 9, h); g.fillRect(x + w / 6 - 9, 0, 9, h); g.fillStyle = '#f3d9a0'; const c = x + w / 12; g.beginPath(); g.moveTo(c - 17, h); g.lineTo(c - 17, h * .5); g.arc(c, h * .5, 17, Math.PI, 0); g.lineTo(c + 17, h); g.fill(); g.fillStyle = '#5a2a18'; g.fillRect(c - 1.5, h * .36, 3, h); } g.fillStyle = '#2f6b5c'; g.fillRect(0, 0, w, 14); });
  const tile = paint(512, 128, (g, w, h) => { g.fillStyle = '#5a6570'; g.fillRect(0, 0, w, h); for (let k = 0; k < 72; k++) { g.fillStyle = '#46505a'; g.fillRect(k * w / 72, 0, 3, h); } g.fillStyle = '#78848e'; for (let y = 20; y < h; y += 26) g.fillRect(0, y, w, 2); });
  const mw = { ...matte('', wall), emit: '#ffdca0', power: .03 }, mt = { ...satin('', tile), rough: .6 }, N = 6, gold = brass();
  s.add(lathe([[0, 0], [1.0, 0], [1.0, .08], [.9, .08], [.9, .16], [0, .16]], { seg: N, deg: 20 }), matte('#cfc6b4'));
  let y = .16, w = .64;
  for (let f = 0; f < 7; f++) {
    const h = .205 - f * .006, up = .5 + f * .0;
    s.add(lathe([[w, y], [w * .99, y + h]], { seg: N, deg: 20 }), mw);
    const R = w + .24 - f * .012, r0 = w * .86, y0 = y + h - .02, eave = grid((u, v) => {
      const a = (u - .5) * TAU, sec = Math.PI / N, q = ((a % (2 * sec)) + 2 * sec) % (2 * sec) - sec, flat = Math.cos(sec) / Math.cos(q), corner = Math.pow(Math.abs(q) / sec, 3), t = v;
      const r = (R * (1 - t) + r0 * t) * flat * (1 + .05 * corner * (1 - t)), yy = y0 + .1 * Math.pow(t, 1.6) + .075 * corner * Math.pow(1 - t, 2);
      return [r * Math.sin(a + 0), yy, r * Math.cos(a)];
    }, N * 12, 6, 50); s.add(eave, mt);
    s.add(eave.copy().map((x, yy, z) => [x * .985, yy - .03, z * .985]), matte('#8a4a30'));
    for (let k = 0; k < N; k++) { const a = (k + .0) / N * TAU + Math.PI / N * 0; s.add(ball(.024, .03, .024, 10).at(R * 1.02 * Math.sin(a), y0 + .035, R * 1.02 * Math.cos(a)), gold); }
    y += h + .07; w -= .058;
  }
  s.add(lathe(curve([[.26, y - .03], [.16, y + .06], [.07, y + .12], [.05, y + .18]], 5), { seg: N, deg: 20 }), mt);
  for (let k = 0; k < 4; k++) s.add(ball(.08 - k * .016, .05, .08 - k * .016, 20).at(0, y + .16 + k * .075, 0), gold); s.add(rod([0, y + .1, 0], [0, y + .52, 0], .016), gold); s.add(ball(.035, .05, .035, 14).at(0, y + .53, 0), gold);
  s.turn = .26; for (const p of s.parts) p.mesh.size(1, .93, 1);
};

O['isle-light'] = s => {
  const bands = paint(256, 512, (g, w, h) => { for (let k = 0; k < 5; k++) { g.fillStyle = k % 2 ? '#f7f2e6' : '#cb3a2b'; g.fillRect(0, k * h / 5, w, h / 5 + 1); } for (const [x, y] of [[.5, .3], [.5, .68], [.2, .5], [.8, .5]]) { g.fillStyle = '#3a2c26'; g.fillRect(w * x - 7, h * y - 13, 14, 26); g.fillStyle = '#ffd98a'; g.fillRect(w * x - 4, h * y - 10, 8, 20); } });
  const rockMap = paint(128, 128, g => { g.fillStyle = '#6f6f70'; g.fillRect(0, 0, 128, 128); speckle(g, 128, 128, '#8a8984', 300, 4, 3); speckle(g, 128, 128, '#54565a', 300, 4, 6); });
  s.add(lathe([[0, 0], [1.16, 0], [1.2, .03], [1.14, .07], [0, .08]], { seg: 72 }), { color: '#4f8ea6', rough: .12, coat: 1, grain: .05 });
  const rk = (x, y, z, a, b, c, seed) => s.add(bumpy(ball(a, b, c, 30), .07, 6, seed).at(x, y, z).bend((p, q, r) => [p, Math.max(q, .03), r]).smooth(35), matte('', rockMap));
  rk(0, .12, 0, .78, .34, .62, 2); rk(-.62, .1, .3, .34, .24, .3, 5); rk(.6, .1, .26, .36, .22, .3, 8); rk(.2, .1, .6, .26, .16, .2, 3);
  s.add(lathe([[.44, .36], [.4, .6], [.33, 1.1], [.27, 1.62], [.26, 1.7]], { seg: 64 }), { ...satin('', bands), rough: .55 });
  const dark = { ...satin('#26343f'), coat: .4 };
  s.add(cyl(.3, .4, .07, .01).at(0, 1.68, 0), dark); s.add(cyl(.4, .4, .05, .015).at(0, 1.74, 0), dark);
  for (let k = 0; k < 14; k++) { const a = k / 14 * TAU; s.add(rod([.38 * Math.sin(a), 1.78, .38 * Math.cos(a)], [.38 * Math.sin(a), 1.96, .38 * Math.cos(a)], .011), dark); } s.add(ring(.38, .015, { seg: 48, sec: 8 }).at(0, 1.96, 0), dark);
  s.node('lamp', [0, 2.0, 0], spin([0, 1, 0], 9));
  s.add(ball(.12, .16, .12, 24).at(0, 2.0, 0), glowing('#fff2c4', 2), 'lamp');
  for (const k of [-1, 1]) { const m = grid((u, v) => { const a = u * TAU, r = .07 + .17 * v; return [k * (.1 + 1.12 * v), 2.0 + r * Math.cos(a), r * Math.sin(a)]; }, 24, 10).ry(-.35); s.add(m, { color: '#ffe9ae', alpha: .2, rough: 1, emit: '#ffe29a', power: .6, grain: 0, noShadow: true }, 'lamp'); }
  s.add(lathe([[.22, 1.79], [.22, 2.2]], { seg: 10, deg: 10 }), { color: '#fff3cf', alpha: .26, rough: .06, coat: 1, emit: '#ffdf98', power: .4, grain: 0, noShadow: true }); for (let k = 0; k < 10; k++) { const a = (k + .5) / 10 * TAU - Math.PI / 10; s.add(rod([.22 * Math.sin(a), 1.79, .22 * Math.cos(a)], [.22 * Math.sin(a), 2.2, .22 * Math.cos(a)], .012), dark); }
  s.add(lathe(curve([[.29, 2.18], [.3, 2.2], [.22, 2.32], [.1, 2.42], [.03, 2.46], [0, 2.46]], 5), { seg: 48 }), { ...satin('#cb3a2b'), coat: .5 }); s.add(rod([0, 2.44, 0], [0, 2.6, 0], .014), brass()); s.add(ball(.03).at(0, 2.6, 0), brass());
  s.glow([0, 2.0, .2], .8, '#ffe2a0', .5);
};
