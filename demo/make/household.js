// What stands in a house: for tea, for reading, for listening, for sitting.
import { ball, blob, box, curve, cyl, dBox, dCone, dEll, dice, dotAt, grid, join, lathe, paint, ring, rod, skin, slab, smax, smin, speckle, tube } from './shapes.js';
import { black, brass, bronze, cloth, drift, glass, glaze, glowing, lift, matte, satin, spin, steel, swing, vinyl, wood } from './kit.js';

export const OBJECTS = {};
const O = OBJECTS, TAU = 2 * Math.PI;
const mirror = (m) => m.copy().map((x, y, z) => [-x, y, z]);

O['bow-lamp'] = s => {
  const green = { ...satin('#2f5548'), coat: .5 }, gold = brass();
  s.add(lathe([[0, 0], [.56, 0], [.6, .03], [.6, .07], [.5, .12], [.12, .16], [0, .16]]).at(-.35, 0, 0), green);
  const a = [-.35, .14, 0], b = [-.82, 1.12, 0], c = [.12, 2.0, 0];
  for (const z of [-.06, .06]) { s.add(rod([a[0], a[1], z], [b[0], b[1], z], .028), gold); s.add(rod([b[0], b[1], z], [c[0], c[1], z], .028), gold); }
  for (const q of [b, c]) s.add(cyl(.1, .1, .24, .02).rx(Math.PI / 2).at(q[0], q[1], -.12), green);
  s.add(tube(Array.from({ length: 60 }, (_, k) => { const t = k / 59, w = t * 50; return [b[0] + .07 + .36 * t + .03 * Math.cos(w), b[1] + .04 + .335 * t + .03 * Math.sin(w), .0 + .03 * Math.sin(w)]; }), .011, { seg: 6 }), steel());
  const shade = lathe([[.13, .0], [.14, -.06], [.2, -.12], [.36, -.3], [.62, -.56], [.64, -.6], [.61, -.59], [.34, -.28], [.17, -.13], [0, -.1]], { seg: 64 });
  s.add(shade.copy().rz(.42).at(.36, 2.02, 0), green);
  s.add(lathe([[0, .12], [.1, .11], [.13, .06], [.13, 0], [0, 0]].reverse()).rz(.42).at(.36, 2.02, 0), gold);
  s.add(rod([.12, 2, 0], [.4, 2.02, 0], .04), gold);
  const bx = .36 + .42 * Math.sin(.42), by = 2.02 - .42 * Math.cos(.42);
  s.add(ball(.2, .2, .2, 24).at(bx, by, 0), glowing('#fff0c8', 2)); s.glow([bx + .1, by - .25, 0], .95, '#ffdc94', .5);
  s.point = { at: [bx + .1, by - .3, 0], color: '#ffd58a', power: .35 }; s.turn = -.25;
};

O['hill-mist'] = s => {
  const p = curve([[0, .02], [.36, 0], [.42, .05], [.44, .2], [.56, .62], [.78, 1.12], [.84, 1.42], [.74, 1.68], [.44, 1.84], [.25, 1.92], [.22, 2.02], [.3, 2.14]], 6);
  p.push([.29, 2.17], [.25, 2.15], [.18, 2.02], [.18, 1.9], [.05, 1.8]);
  const map = paint(1024, 1024, (g, w, h) => {
    g.fillStyle = '#f4f1ea'; g.fillRect(0, 0, w, h);
    const y = v => v * h, d = dice(5);
    const line = (v, t) => { g.fillStyle = '#24488a'; g.fillRect(0, y(v), w, t); };
    for (const [v, t] of [[.215, 5], [.235, 12], [.40, 5], [.80, 5], [.82, 14]]) line(v, t);
    for (const [base, amp, color, seed, step] of [[.6, .1, '#8ea9d4', 2, 3], [.67, .1, '#4f74b4', 5, 4], [.74, .08, '#24488a', 9, 5]]) {
      const q = g.createLinearGradient(0, y(base - amp), 0, y(base + .1)); q.addColorStop(0, color); q.addColorStop(1, '#f4f1ea00'); g.fillStyle = q;
      g.beginPath(); g.moveTo(0, y(.8)); for (let x = 0; x <= w; x += 4) { const t = x / w * TAU; g.lineTo(x, y(base - amp * (.5 + .35 * Math.sin(step * t + seed) + .25 * Math.sin((step + 4) * t + seed * 3) + .1 * Math.sin((step * 4 + 3) * t)))); } g.lineTo(w, y(.8)); g.fill();
    }
    g.strokeStyle = '#24488a'; g.lineWidth = 4; g.lineCap = 'round'; for (const [x, v, k] of [[560, .47, 1], [600, .455, .8], [640, .48, .7], [120, .46, 1]]) { g.beginPath(); g.moveTo(x - 17 * k, y(v) - 8 * k); g.quadraticCurveTo(x - 6 * k, y(v) - 10 * k, x, y(v)); g.quadraticCurveTo(x + 6 * k, y(v) - 10 * k, x + 17 * k, y(v) - 8 * k); g.stroke(); }
    for (let k = 0; k < 32; k++) { g.save(); g.translate(k / 32 * w + 16, y(.30)); g.fillStyle = '#2f5798'; dotAt(g, 0, 0, 8, 26); g.fillStyle = '#9db4da'; dotAt(g, 0, -3, 4, 14); g.restore(); }
  });
  s.add(lathe(p, { seg: 80 }), { ...glaze('', map), rough: .3 });
};

O['quiet-pot'] = s => {
  const clay = paint(256, 256, g => { g.fillStyle = '#8a5339'; g.fillRect(0, 0, 256, 256); speckle(g, 256, 256, '#a46a48', 500, 1.1, 4); speckle(g, 256, 256, '#6f3f2a', 500, 1.1, 6); });
  const mat = { map: clay, rough: .5, coat: .35, grain: .05 };
  s.add(lathe(curve([[0, .02], [.44, 0], [.5, .03], [.5, .1], [.62, .2], [.86, .5], [.94, .78], [.84, 1.08], [.6, 1.26], [.46, 1.3]], 5), { seg: 64 }), mat);
  s.add(tube(curve([[.78, .62, 0], [1.08, .82, 0], [1.25, 1.1, 0], [1.42, 1.3, 0]], 7), t => .21 - .12 * Math.pow(t, .7), { seg: 20 }), mat);
  s.add(ring(.075, .022, { seg: 24, sec: 8 }).rz(-.7).at(1.44, 1.325, 0), mat);
  s.add(tube(curve([[-.72, 1.12, 0], [-1.05, 1.3, 0], [-1.34, 1.14, 0], [-1.34, .78, 0], [-1.1, .5, 0], [-.8, .42, 0]], 7), t => .085 - .02 * Math.sin(t * Math.PI), { seg: 18 }), mat);
  s.node('lid', [0, 1.3, 0], lift([0, .16, 0], 6));
  s.add(lathe(curve([[0, 1.28], [.5, 1.28], [.53, 1.31], [.52, 1.35], [.36, 1.45], [.14, 1.51], [.075, 1.55], [.08, 1.6], [.13, 1.66], [.12, 1.74], [.06, 1.79], [0, 1.8]], 4), { seg: 56 }), mat, 'lid');
  s.turn = -.3;
};

O['second-cup'] = s => {
  const white = { ...glaze('#f6f3ec'), rough: .3 }, green = glaze('#9fbfae');
  s.add(lathe([[0, .03], [.5, .03], [.54, 0], [.58, .03], [1.0, .17], [1.16, .25], [1.18, .28], [1.15, .29], [.9, .2], [.5, .1], [0, .1]], { seg: 80 }), green);
  s.add(lathe(curve([[0, .12], [.36, .1], [.42, .12], [.44, .2], [.6, .42], [.78, .82], [.84, 1.28], [.86, 1.33], [.83, 1.36], [.79, 1.3], [.74, .95]], 6), { seg: 80 }), white);
  s.add(ring(.835, .022, { seg: 80, sec: 10 }).at(0, 1.34, 0), brass());
  s.add(cyl(.79, .79, .02, .005, 64).at(0, 1.19, 0), { color: '#b5622a', rough: .08, coat: 1, grain: 0 });
  s.add(tube(curve([[.78, 1.12, 0], [1.08, 1.18, 0], [1.26, .95, 0], [1.14, .68, 0], [.7, .52, 0]], 7), t => [.075, .06], { seg: 16 }), white);
  for (const [r, y] of [[.80, 1.0], [.765, .86]]) s.add(ring(r, .016, { seg: 80, sec: 8 }).at(0, y, 0), green);
  s.turn = -.42;
};

O['night-reader'] = s => {
  const shell = paint(256, 256, g => { g.fillStyle = '#3b2417'; g.fillRect(0, 0, 256, 256); const d = dice(8); g.filter = 'blur(3px)'; for (let k = 0; k < 90; k++) { g.fillStyle = k % 3 ? '#a9692c' : '#d69b4c'; dotAt(g, d() * 256, d() * 256, 5 + d() * 18, 4 + d() * 10, d() * 3); } });
  const frame = { map: shell, rough: .3, coat: .9, grain: 0 }, cy = .615;
  for (const k of [-1, 1]) {
    const c = [k * .64, cy, 0];
    s.add(tube(Array.from({ length: 64 }, (_, j) => { const a = j / 64 * TAU; return [c[0] + .52 * Math.cos(a), c[1] + .52 * Math.sin(a), -.05 * Math.abs(Math.cos(a)) * (k * Math.cos(a) > 0 ? 1 : 0)]; }), () => [.07, .105], { closed: true, seg: 14, up: [0, 0, 1] }), frame);
    s.add(cyl(.5, .5, .03, .01, 48).rx(Math.PI / 2).at(c[0], c[1], -.03), { color: '#d08a36', alpha: .66, rough: .08, coat: 1, grain: 0 });
    s.add(tube(curve([[k * 1.16, cy + .16, -.03], [k * 1.22, cy + .18, -.2], [k * 1.2, cy + .17, -.9], [k * 1.16, cy + .12, -1.35], [k * 1.12, cy - .14, -1.62]], 6), t => [.05, .035 + .03 * t], { seg: 12 }), frame);
    s.add(ball(.075, .09, .06, 16).at(k * 1.15, cy + .16, .02), brass());
  }
  s.add(tube(curve([[-.16, cy + .12, .02], [-.06, cy + .2, .05], [.06, cy + .2, .05], [.16, cy + .12, .02]], 5), .06), frame);
  s.turn = -.42;
};

O['warm-dial'] = s => {
  const walnut = wood('#8a5230', '#43230f', 6);
  s.add(box(2.2, 1.36, .8, .16, 5).at(0, .8, 0), walnut);
  for (const x of [-.8, .8]) for (const z of [-.25, .25]) s.add(cyl(.06, .09, .14, .01).at(x, 0, z), black());
  const front = paint(1024, 600, (g, w, h) => {
    g.fillStyle = '#efe3c8'; g.fillRect(0, 0, w, h);
    g.fillStyle = '#d8c8a6'; for (let x = 0; x < 590; x += 13) g.fillRect(20 + x, 20, 6, h - 40);
    g.fillStyle = '#2b2420'; g.fillRect(630, 0, w, h);
    g.fillStyle = '#f7dfa4'; g.beginPath(); g.arc(827, 236, 172, 0, 7); g.fill(); g.fillStyle = '#2b2420'; g.beginPath(); g.arc(827, 236, 58, 0, 7); g.fill();
    g.strokeStyle = '#4a3a28'; g.lineWidth = 5; for (let k = 0; k <= 20; k++) { const a = Math.PI * (.75 + 1.5 * k / 20), r = k % 5 ? 148 : 130; g.beginPath(); g.moveTo(827 + r * Math.cos(a), 236 + r * Math.sin(a)); g.lineTo(827 + 164 * Math.cos(a), 236 + 164 * Math.sin(a)); g.stroke(); }
    g.strokeStyle = '#c2321f'; g.lineWidth = 10; g.beginPath(); g.moveTo(827, 236); g.lineTo(827 + 100, 236 - 122); g.stroke();
  });
  s.add(box(1.96, 1.12, .06, .06).at(0, .8, .39), { map: front, rough: .7, grain: .05 });
  const gold = brass();
  s.add(cyl(.16, .14, .12, .02).rx(Math.PI / 2).at(.604, .92, .41), gold);
  for (const x of [.40, .80]) s.add(cyl(.115, .1, .12, .02).rx(Math.PI / 2).at(x, .4, .41), gold);
  s.add(tube(curve([[-.8, 1.46, 0], [-.7, 1.78, 0], [.7, 1.78, 0], [.8, 1.46, 0]], 8), .05), { ...satin('#3a2417'), coat: .3 });
  s.add(rod([.85, 1.46, -.25], [1.2, 2.3, -.3], .022, .014), steel()); s.add(ball(.035).at(1.205, 2.31, -.3), steel());
  s.turn = -.32;
};

O['hush'] = s => {
  const cream = { ...satin('#efe6d6'), coat: .4 }, brown = satin('#7a4a30');
  const R = .84, cy = 1.2, arc = (r, a0, a1) => Array.from({ length: 41 }, (_, k) => { const a = a0 + (a1 - a0) * k / 40; return [r * Math.cos(a), cy + r * 1.02 * Math.sin(a), 0]; });
  s.add(tube(arc(R, -.12, Math.PI + .12), t => [.17, .05], { up: [0, 0, 1], seg: 18 }).bend((x, y, z) => [x, y, z]).smooth(), cream);
  s.add(tube(arc(R - .06, .5, Math.PI - .5), t => [.19, .075], { up: [0, 0, 1], seg: 18 }), brown);
  for (const k of [-1, 1]) {
    const cup = (m, x) => m.rz(-k * Math.PI / 2).rz(k * .08).at(k * x, .6, 0);
    s.add(cup(lathe(curve([[0, .0], [.36, .0], [.46, .05], [.48, .14], [.44, .2], [.2, .23], [0, .235]], 4), { seg: 56 }).size(1, 1, 1.12), .84), cream);
    s.add(cup(ring(.33, .15, { seg: 56, sec: 16 }).size(1, 1, 1.12), .76), brown);
    s.add(cup(cyl(.2, .19, .03, .01).at(0, .225, 0), .84), steel());
    s.add(rod([k * .86, 1.16, 0], [k * .93, .82, 0], .045), steel());
  }
  s.turn = -.62; for (const p of s.parts) p.mesh.at(0, -.065, 0);
};

O['one-a-day'] = s => {
  const leather = paint(256, 256, g => { g.fillStyle = '#2a2725'; g.fillRect(0, 0, 256, 256); speckle(g, 256, 256, '#3a3633', 1500, 2, 3); speckle(g, 256, 256, '#1b1918', 1500, 1.6, 5); });
  const silver = { ...steel(), color: '#d6d5d2', rough: .34 };
  s.add(box(2.2, .78, .56, .12, 4).at(0, .62, 0), { map: leather, rough: .75, grain: .1 });
  s.add(box(2.22, .26, .58, .09, 4).at(0, .16, 0), silver); s.add(box(2.22, .3, .58, .1, 4).at(0, 1.14, 0), silver); s.add(box(.86, .2, .5, .06, 4).at(0, 1.34, 0), silver);
  const z = m => m.rx(Math.PI / 2);
  s.add(z(lathe([[0, 0], [.6, 0], [.6, .12], [.56, .14], [.54, .2], [.56, .22], [.56, .46], [.52, .5], [.5, .52], [.44, .52], [.42, .46], [.36, .4], [0, .38]], { seg: 72 })).at(0, .66, .26), silver);
  s.add(z(lathe([[.57, .24], [.585, .26], [.585, .42], [.57, .44]], { seg: 96, wave: a => .008 * Math.sign(Math.sin(a * 48)) })).at(0, .66, .26), black());
  s.add(z(cyl(.505, .44, .02, .005, 64)).at(0, .66, .77), black());
  s.add(ball(.38, .38, .12, 40).at(0, .66, .66), { color: '#1a2436', rough: .06, coat: 1, grain: 0 }); s.add(ball(.2, .2, .06, 30).at(0, .66, .74), { color: '#3b2f63', rough: .05, coat: 1, grain: 0 });
  s.add(box(.34, .2, .04, .02).at(-.68, 1.16, .29), { color: '#141a22', rough: .05, coat: 1 }); s.add(box(.2, .14, .04, .02).at(.32, 1.33, .25), { color: '#e7d9b0', rough: .1, coat: 1 }); s.add(box(.26, .17, .04, .02).at(.72, 1.16, .29), { color: '#141a22', rough: .05, coat: 1 });
  s.add(cyl(.18, .18, .12, .02).at(.72, 1.28, 0), silver); s.add(cyl(.1, .09, .1, .02).at(.98, 1.28, .02), { ...satin('#b23a2b'), coat: .6 }); s.add(cyl(.2, .2, .1, .02).at(-.8, 1.28, 0), silver);
  for (const k of [-1, 1]) s.add(ring(.07, .016, { seg: 24, sec: 8, axis: 'z' }).at(k * 1.14, 1.1, 0), steel());
  s.turn = -.36;
};

O['puddle-jumper'] = s => {
  // seen from the side, toe to the right; sole and upper share one footprint
  const mid = x => .02 * Math.sin(x * 2), wide = x => .30 + .085 * Math.sin((x + .2) * 1.7) ;
  const foot = (x, z, w) => { const c = Math.max(-.82, Math.min(.82, x)), r = wide(c) * w; return Math.hypot((x - c) * .92, z - mid(x)) - r; };
  const spring = x => .1 * Math.pow(Math.max(0, (x - .45) / .75), 2) + .03 * Math.pow(Math.max(0, (-x - .7) / .5), 2);
  const upper = (x, y, z) => {
    y -= spring(x) * .6;
    const ridge = .52 + .56 / (1 + Math.exp((x + .12) * 5.2)) - .1 * Math.max(0, x - .6);
    let b = smax(foot(x, z * (1 + .30 * Math.max(0, y - .35)), .98) * .9, y - ridge + .9 * z * z, .2);
    b = smax(b, .14 - y, .03);
    b = smin(b, dCone([x, y, z], [-.26, .98, 0], [-.02, .76, 0], .15, .17), .1);
    b = smin(b, dEll(x + 1.02, y - 1.04, z, .1, .13, .12), .1);
    return smax(b, -dEll(x + .66, y - 1.2, z, .34, .46, .235), .05);
  };
  const sole = (x, y, z) => { const top = .25 + .05 * Math.max(0, x - .5) + .06 * Math.max(0, -x - .6), q = y - spring(x); return smax(foot(x, z, 1.13), Math.abs(q - top / 2) - top / 2, .06) * .9; };
  const L = [-1.4, -.05, -.62], H = [1.4, 1.45, .62], white = paint(1024, 256, (g, w, h) => { g.fillStyle = '#f7f3ea'; g.fillRect(0, 0, w, h); });
  s.add(blob(upper, L, H, .042), { ...cloth('', skin(L, H, '#2b9489', (g, back) => {
    g.fillStyle = '#227a71'; g.beginPath(); g.ellipse(.98, .2, .52, .34, 0, 0, 7); g.fill();
    g.fillStyle = '#f7f3ea'; g.beginPath(); g.moveTo(-.62, .34); g.quadraticCurveTo(-.02, .36, .3, .74); g.quadraticCurveTo(.0, .55, -.3, .56); g.quadraticCurveTo(-.5, .55, -.62, .34); g.fill();
    g.fillStyle = '#f2a03c'; g.beginPath(); g.moveTo(-1.3, .2); g.lineTo(-.86, .2); g.quadraticCurveTo(-.84, .6, -.98, .86); g.lineTo(-1.3, .86); g.fill();
    g.strokeStyle = '#ffffffaa'; g.lineWidth = .014; g.setLineDash([.03, .03]); g.beginPath(); g.ellipse(.98, .2, .55, .37, 0, 1.7, 4.3); g.stroke(); g.setLineDash([]);
  }, 512)), rough: .85 });
  s.add(blob(sole, [-1.4, -.06, -.62], [1.4, .5, .62], .042), satin('', skin([-1.4, -.06, -.62], [1.4, .5, .62], '#f7f3ea', g => { g.fillStyle = '#f2a03c'; g.beginPath(); for (let x = -1.4; x <= 1.4; x += .05) g.lineTo(x, .075 + spring(x)); g.lineTo(1.4, -.1); g.lineTo(-1.4, -.1); g.fill(); g.strokeStyle = '#dcd3c2'; g.lineWidth = .014; g.beginPath(); for (let x = -1.4; x <= 1.4; x += .05) g.lineTo(x, .18 + spring(x)); g.stroke(); }, 512)));
  const lace = cloth('#f2a03c');
  for (let k = 0; k < 4; k++) { const x = -.06 + k * .15, y = .895 - k * .105, w = .17 + k * .012; s.add(tube(curve([[x - .04, y - .1, w + .05], [x + .02, y + .03, w * .6], [x + .045, y + .06, 0], [x + .02, y + .03, -w * .6], [x - .04, y - .1, -w - .05]], 5), .03, { seg: 8 }), lace); }
  for (const k of [-1, 1]) s.add(tube(curve([[-.1, 1.0, .02], [-.04, 1.15, k * .12], [.04, 1.1, k * .26], [.02, .96, k * .2], [-.08, .99, .02]], 6), .026, { seg: 8 }), lace);
  s.turn = -.45;
};

O['half-breeze'] = s => {
  const R0 = .62, R1 = 1.62, cy = .3, n = 22, A0 = Math.PI * .06, A1 = Math.PI * .94, bamboo = wood('#b98a4e', '#6b451f', 4);
  const map = paint(1024, 512, (g, w, h) => {
    g.fillStyle = '#f3ead6'; g.fillRect(0, 0, w, h);
    for (const [base, amp, c, st, sd] of [[.52, .26, '#9cc4b4', 2, 1], [.66, .3, '#4f9a88', 3, 4], [.82, .28, '#1f6a78', 4, 2]]) { const q = g.createLinearGradient(0, h * (base - amp), 0, h * (base + .25)); q.addColorStop(0, c); q.addColorStop(1, '#f3ead6'); g.fillStyle = q; g.beginPath(); g.moveTo(0, h); for (let x = 0; x <= w; x += 6) { const t = x / w * TAU; g.lineTo(x, h * (base - amp * (.45 + .4 * Math.sin(st * t * .7 + sd) + .25 * Math.sin((st + 3) * t * .7 + sd * 2)))); } g.lineTo(w, h); g.fill(); }
    g.fillStyle = '#cf4b32'; dotAt(g, w * .73, h * .2, 46, 46);
    g.strokeStyle = '#3a3a38'; g.lineWidth = 5; g.lineCap = 'round'; for (const [x, y, k] of [[300, 110, 1], [370, 80, .8], [430, 125, .7]]) { g.beginPath(); g.moveTo(x - 22 * k, y - 8); g.quadraticCurveTo(x - 8, y - 12, x, y); g.quadraticCurveTo(x + 8, y - 12, x + 22 * k, y - 8); g.stroke(); }
    g.fillStyle = '#c9a050'; g.fillRect(0, 0, w, 12);
  });
  const paper = grid((u, v) => { const a = A1 + (A0 - A1) * u, r = R0 + (R1 - R0) * v, z = (Math.round(u * n * 2) % 2 ? .028 : -.02) * (r / R1); return [r * Math.cos(a), cy + r * Math.sin(a), z]; }, n * 2, 4, 10);
  s.add(paper, { ...matte('', map), grain: .04 });
  for (let k = 0; k <= n; k++) { const a = A0 + (A1 - A0) * k / n, edge = k === 0 || k === n; s.add(slab([[0, -.03], [R0 + (edge ? 1 : .1), -.04], [R0 + (edge ? 1 : .1), .04], [0, .03]].map(q => [q[0], q[1] * (edge ? 1.7 : .8)]), edge ? .05 : .02, .006).rz(a).at(0, cy, -.045 + (edge ? .02 : 0)), bamboo); }
  s.add(cyl(.08, .08, .16, .02).rx(Math.PI / 2).at(0, cy, -.1), brass());
  const dark = wood('#4a2c1e', '#24130b'); s.add(box(1.3, .09, .46, .03).at(0, .05, 0), dark); for (const k of [-1, 1]) s.add(slab(curve([[0, 0], [.16, 0], [.2, .3], [.3, .52], [.2, .5], [.06, .3]], 4, true), .08, .02).size(k, 1, 1).at(k * .2, .08, .06), dark);
  s.add(box(.3, .16, .22, .03).at(0, .15, -.02), dark);
};

O['hall-drum'] = s => {
  const red = { ...satin('', paint(256, 64, g => { g.fillStyle = '#b92a20'; g.fillRect(0, 0, 256, 64); g.globalAlpha = .2; g.strokeStyle = '#7a1510'; for (let k = 0; k < 24; k++) { g.lineWidth = 1 + k % 3; g.beginPath(); g.moveTo(k * 10.7, 0); g.lineTo(k * 10.7, 64); g.stroke(); } })), coat: .7, rough: .35 };
  const cy = 1.28, tilt = m => m.rx(Math.PI / 2).at(0, cy, 0);
  s.add(tilt(lathe(curve([[.78, -.56], [.9, -.3], [.95, 0], [.9, .3], [.78, .56]], 6), { seg: 80 })), red);
  const hide = paint(512, 512, g => { const q = g.createRadialGradient(256, 256, 20, 256, 256, 256); q.addColorStop(0, '#fbf0d8'); q.addColorStop(.8, '#ecd9b4'); q.addColorStop(1, '#d6bb8c'); g.fillStyle = q; g.fillRect(0, 0, 512, 512); });
  for (const k of [-1, 1]) {
    s.add(ball(.79, .79, .05, 56).at(0, cy, k * .56), { map: hide, rough: .8, grain: .05 });
    for (let j = 0; j < 30; j++) { const a = j / 30 * TAU; s.add(ball(.036, .036, .03, 10).at(.845 * Math.cos(a), cy + .845 * Math.sin(a), k * .47), brass()); }
  }
  // the triple-comma mark
  for (let j = 0; j < 3; j++) { const a = j / 3 * TAU + .4; const pts = []; for (let t = 0; t <= 12; t++) { const w = t / 12 * Math.PI; pts.push([.19 * Math.cos(w), .19 * Math.sin(w)]); } for (let t = 1; t <= 10; t++) { const w = t / 10; pts.push([-.19 + .14 * w + .06 * Math.sin(w * 3), -.27 * w]); } for (let t = 9; t >= 1; t--) { const w = t / 10; pts.push([.0 - .0 * w + .06 * w - .02, -.22 * w]); } s.add(slab(pts, .012, .004).size(.95).rz(a).at(.23 * Math.cos(a), cy + .23 * Math.sin(a), .612), satin('#1f1a18')); }
  const legs = wood('#5a3320', '#2d170c');
  for (const z of [-.42, .42]) { for (const k of [-1, 1]) s.add(tube(curve([[k * .95, .04, z], [k * .84, .5, z], [k * .98, .98, z], [k * 1.06, 1.3, z]], 6), .065), legs); s.add(rod([-.86, .42, z], [.86, .42, z], .05), legs); }
  for (const k of [-1, 1]) s.add(rod([k * .88, .3, -.42], [k * .88, .3, .42], .05), legs);
  for (const k of [0, 1]) { s.add(rod([-.2 + k * .55, .5, .62], [.35 + k * .55, .1, .95], .03), legs); }
  s.turn = -.5;
};

O['eave-bell'] = s => {
  const dark = wood('#6a3a24', '#33190d');
  for (const k of [-1, 1]) { s.add(box(.14, 2.2, .14, .03).at(k * 1.0, 1.14, 0), dark); s.add(box(.2, .1, .9, .03).at(k * 1.0, .05, 0), dark); for (const z of [-1, 1]) s.add(rod([k * 1.0, .5, 0], [k * 1.0, .1, z * .36], .04), dark); }
  s.add(box(2.5, .16, .18, .04).at(0, 2.2, 0), dark); s.add(box(2.0, .1, .1, .03).at(0, .3, 0), dark);
  for (const k of [-1, 1]) s.add(ball(.1, .1, .1, 20).at(k * 1.25, 2.26, 0), dark);
  s.node('bell', [0, 2.12, 0], swing([1, 0, 0], .1, 3));
  const map = paint(512, 256, (g, w, h) => { g.fillStyle = '#8d7a4c'; g.fillRect(0, 0, w, h); speckle(g, w, h, '#5d8a78', 500, 7, 3); speckle(g, w, h, '#a58c55', 600, 4, 5); g.fillStyle = '#4a4028'; for (const y of [.2, .23, .5, .8, .83]) g.fillRect(0, h * y, w, 3); });
  const mat = { map, metal: .75, rough: .45, grain: .12 };
  s.add(lathe(curve([[.0, .62], [.58, .6], [.66, .56], [.68, .6], [.62, .78], [.56, 1.2], [.52, 1.6], [.42, 1.78], [.2, 1.86], [0, 1.87]], 6), { seg: 72 }), mat, 'bell');
  for (let r = 0; r < 3; r++) for (let j = 0; j < 16; j++) { const a = (j + .5) / 16 * TAU, R = .535 - r * .014, y = 1.34 + r * .12; s.add(ball(.036, .036, .045, 10).at(0, y, R).ry(a), bronze(), 'bell'); }
  for (const y of [.74, 1.22]) s.add(ring(y < 1 ? .645 : .567, .022, { seg: 64, sec: 8 }).at(0, y, 0), bronze(), 'bell');
  s.add(ring(.13, .04, { seg: 30, sec: 10, axis: 'z' }).at(0, 1.96, 0), bronze(), 'bell'); s.add(rod([0, 2.04, 0], [0, 2.15, 0], .03), steel(), 'bell');
  s.turn = -.3;
};

O['read-so-far'] = s => {
  const tilt = m => m.rx(-.95).at(0, .62, .1);
  const page = side => paint(512, 640, (g, w, h) => {
    g.fillStyle = '#f8f1df'; g.fillRect(0, 0, w, h); const q = g.createLinearGradient(side > 0 ? 0 : w, 0, side > 0 ? w * .35 : w * .65, 0); q.addColorStop(0, '#cdbd9a'); q.addColorStop(1, '#cdbd9a00'); g.fillStyle = q; g.fillRect(0, 0, w, h);
    g.fillStyle = '#7a6f5f'; const d = dice(side > 0 ? 3 : 5);
    if (side > 0) { for (let k = 0; k < 17; k++) g.fillRect(70, 70 + k * 30, (k % 6 === 5 ? 180 : 372) - d() * 18, 9); }
    else { g.fillStyle = '#a9c3b4'; g.fillRect(66, 70, 380, 250); g.fillStyle = '#5f8f86'; g.beginPath(); g.moveTo(66, 320); g.lineTo(190, 150); g.lineTo(260, 240); g.lineTo(340, 130); g.lineTo(446, 320); g.fill(); g.fillStyle = '#d8693f'; dotAt(g, 380, 125, 28, 28); g.fillStyle = '#7a6f5f'; for (let k = 0; k < 8; k++) g.fillRect(66, 360 + k * 30, (k === 7 ? 200 : 378) - d() * 16, 9); }
  });
  const W = 1.06, H = 1.5, arch = x => .24 * Math.pow(Math.sin(Math.PI * Math.pow(x, .62)), .9) + .05;
  for (const k of [-1, 1]) {
    const map = page(k), top = grid((u, v) => { const x = k > 0 ? u : 1 - u; return [k * x * W, (v - .5) * H, arch(x)]; }, 28, 4);
    s.add(tilt(top), { ...matte('', map), grain: .03 });
    const edge = paint(64, 64, g => { g.fillStyle = '#efe4ca'; g.fillRect(0, 0, 64, 64); g.fillStyle = '#cbb993'; for (let y = 0; y < 64; y += 5) g.fillRect(0, y, 64, 1.6); });
    const em = matte('', edge);
    for (const e of [-1, 1]) s.add(tilt(grid((u, v) => [k * u * W, e * H / 2, v * arch(u)], 24, 1)), em);
    s.add(tilt(grid((u, v) => [k * W, (u - .5) * H, v * arch(1)], 1, 1)), em);
    s.add(tilt(box(W + .08, H + .14, .05, .02).at(k * (W + .08) / 2, 0, -.025)), { ...cloth('#7e2a26'), rough: .8 });
  }
  s.add(tilt(tube(curve([[.02, .75, .08], [.02, .3, .1], [.06, -.3, .1], [.05, -.76, .12], [.08, -1.0, .03], [.04, -1.12, -.05]], 6), t => [.05, .008], { up: [0, 0, 1], seg: 8 })), satin('#c8372a'));
  const st = wood('#5a3a26', '#2e1c10'); s.add(box(1.7, .08, .5, .03).at(0, .06, .52), st); s.add(box(1.7, .14, .1, .03).at(0, .13, .74), st); for (const x of [-.5, .5]) s.add(rod([x, .06, -.55], [x, .8, -.18], .05), st);
};

O['old-pine'] = s => {
  s.add(box(1.9, .26, .9, .06, 4).at(0, .23, 0), { ...satin('#7a4632'), rough: .6 }); s.add(box(2.02, .07, 1.02, .03).at(0, .35, 0), satin('#86503a')); for (const x of [-.7, .7]) for (const z of [-.3, .3]) s.add(box(.2, .1, .16, .03).at(x, .05, z), satin('#6a3a29'));
  const moss = paint(128, 128, g => { g.fillStyle = '#5d7340'; g.fillRect(0, 0, 128, 128); speckle(g, 128, 128, '#7d9150', 300, 3, 3); speckle(g, 128, 128, '#42582e', 300, 3, 6); });
  s.add(ball(.86, .09, .38, 40).at(0, .37, 0), cloth('', moss));
  const bark = paint(128, 256, (g, w, h) => { g.fillStyle = '#6f4e38'; g.fillRect(0, 0, w, h); const d = dice(4); for (let k = 0; k < 220; k++) { g.fillStyle = k % 2 ? '#4c3324' : '#8d6a4c'; g.fillRect(d() * w, d() * h, 3 + d() * 10, 2 + d() * 5); } });
  const trunk = curve([[-.32, .36, 0], [-.42, .62, .05], [-.12, .9, .08], [.22, 1.12, 0], [.16, 1.42, -.08], [-.1, 1.66, -.05], [-.08, 1.95, 0]], 7), mb = { map: bark, rough: .95, grain: .25 };
  s.add(tube(trunk, t => .16 * (1 - t * .72) + .07 * Math.pow(1 - t, 6), { seg: 14 }), mb);
  s.add(tube(curve([[.2, 1.1, 0], [.55, 1.16, .05], [.85, 1.24, .1]], 5), t => .07 - .03 * t), mb); s.add(tube(curve([[-.02, 1.58, -.05], [-.4, 1.52, .05], [-.75, 1.56, .1]], 5), t => .06 - .03 * t), mb);
  s.add(tube(curve([[.1, 1.45, -.05], [.4, 1.66, -.1], [.6, 1.72, -.1]], 5), t => .05 - .02 * t), mb);
  const leaf = paint(256, 128, (g, w, h) => { const q = g.createLinearGradient(0, 0, 0, h); q.addColorStop(0, '#5d8f55'); q.addColorStop(.6, '#3b6b41'); q.addColorStop(1, '#254a30'); g.fillStyle = q; g.fillRect(0, 0, w, h); const d = dice(2); for (let k = 0; k < 900; k++) { g.strokeStyle = k % 2 ? '#7fae66' : '#2c5a38'; g.globalAlpha = .5; g.lineWidth = 1.2; const x = d() * w, y = d() * h, a = d() * 6; g.beginPath(); g.moveTo(x, y); g.lineTo(x + 6 * Math.cos(a), y + 6 * Math.sin(a)); g.stroke(); } g.globalAlpha = 1; });
  const d = dice(21), ml = cloth('', leaf);
  for (const [x, y, z, w, n] of [[.86, 1.32, .1, .5, 9], [-.8, 1.64, .1, .52, 9], [-.08, 2.08, 0, .56, 10], [.6, 1.8, -.12, .38, 7], [-.28, 1.2, .22, .3, 5]]) for (let k = 0; k < n; k++) { const a = k / n * TAU, r = k === 0 ? 0 : w * .55, q = w * (.42 + .16 * d()); s.add(ball(q, q * .46, q * .85, 18).at(x + r * Math.cos(a), y + (k === 0 ? .08 : .02 * d()), z + r * .65 * Math.sin(a)), ml); }
  s.turn = -.12;
};

O['bloom-late'] = s => {
  const clay = { ...matte('#c0683f'), grain: .08 };
  s.add(lathe([[0, 0], [.42, 0], [.46, .03], [.6, .58], [.7, .58], [.73, .62], [.73, .76], [.7, .8], [.62, .8], [.58, .7], [0, .68]], { seg: 64 }), clay);
  s.add(ball(.59, .07, .59, 30).at(0, .69, 0), matte('#5a4433'));
  const map = paint(512, 256, (g, w, h) => { g.fillStyle = '#5d9a5c'; g.fillRect(0, 0, w, h); for (let k = 0; k < 14; k++) { const x = (k + .5) / 14 * w, q = g.createLinearGradient(x - 18, 0, x + 18, 0); q.addColorStop(0, '#3f7a4600'); q.addColorStop(.5, '#7fb873'); q.addColorStop(1, '#3f7a4600'); g.fillStyle = q; g.fillRect(x - 18, 0, 36, h); g.fillStyle = '#f2ecd2'; for (let y = 8; y < h; y += 18) { dotAt(g, x, y + (k % 2) * 9, 2.6, 2.6); } } });
  const mat = cloth('', map), rib = a => .03 * Math.cos(a * 14);
  s.add(lathe(curve([[.3, .66], [.38, .9], [.4, 1.4], [.36, 1.8], [.24, 2.0], [0, 2.06]], 6), { seg: 84, wave: (a, v) => rib(a) * Math.min(1, (1 - v) * 6) }), mat);
  const arm = (pts, r) => { const m = tube(curve(pts, 8), r, { seg: 56 }); s.add(m, mat); };
  arm([[.3, 1.12, .06], [.66, 1.1, .1], [.82, 1.26, .1], [.84, 1.66, .1]], t => .18); arm([[-.3, 1.34, .06], [-.6, 1.32, .1], [-.74, 1.44, .1], [-.75, 1.72, .1]], t => .155);
  const pink = satin('#e0699a');
  for (let j = 0; j < 3; j++) for (let k = 0; k < 8; k++) s.add(ball(.085, .025, .2 - j * .045, 14).at(0, 0, .17 - j * .05).rx(-.35 - j * .45).ry(k / 8 * TAU + j * .4).at(0, 2.06 + j * .03, .02), j === 2 ? satin('#f2a3c0') : pink);
  s.add(ball(.07, .06, .07, 14).at(0, 2.16, .02), satin('#f3c64a'));
};

O['five-more'] = s => {
  const mint = { ...satin('#8fc7ae'), coat: .7, rough: .35 }, cy = 1.0, z = m => m.rx(Math.PI / 2), gold = brass();
  s.add(z(lathe(curve([[0, -.34], [.6, -.34], [.78, -.28], [.84, -.1], [.84, .2], [.82, .28], [.78, .3]], 5), { seg: 80 })).at(0, cy, 0), mint);
  s.add(ring(.77, .055, { seg: 80, sec: 14, axis: 'z' }).at(0, cy, .3), gold);
  const face = paint(512, 512, g => {
    g.fillStyle = '#faf6ec'; g.fillRect(0, 0, 512, 512); g.translate(256, 256); g.strokeStyle = '#2b2622'; g.fillStyle = '#2b2622'; g.textAlign = 'center'; g.textBaseline = 'middle'; g.font = '600 58px Georgia, "Times New Roman", serif';
    for (let k = 0; k < 60; k++) { const a = k / 60 * TAU, r = k % 5 ? 226 : 216; g.lineWidth = k % 5 ? 2.5 : 6; g.beginPath(); g.moveTo(r * Math.sin(a), -r * Math.cos(a)); g.lineTo(236 * Math.sin(a), -236 * Math.cos(a)); g.stroke(); }
    for (let k = 1; k <= 12; k++) { const a = k / 12 * TAU; g.fillText(String(k), 178 * Math.sin(a), -178 * Math.cos(a)); }
    g.beginPath(); g.arc(0, 70, 12, 0, Math.PI); g.lineWidth = 5; g.stroke(); for (const k of [-1, 1]) { g.beginPath(); g.arc(k * 42, 46, 14, .2, Math.PI - .2); g.stroke(); }
  });
  const dial = cyl(.76, .76, .02, .004, 64).rx(Math.PI / 2); for (let k = 0; k < dial.p.length / 3; k++) { dial.uv[k * 2] = .5 + dial.p[k * 3] / 1.52; dial.uv[k * 2 + 1] = .5 - dial.p[k * 3 + 1] / 1.52; }
  s.add(dial.at(0, cy, .26), { map: face, rough: .6, grain: 0 });
  const hand = (name, l, w, angle, zz, color, period) => { s.node(name, [0, cy, zz], period ? { ...spin([0, 0, -1], period) } : []); s.add(slab([[-w, -.1], [w, -.1], [w * .6, l], [-w * .6, l]], .02, .006).rz(-angle).at(0, cy, zz), satin(color), name); };
  hand('hour', .36, .035, (6 + 55 / 60) / 12 * TAU, .31, '#2b2622', 96); hand('minute', .52, .028, 55 / 60 * TAU, .33, '#2b2622', 8); hand('alarm', .3, .014, 7 / 12 * TAU, .295, '#c8372a', 0);
  s.add(z(cyl(.05, .05, .08, .01)).at(0, cy, .29), gold);
  for (const k of [-1, 1]) {
    const bell = lathe(curve([[.32, 0], [.31, .1], [.24, .2], [.1, .26], [0, .27]], 6), { seg: 56 }).rz(-k * .52).at(k * .46, cy + .82, 0); s.add(bell, gold); s.add(rod([k * .36, cy + .66, 0], [k * .6, cy + 1.06, 0], .03), steel()); s.add(ball(.045).at(k * .6, cy + 1.08, 0), steel());
    s.add(rod([k * .5, cy - .66, 0], [k * .66, .07, .0], .05, .06), gold); s.add(ball(.085, .07, .085, 18).at(k * .67, .07, 0), gold);
  }
  s.node('hammer', [0, cy + .8, 0], swing([0, 0, 1], .16, .5)); s.add(rod([0, cy + .78, 0], [0, cy + 1.0, 0], .025), steel(), 'hammer'); s.add(box(.18, .1, .1, .03).at(0, cy + 1.04, 0), steel(), 'hammer');
  s.add(tube(Array.from({ length: 21 }, (_, k) => { const a = Math.PI * (.22 + .56 * k / 20); return [.84 * Math.cos(a), cy + .52 + .78 * Math.sin(a), -.12]; }), .03), gold);
  s.turn = -.28;
};

O['three-minutes'] = s => {
  const walnut = wood('#7a4a2c', '#3a1f10', 8), cy = 1.16;
  for (const y of [0, 2.16]) { s.add(cyl(.78, .78, .16, .04, 64).at(0, y, 0), walnut); s.add(ring(.74, .03, { seg: 64, sec: 10 }).at(0, y + (y ? 0 : .16), 0), brass()); }
  for (let k = 0; k < 3; k++) { const a = k / 3 * TAU + .52; s.add(lathe(curve([[.05, .16], [.085, .26], [.05, .4], [.045, 1.16], [.05, 1.92], [.085, 2.06], [.05, 2.16]], 4), { seg: 24 }).at(.66 * Math.sin(a), 0, .66 * Math.cos(a)), walnut); }
  const prof = curve([[.1, .18], [.42, .22], [.54, .5], [.46, .82], [.2, 1.04], [.055, 1.16], [.2, 1.28], [.46, 1.5], [.54, 1.82], [.42, 2.1], [.1, 2.14]], 7);
  const sand = { color: '#d9a441', rough: .9, grain: .35 };
  s.add(lathe(curve([[0, .22], [.4, .23], [.49, .4], [.5, .52], [.3, .68], [.12, .8], [0, .84]], 6), { seg: 56 }), sand);
  s.add(lathe(curve([[0, 1.16], [.045, 1.19], [.17, 1.3], [.42, 1.5], [.46, 1.58], [.3, 1.6], [.12, 1.55], [0, 1.53]], 6), { seg: 56 }), sand); s.add(rod([0, .78, 0], [0, 1.2, 0], .014), sand);
  s.add(lathe(prof, { seg: 64 }), { color: '#dfeceb', alpha: .16, rough: .06, coat: .7, grain: 0, noShadow: true });
};

O['mountain-bowl'] = s => {
  const map = paint(512, 256, (g, w, h) => { g.fillStyle = '#2f5f93'; g.fillRect(0, 0, w, h); g.strokeStyle = '#e9eef0'; g.lineWidth = 4; for (let r = 0; r < 3; r++) for (let k = 0; k <= 16; k++) for (const q of [18, 11, 5]) { g.beginPath(); g.arc((k + (r % 2) * .5) / 16 * w, 150 + r * 17, q, Math.PI, TAU); g.stroke(); } });
  s.add(lathe(curve([[0, .05], [.4, .0], [.46, .03], [.46, .13], [.6, .22], [.96, .5], [1.1, .8], [1.12, .86], [1.09, .88], [1.04, .8], [.7, .62], [0, .6]], 6), { seg: 80 }), { ...glaze('', map), rough: .3 });
  s.add(ring(1.1, .022, { seg: 80, sec: 8 }).at(0, .87, 0), brass());
  const stone = paint(256, 256, (g, w, h) => { const q = g.createLinearGradient(0, 0, 0, h); q.addColorStop(0, '#3f8f9b'); q.addColorStop(.45, '#4f9f7a'); q.addColorStop(1, '#b79a5c'); g.fillStyle = q; g.fillRect(0, 0, w, h); const d = dice(6); g.globalAlpha = .3; for (let k = 0; k < 60; k++) { g.strokeStyle = k % 2 ? '#1f5a5c' : '#bfe0c4'; g.lineWidth = 1 + d() * 3; const x = d() * w; g.beginPath(); g.moveTo(x, d() * h * .5); g.lineTo(x + (d() - .5) * 20, h * (.5 + d() * .5)); g.stroke(); } });
  const ms = { ...matte('', stone), grain: .12 };
  const peak = (x, z, r, h, seed) => s.add(grid((u, v) => { const a = u * TAU, rr = r * Math.pow(1 - v, .85) * (1 + .16 * Math.sin(a * 3 + seed) + .1 * Math.sin(a * 5 + seed * 2 + v * 4) + .05 * Math.sin(a * 9 + v * 9)) + .0; return [x + rr * Math.sin(a) + .08 * v * Math.sin(seed), .6 + h * v + .02 * Math.sin(a * 4 + v * 12) * (1 - v), z + rr * Math.cos(a)]; }, 48, 16, 30), ms);
  peak(.02, -.1, .5, 1.6, 1); peak(-.5, .05, .38, 1.05, 4); peak(.5, .1, .38, .8, 7);
  const cloud = f => blob(f, [-.7, -.2, -.3], [.7, .35, .3], .045);
  const puff = list => (x, y, z) => { let d = 9; for (const [a, b, r] of list) d = smin(d, dEll(x - a, y - b, z, r, r * .8, r * .7), .05); return smax(d, -.04 - y, .03); };
  s.add(cloud(puff([[-.4, 0, .13], [-.2, .07, .19], [.05, .1, .2], [.28, .05, .17], [.45, 0, .12]])).at(.22, 1.15, .52), { ...matte('#fbfaf6'), emit: '#ffffff', power: .12 });
  s.add(cloud(puff([[-.3, 0, .1], [-.1, .05, .15], [.12, .05, .15], [.3, 0, .1]])).at(-.52, 1.52, .3), { ...matte('#fbfaf6'), emit: '#ffffff', power: .12 });
  s.add(cyl(1.02, 1.02, .02, .005, 64).at(0, .66, 0), { color: '#cfe3e2', rough: .1, coat: 1, grain: 0 });
};

O['side-a'] = s => {
  const oak = wood('#96602f', '#4f2c12', 5), gold = brass();
  s.add(box(1.44, .46, 1.3, .05).at(0, .27, 0), oak); s.add(box(1.6, .08, 1.46, .03).at(0, .05, 0), oak); s.add(box(1.54, .07, 1.4, .03).at(0, .52, 0), oak);
  s.node('record', [-.02, .58, .06], spin([0, -1, 0], 4));
  const rec = paint(512, 512, g => { g.fillStyle = '#1b1918'; g.fillRect(0, 0, 512, 512); g.translate(256, 256); for (let r = 90; r < 250; r += 5) { g.strokeStyle = r % 20 ? '#2c2927' : '#3d3936'; g.lineWidth = 1.5; g.beginPath(); g.arc(0, 0, r, 0, 7); g.stroke(); } g.fillStyle = '#c8492f'; g.beginPath(); g.arc(0, 0, 84, 0, 7); g.fill(); g.fillStyle = '#f0d9a8'; g.fillRect(-50, -42, 100, 10); g.fillRect(-34, 26, 68, 8); });
  const disc = cyl(.6, .6, .03, .008, 72); for (let k = 0; k < disc.p.length / 3; k++) { disc.uv[k * 2] = .5 + disc.p[k * 3] / 1.2; disc.uv[k * 2 + 1] = .5 + disc.p[k * 3 + 2] / 1.2; }
  s.add(disc.at(-.02, .58, .06), { map: rec, rough: .3, coat: .7, grain: 0 }, 'record'); s.add(cyl(.025, .02, .06, .01).at(-.02, .6, .06), steel(), 'record');
  // the horn, swept back over the box and opening to the front left
  const dir = [.36, .62, .62], base = [-.18, 1.02, -.5];
  const horn = lathe(curve([[.05, 0], [.08, .3], [.14, .6], [.27, .9], [.52, 1.16], [.82, 1.32], [.88, 1.34], [.83, 1.3], [.5, 1.1], [.24, .84], [.1, .5], [.02, .2]], 6), { seg: 80, wave: (a, v) => .03 * Math.cos(a * 8) * Math.pow(Math.sin(Math.min(1, v * 1.0) * Math.PI), 2) });
  s.add(horn.rx(.86).ry(.42).at(...base), { ...gold, rough: .26 });
  s.add(tube(curve([[-.5, .56, -.5], [-.52, .86, -.55], [-.4, 1.02, -.62], [-.16, 1.04, -.54]], 7), t => .045), gold); s.add(cyl(.1, .08, .08, .02).at(-.5, .55, -.5), gold);
  s.add(tube(curve([[-.5, .8, -.52], [-.42, .76, -.2], [-.28, .7, .12]], 6), .03), steel()); s.add(cyl(.07, .07, .06, .01).rx(Math.PI / 2 - .2).at(-.27, .68, .12), steel());
  s.add(tube(curve([[.72, .3, .1], [.95, .3, .1], [.96, .16, .1]], 5), .025), steel()); s.add(rod([.96, .18, .1], [1.12, .18, .1], .04), black());
  s.turn = -.3;
};

O['quiet-strings'] = s => {
  const lean = m => m.rx(-.12).at(0, 0, 0), out = curve([[0, .1], [.36, .16], [.62, .44], [.66, .78], [.5, 1.12], [.28, 1.42], [.15, 1.66], [.11, 1.8]], 6), poly = [...out, ...out.map(q => [-q[0], q[1]]).reverse().slice(0, -1)];
  s.add(lean(slab(poly, .26, .09).at(0, 0, -.1)), { ...wood('#6b3320', '#33140a', 4), coat: .6 });
  const face = paint(512, 768, (g, w, h) => { g.fillStyle = '#e2b877'; g.fillRect(0, 0, w, h); g.globalAlpha = .35; for (let x = 0; x < w; x += 9) { g.fillStyle = x % 27 ? '#c9974f' : '#b07a38'; g.fillRect(x + 3 * Math.sin(x), 0, 2, h); } g.globalAlpha = 1; });
  s.add(lean(slab(poly.map(q => [q[0] * .95, .1 + (q[1] - .1) * .975 + .02]), .04, .01).at(0, 0, .035)), { map: face, rough: .5, coat: .4, grain: .03 });
  const dark = { ...satin('#2e1a12'), coat: .5 };
  for (let k = 0; k < 9; k++) { const y = .78 + k * .1, w = .17 - k * .004; s.add(lean(box(w * 2, .03, .05, .012).at(0, y, .075)), satin('#c9974f')); }
  s.add(lean(box(.56, .06, .09, .02).at(0, .4, .08)), dark);
  for (let k = 0; k < 5; k++) s.add(lean(slab([[-.1 + k * .008, 0], [.1 - k * .008, 0], [.08 - k * .008, .055], [-.08 + k * .008, .055]], .07, .012).at(0, 1.7 + k * .068, .07)), satin('#f0e4cc'));
  s.add(lean(box(.24, .5, .16, .05).at(0, 1.92, -.03)), dark);
  s.add(lean(tube(curve([[0, 2.1, -.03], [0, 2.26, -.07], [0, 2.4, -.16], [0, 2.42, -.28]], 5), t => [.12 - .02 * t, .09 - .03 * t], { up: [0, 0, 1], seg: 14 })), dark);
  for (let k = 0; k < 4; k++) { const sgn = k % 2 ? 1 : -1, y = 1.98 + k * .1 - (k % 2) * .04; s.add(lean(lathe(curve([[.025, 0], [.035, .14], [.06, .26], [.05, .36], [0, .4]], 4), { seg: 20 }).rz(-sgn * Math.PI / 2).at(sgn * .08, y, -.03)), satin('#e7d9bd')); }
  for (const x of [-.075, -.025, .025, .075]) s.add(lean(rod([x * 1.5, .4, .13], [x, 2.05, .1], .007)), { ...steel(), color: '#f4efe2' });
  for (const k of [-1, 1]) s.add(lean(tube(Array.from({ length: 12 }, (_, j) => { const a = -1 + 2 * j / 11; return [k * (.3 + .06 * Math.cos(a * 1.5)), .82 + .11 * a, .06]; }), .012)), dark);
  const st = wood('#5a3a26', '#2e1c10'); s.add(box(1.1, .08, .7, .03).at(0, .04, -.08), st); for (const k of [-1, 1]) s.add(box(.1, .22, .3, .03).at(k * .34, .16, 0), st); s.add(rod([0, .06, -.4], [0, 1.1, -.36], .04), st);
  s.turn = -.3;
};

O['sunday-pop'] = s => {
  const L = [-.8, .5, -.35], H = [.8, 2.45, .35];
  const ice = (x, y, z) => { let d = smin(dBox(x, y - 1.12, z, .62, .5, .21, .12), dBox(x, y - 1.62, z, .62, .7, .21, .2), .02); d = smax(d, Math.hypot(x, Math.max(0, y - 1.78)) - .635, .08); for (const q of [-.2, .2]) d = smax(d, -(dCone([x, y, z], [q, 1.0, .285], [q, 1.9, .285], .11, .11)), .05); for (const [cx, cy] of [[.6, 1.74], [.46, 1.98], [.3, 2.2], [.62, 2.2]]) d = smax(d, .19 - Math.hypot(x - cx, y - cy, z * .35), .035); return d; };
  const map = skin(L, H, '#f6ead0', g => {
    g.fillStyle = '#e27f93'; g.beginPath(); g.moveTo(-.8, 2.6); g.lineTo(.8, 2.6); for (let k = 0; k <= 40; k++) { const x = .8 - 1.6 * k / 40; g.lineTo(x, 1.36 + .08 * Math.sin(k * .55) + .04 * Math.sin(k * 1.3)); } g.fill();
    const d = dice(6); for (let k = 0; k < 26; k++) { g.fillStyle = '#8a2f3d'; const r = .018 + d() * .02; dotAt(g, -.58 + d() * 1.16, 1.5 + d() * .85, r * 1.3, r, d() * 3); }
  }, 384);
  const lean = m => m.rz(-.1);
  s.add(lean(blob(ice, L, H, .04)), { map, rough: .28, coat: .8, grain: .03 });
  s.add(lean(slab([[-.12, .06], [.12, .06], [.12, .8], [-.12, .8]], .09, .03)), wood('#dcb985', '#b78d55', 3));
  s.add(lathe(curve([[0, 0], [.5, 0], [.53, .03], [.46, .08], [.2, .12], [0, .12]], 4)), { ...glaze('#f3b8c0'), alpha: 1 });
  s.turn = -.4;
};

O['seven-am'] = s => {
  const weave = paint(512, 128, (g, w, h) => { g.fillStyle = '#d3a05a'; g.fillRect(0, 0, w, h); for (let k = 0; k < 64; k++) { g.fillStyle = k % 2 ? '#c08b45' : '#dfb26e'; g.fillRect(k * 8, 0, 7, h); } g.fillStyle = '#9a6a30'; g.fillRect(0, 18, w, 5); g.fillRect(0, 104, w, 5); for (let k = 0; k < 8; k++) { g.fillStyle = '#8a5a28'; g.fillRect(k * 64 + 20, 0, 10, h); } });
  const mat = { ...satin('', weave), grain: .08 }, rim = satin('#b57f3c');
  for (const y of [0, .44]) { s.add(lathe([[1.02, y], [1.06, y + .02], [1.06, y + .4], [1.02, y + .42]], { seg: 80 }), mat); s.add(ring(1.05, .045, { seg: 80, sec: 10 }).at(0, y + .04, 0), rim); s.add(ring(1.05, .05, { seg: 80, sec: 10 }).at(0, y + .4, 0), rim); }
  s.add(cyl(1.02, 1.02, .02, .005, 64).at(0, .7, 0), satin('#b88a4c')); s.add(lathe([[1.0, .5], [1.0, .86]], { seg: 64 }), mat);
  const bunMap = paint(128, 128, g => { const q = g.createLinearGradient(0, 0, 0, 128); q.addColorStop(0, '#f0dfc2'); q.addColorStop(.2, '#fdf8ee'); q.addColorStop(1, '#f4e9d6'); g.fillStyle = q; g.fillRect(0, 0, 128, 128); });
  const bun = (x, z, r, t) => s.add(lathe(curve([[0, 0], [.36, .0], [.46, .1], [.44, .26], [.32, .42], [.16, .5], [.07, .55], [.055, .6], [.0, .58]], 5), { seg: 72, wave: (a, v) => .028 * Math.sin(a * 16 + v * 9) * Math.pow(Math.sin(Math.PI * Math.min(1, v * 1.02)), .6) * (v > .4 ? 1 : v * 2.2) }).size(r).ry(t).at(x, .72, z), { map: bunMap, rough: .62, sheen: .3, coat: .12, grain: .02 });
  bun(-.46, .38, 1.0, 0); bun(.46, .4, 1.0, 1); bun(-.42, -.44, 1.0, 2); bun(.5, -.44, 1.0, 3);
  // the lid leans behind
  s.add(lathe([[1.04, 0], [1.08, .03], [1.08, .16], [.9, .24], [.4, .32], [0, .34]], { seg: 72 }).rx(1.22).at(.42, 1.02, -1.1), mat); s.add(ring(.16, .035, { seg: 30, sec: 10 }).rx(1.22 + Math.PI / 2).at(.42, 1.15, -.78), rim);
  s.turn = -.2;
};

O['far-away'] = s => {
  const map = paint(1024, 512, (g, w, h) => {
    g.fillStyle = '#3f7fa6'; g.fillRect(0, 0, w, h); g.strokeStyle = '#5d99bb'; g.lineWidth = 2; for (let k = 0; k < 12; k++) { g.beginPath(); g.moveTo(k / 12 * w, 0); g.lineTo(k / 12 * w, h); g.stroke(); } for (let k = 1; k < 6; k++) { g.beginPath(); g.moveTo(0, k / 6 * h); g.lineTo(w, k / 6 * h); g.stroke(); }
    const d = dice(12), land = (x, y, r, n, stretch) => { for (const off of [-w, 0, w]) { g.beginPath(); for (let k = 0; k <= 60; k++) { const a = k / 60 * TAU, q = r * (1 + .28 * Math.sin(a * 2 + n) + .18 * Math.sin(a * 3 + n * 2) + .1 * Math.sin(a * 7 + n) + .06 * Math.sin(a * 13 + n)); g.lineTo(x + off + q * stretch * Math.cos(a), y + q * Math.sin(a)); } g.closePath(); g.fill(); } };
    const all = (c, o) => { g.fillStyle = c; land(430, 190, 92 + o, 1, 1.25); land(560, 330, 66 + o, 3, .9); land(700, 170, 60 + o, 5, 1.2); land(150, 220, 88 + o, 8, 1.1); land(260, 380, 50 + o, 2, 1.3); land(900, 300, 80 + o, 6, 1); land(640, 420, 24 + o, 7, 1.4); };
    all('#e9dcae', 9); all('#8aae68', 0); g.fillStyle = '#c9a866'; land(440, 190, 42, 4, 1.3); land(150, 225, 40, 3, 1); land(900, 300, 36, 9, 1); g.fillStyle = '#f2f0e6'; g.fillRect(0, 0, w, 26); g.fillRect(0, h - 26, w, 26);
  });
  const c = [0, 1.36, 0], tilt = .41, gold = brass();
  const axis = [-Math.sin(tilt), Math.cos(tilt), 0];
  s.node('globe', c, spin(axis, 14));
  s.add(ball(.84, .84, .84, 56).rz(tilt).at(...c), { map, rough: .4, coat: .5, grain: .02 }, 'globe');
  s.add(tube(Array.from({ length: 33 }, (_, k) => { const a = Math.PI / 2 + tilt - (Math.PI) * k / 32; return [c[0] + .97 * Math.cos(a), c[1] + .97 * Math.sin(a), 0]; }), t => [.07, .035], { up: [0, 0, 1], seg: 12 }), gold);
  for (const k of [-1, 1]) { s.add(rod(c.map((x, j) => x + k * axis[j] * .82), c.map((x, j) => x + k * axis[j] * 1.04), .03), gold); s.add(ball(.06).at(...c.map((x, j) => x + k * axis[j] * 1.05)), gold); }
  const walnut = wood('#7a4a2c', '#3a1f10', 8);
  s.add(lathe(curve([[0, 0], [.58, 0], [.6, .04], [.54, .1], [.3, .14], [.12, .2], [.08, .3], [.07, .38], [0, .4]], 5)).at(.12, 0, 0), walnut); s.add(rod([.12, .34, 0], [.2, .46, 0], .06), gold);
};

O['first-frost'] = s => {
  const map = paint(512, 256, (g, w, h) => { const q = g.createLinearGradient(0, 0, 0, h); q.addColorStop(0, '#e8892f'); q.addColorStop(.5, '#ea6f25'); q.addColorStop(1, '#d85a1c'); g.fillStyle = q; g.fillRect(0, 0, w, h); g.globalAlpha = .16; speckle(g, w, h, '#fff2da', 500, 2.4, 4); g.globalAlpha = .1; speckle(g, w, h, '#fff8ea', 260, 9, 9); g.globalAlpha = 1; });
  s.add(lathe(curve([[0, .1], [.3, .04], [.7, .14], [1.0, .46], [1.06, .82], [.94, 1.16], [.6, 1.34], [.3, 1.32], [0, 1.24]], 8), { seg: 96, wave: (a, v) => .035 * Math.cos(a * 4 + .6) * Math.sin(Math.PI * v) }), { map, rough: .42, coat: .5, grain: .03 });
  const green = paint(64, 64, g => { g.fillStyle = '#6f8a45'; g.fillRect(0, 0, 64, 64); speckle(g, 64, 64, '#8aa35a', 80, 2, 3); speckle(g, 64, 64, '#546c33', 60, 2, 6); });
  for (let k = 0; k < 4; k++) s.add(grid((u, v) => { const x = (u - .5) * .66 * Math.pow(Math.sin(Math.PI * Math.min(.98, .25 + v * .73)), .7), r = v * .78; return [x * 1.25, 1.37 + .04 * Math.sin(v * 3.1) - .12 * Math.pow(v, 2.4) + .3 * Math.pow(Math.max(0, v - .6), 1.3) + .05 * Math.pow((u - .5) * 2, 2) * v, r]; }, 12, 14).ry(k * Math.PI / 2 + .4), { ...satin('', green), rough: .7 });
  s.add(lathe(curve([[0, 1.4], [.16, 1.38], [.11, 1.44], [.06, 1.55], [.075, 1.7], [.06, 1.74], [0, 1.74]], 4), { seg: 24 }), matte('#5c4228'));
  s.add(tube(curve([[0, 1.66, 0], [.1, 1.76, .02], [.26, 1.8, .05]], 5), .045), matte('#5c4228'));
};

O['sit-awhile'] = s => {
  const red = { ...wood('#8f3f24', '#4a1a0d', 7), coat: .6, rough: .4 }, W = .66, D = .56, sy = 1.02;
  const cane = paint(256, 256, g => { g.fillStyle = '#e2c48d'; g.fillRect(0, 0, 256, 256); g.strokeStyle = '#b08a4f'; g.lineWidth = 3; for (let k = -256; k < 512; k += 16) { g.beginPath(); g.moveTo(k, 0); g.lineTo(k + 256, 256); g.moveTo(k + 256, 0); g.lineTo(k, 256); g.stroke(); } g.lineWidth = 2; for (let k = 0; k < 256; k += 16) { g.beginPath(); g.moveTo(k, 0); g.lineTo(k, 256); g.moveTo(0, k); g.lineTo(256, k); g.stroke(); } });
  for (const x of [-1, 1]) { s.add(rod([x * W, 0, D], [x * W * .96, 1.52, D * .86], .058, .05), red); s.add(rod([x * W, 0, -D], [x * W * .9, 1.86, -D * 1.06], .058, .05), red); s.add(rod([x * W, .3, -D], [x * W, .3, D], .04), red); }
  for (const z of [-1, 1]) s.add(rod([-W, z > 0 ? .2 : .42, z * D], [W, z > 0 ? .2 : .42, z * D], .042), red);
  s.add(box(W * 2 + .16, .12, D * 2 + .16, .04).at(0, sy, 0), red); s.add(box(W * 2 - .14, .04, D * 2 - .14, .02).at(0, sy + .06, 0), { ...matte('', cane), grain: .05 });
  for (const z of [-1, 1]) s.add(box(W * 2 - .1, .12, .04, .02).at(0, sy - .12, z * D), red);
  s.add(tube(curve([[-W * .98, 1.48, .72], [-W * 1.02, 1.52, .5], [-W * 1.1, 1.62, 0], [-W * .95, 1.82, -.48], [-.3, 1.95, -.72], [.3, 1.95, -.72], [W * .95, 1.82, -.48], [W * 1.1, 1.62, 0], [W * 1.02, 1.52, .5], [W * .98, 1.48, .72]], 8), .066, { seg: 16 }), red);
  s.add(grid((u, v) => [(u - .5) * .36, sy + .05 + v * .9, -.56 - .14 * v + .08 * Math.sin(v * 5)], 6, 14).smooth(), red);
  s.turn = -.55;
};

O['red-rain'] = s => {
  const lean = m => m.rz(.3).rx(.1).at(.36, -.02, 0), N = 24, map = paint(1024, 512, (g, w, h) => {
    const q = g.createLinearGradient(0, 0, 0, h); q.addColorStop(0, '#6d120d'); q.addColorStop(.25, '#9d1f17'); q.addColorStop(1, '#ad2a1b'); g.fillStyle = q; g.fillRect(0, 0, w, h);
    g.strokeStyle = '#6f150e'; g.lineWidth = 3; for (let k = 0; k <= N; k++) { g.beginPath(); g.moveTo(k / N * w, 0); g.lineTo(k / N * w, h); g.stroke(); }
    g.fillStyle = '#f0d9b0'; g.fillRect(0, h * .86, w, 8);
    for (const x0 of [.42, .58, .1, .82]) { g.save(); g.translate(x0 * w, h * .62); g.fillStyle = '#f6e2d0'; for (let j = 0; j < 5; j++) { g.rotate(TAU / 5); dotAt(g, 0, -24, 15, 21); } g.fillStyle = '#e3a544'; dotAt(g, 0, 0, 10, 10); g.restore(); }
  });
  const R = 1.28, apex = 2.32, drop = .62;
  const canopy = grid((u, v) => { const a = (u - .5) * TAU, t = 1 - v, r = R * t * (1 - .02 * Math.abs(Math.sin(a * N / 2))) , y = apex - drop * Math.pow(t, 1.35) - .02 * Math.abs(Math.sin(a * N / 2)) * t; return [r * Math.sin(a), y, r * Math.cos(a)]; }, N * 4, 14, 60);
  s.add(lean(canopy), { ...satin('', map), rough: .42, coat: .35 });
  const bamboo = wood('#c79a5a', '#7d5526', 4);
  for (let k = 0; k < N; k++) { const a = (k + .5) / N * TAU; s.add(lean(rod([.05 * Math.sin(a), apex - .03, .05 * Math.cos(a)], [R * .97 * Math.sin(a), apex - drop - .02, R * .97 * Math.cos(a)], .012)), bamboo); s.add(lean(rod([.05 * Math.sin(a), apex - .85, .05 * Math.cos(a)], [R * .55 * Math.sin(a), apex - .3, R * .55 * Math.cos(a)], .01)), bamboo); }
  s.add(lean(rod([0, .06, 0], [0, apex + .1, 0], .038)), bamboo); s.add(lean(cyl(.1, .07, .14, .02).at(0, apex - .02, 0)), { ...satin('#4a2c1e') }); s.add(lean(cyl(.07, .07, .12, .02).at(0, apex - .92, 0)), satin('#4a2c1e')); s.add(lean(cyl(.05, .05, .3, .01).at(0, .04, 0)), satin('#4a2c1e'));
  s.add(cyl(.34, .32, .08, .02).at(.36, 0, 0), wood('#4a2c1e', '#24130b'));
};
