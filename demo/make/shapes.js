// Meshes for the studio: each shape is built once, shown in the poster and written into the model. One unit is about
// half the height of an object; y is up, the object stands on y = 0 and looks towards +z.
// Textures follow glTF: u to the right, v downwards, seen from +z.

export class Mesh {
  constructor(p = [], uv = [], i = []) { this.p = p; this.uv = uv; this.i = i; this.n = null; }
  map(f, g = f) {
    for (let k = 0; k < this.p.length; k += 3) {
      [this.p[k], this.p[k + 1], this.p[k + 2]] = f(this.p[k], this.p[k + 1], this.p[k + 2]);
      if (this.n) [this.n[k], this.n[k + 1], this.n[k + 2]] = g(this.n[k], this.n[k + 1], this.n[k + 2]);
    }
    return this;
  }
  at(x, y = 0, z = 0) { return this.map((a, b, c) => [a + x, b + y, c + z], (a, b, c) => [a, b, c]); }
  size(x, y = x, z = x) { this.map((a, b, c) => [a * x, b * y, c * z], (a, b, c) => { const l = Math.hypot(a / x, b / y, c / z) || 1; return [a / x / l, b / y / l, c / z / l]; }); return this; }
  rx(t) { const s = Math.sin(t), c = Math.cos(t); return this.map((x, y, z) => [x, y * c - z * s, y * s + z * c]); }
  ry(t) { const s = Math.sin(t), c = Math.cos(t); return this.map((x, y, z) => [x * c + z * s, y, z * c - x * s]); }
  rz(t) { const s = Math.sin(t), c = Math.cos(t); return this.map((x, y, z) => [x * c - y * s, x * s + y * c, z]); }
  bend(f) { this.n = null; return this.map(f); }
  copy() { const m = new Mesh([...this.p], [...this.uv], [...this.i]); m.n = this.n && [...this.n]; return m; }
  /** Normals by welding: faces that meet under less than `deg` degrees share one. */
  smooth(deg = 42) {
    const { p, uv, i } = this, lim = Math.cos(deg * Math.PI / 180), at = new Map(), fn = [];
    const key = v => `${Math.round(p[v * 3] * 5000)},${Math.round(p[v * 3 + 1] * 5000)},${Math.round(p[v * 3 + 2] * 5000)}`;
    const keys = Array.from({ length: p.length / 3 }, (_, v) => key(v));
    const tri = [];
    for (let t = 0; t < i.length; t += 3) {
      const [a, b, c] = [i[t] * 3, i[t + 1] * 3, i[t + 2] * 3];
      const u = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]], w = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
      const n = [u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]], l = Math.hypot(...n);
      if (l < 1e-10) continue;
      const f = fn.length; fn.push({ n, d: n.map(x => x / l) }); tri.push(i[t], i[t + 1], i[t + 2]);
      for (const v of [i[t], i[t + 1], i[t + 2]]) { const k = keys[v]; if (!at.has(k)) at.set(k, []); at.get(k).push(f); }
    }
    const P = [], N = [], U = [], I = [], seen = new Map();
    tri.forEach((v, j) => {
      const own = fn[Math.floor(j / 3)].d, s = [0, 0, 0];
      for (const f of at.get(keys[v])) { const o = fn[f]; if (o.d[0] * own[0] + o.d[1] * own[1] + o.d[2] * own[2] >= lim) for (let k = 0; k < 3; k++) s[k] += o.n[k]; }
      const l = Math.hypot(...s) || 1, n = s.map(x => x / l);
      const id = `${v}|${n.map(x => Math.round(x * 200)).join()}`;
      if (!seen.has(id)) { seen.set(id, P.length / 3); P.push(p[v * 3], p[v * 3 + 1], p[v * 3 + 2]); N.push(...n); U.push(uv[v * 2] ?? 0, uv[v * 2 + 1] ?? 0); }
      I.push(seen.get(id));
    });
    this.p = P; this.n = N; this.uv = U; this.i = I;
    return this;
  }
}

export const join = (...list) => {
  const m = new Mesh(); m.n = [];
  for (const x of list.flat()) { if (!x.n) x.smooth(); const base = m.p.length / 3; for (const v of x.p) m.p.push(v); for (const v of x.n) m.n.push(v); for (const v of x.uv) m.uv.push(v); for (const v of x.i) m.i.push(v + base); }
  return m;
};

/** A surface f(u, v) with u, v in 0..1; v runs upwards on the object and downwards on the texture. */
export function grid(f, nu, nv, deg = 42) {
  const m = new Mesh();
  for (let b = 0; b <= nv; b++) for (let a = 0; a <= nu; a++) { m.p.push(...f(a / nu, b / nv)); m.uv.push(a / nu, 1 - b / nv); }
  for (let b = 0; b < nv; b++) for (let a = 0; a < nu; a++) { const k = b * (nu + 1) + a; m.i.push(k, k + 1, k + nu + 2, k, k + nu + 2, k + nu + 1); }
  return m.smooth(deg);
}

/** A smooth line through points (Catmull-Rom), n samples between two of them. */
export function curve(points, n = 8, closed = false) {
  const out = [], L = points.length, at = k => closed ? points[(k + L) % L] : points[Math.min(L - 1, Math.max(0, k))];
  for (let k = 0; k < (closed ? L : L - 1); k++) for (let j = 0; j < n; j++) {
    const t = j / n, [a, b, c, d] = [at(k - 1), at(k), at(k + 1), at(k + 2)];
    out.push(b.map((_, x) => .5 * (2 * b[x] + (c[x] - a[x]) * t + (2 * a[x] - 5 * b[x] + 4 * c[x] - d[x]) * t * t + (3 * b[x] - a[x] - 3 * c[x] + d[x]) * t * t * t)));
  }
  if (!closed) out.push(points[L - 1]);
  return out;
}

/** A profile [radius, y], from the bottom outwards and up, turned about y. `wave(angle, v)` widens the radius. */
export function lathe(profile, { seg = 64, deg = 42, wave = null } = {}) {
  const len = [0]; for (let k = 1; k < profile.length; k++) len.push(len[k - 1] + Math.hypot(profile[k][0] - profile[k - 1][0], profile[k][1] - profile[k - 1][1]));
  const total = len.at(-1), n = profile.length - 1;
  const m = grid((u, v) => { const [r, y] = profile[Math.round(v * n)], a = (u - .5) * 2 * Math.PI, R = Math.max(r + (wave ? wave(a, v) : 0), 0); return [R * Math.sin(a), y, R * Math.cos(a)]; }, seg, n, deg);
  // the texture runs along the length of the profile, so that a painted ring keeps its width
  for (let k = 1; k < m.uv.length; k += 2) m.uv[k] = 1 - len[Math.round((1 - m.uv[k]) * n)] / total;
  return m;
}

export const ball = (rx, ry = rx, rz = rx, seg = rx < .08 ? 14 : 40) => grid((u, v) => { const a = (u - .5) * 2 * Math.PI, b = (v - .5) * Math.PI; return [rx * Math.cos(b) * Math.sin(a), ry * Math.sin(b), rz * Math.cos(b) * Math.cos(a)]; }, seg, Math.round(seg / 2), 80);

/** A cylinder or cone standing on y = 0, its edges rounded by `e`. */
export const cyl = (r0, r1, h, e = .015, seg = Math.max(r0, r1) < .13 ? 22 : 48) => {
  const k = Math.min(e, r0 * .5 || e, h * .4), j = Math.min(e, Math.max(r1 * .5, 1e-4), h * .4);
  return lathe([[0, 0], [Math.max(r0 - k, 0), 0], [Math.max(r0 - k * .3, 0), k * .3], [r0, k], [r1, h - j], [Math.max(r1 - j * .3, 0), h - j * .3], [Math.max(r1 - j, 0), h], [0, h]], { seg, deg: 50 });
};

export function box(w, h, d, r = .03, k = r < .025 ? 1 : 3) {
  const H = [w / 2, h / 2, d / 2], m = new Mesh(); r = Math.min(r, ...H.map(x => x * .98));
  const list = s => { const o = []; for (let j = 0; j <= k; j++) o.push(-s + r * (1 - Math.cos(j / k * Math.PI / 2) * 1)); return [...o.map(x => x), ...o.map(x => -x).reverse()]; };
  const faces = [[0, 1, 2, 1], [0, 1, 2, -1], [2, 1, 0, 1], [2, 1, 0, -1], [0, 2, 1, 1], [0, 2, 1, -1]];
  for (const [A, B, C, sgn] of faces) {
    const as = list(H[A]), bs = list(H[B]), base = m.p.length / 3;
    for (const b of bs) for (const a of as) {
      const q = [0, 0, 0]; q[A] = a; q[B] = b; q[C] = sgn * H[C];
      const c = q.map((x, j) => Math.min(Math.max(x, -H[j] + r), H[j] - r)), v = q.map((x, j) => x - c[j]), l = Math.hypot(...v) || 1;
      m.p.push(...c.map((x, j) => x + v[j] / l * r));
      const flip = (C === 2 && sgn < 0) || (C === 0 && sgn > 0) || (C === 1 && sgn > 0);
      m.uv.push((flip ? -a : a) / w0(A) + .5, .5 - b / w0(B));
    }
    function w0(x) { return H[x] * 2; }
    const n = as.length;
    for (let y = 0; y < n - 1; y++) for (let x = 0; x < n - 1; x++) { const q = base + y * n + x; const t = [q, q + 1, q + n + 1, q, q + n + 1, q + n]; const even = (C === 2) === (sgn > 0); m.i.push(...(even ? t : [t[0], t[2], t[1], t[3], t[5], t[4]])); }
  }
  return m.smooth(50);
}

const sub = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]], dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
export const unit = a => { const l = Math.hypot(...a) || 1; return a.map(x => x / l); };

/** A line with a round or flat section; r is a number or f(t) giving a radius or [across, up]. */
export function tube(path, r, { seg = 14, closed = false, up = null } = {}) {
  const n = path.length, N = closed ? n : n - 1, frames = [];
  let ref = up;
  for (let k = 0; k <= N; k++) {
    const a = path[closed ? (k - 1 + n) % n : Math.max(k - 1, 0)], b = path[closed ? (k + 1) % n : Math.min(k + 1, n - 1)], t = unit(sub(b, a));
    if (!ref) ref = Math.abs(t[1]) > .9 ? [1, 0, 0] : [0, 1, 0];
    const x = unit(cross(t, ref)), y = cross(x, t);
    if (!up) ref = y;
    frames.push([path[k % n], x, y]);
  }
  const m = grid((u, v) => {
    const k = Math.round(v * N), [c, x, y] = frames[k], q = typeof r === 'function' ? r(v) : r, [ra, rb] = Array.isArray(q) ? q : [q, q], a = -u * 2 * Math.PI;
    return c.map((_, j) => c[j] + x[j] * Math.cos(a) * ra + y[j] * Math.sin(a) * rb);
  }, seg, N, 50);
  if (closed) return m;
  const caps = [0, N].map(k => {
    const [c, x, y] = frames[k], q = typeof r === 'function' ? r(k / N) : r, [ra, rb] = Array.isArray(q) ? q : [q, q];
    const dir = unit(cross(y, x)).map(v => k ? -v : v).map(v => -v), s = Math.min(ra, rb) * .5;
    return grid((u, v) => { const a = u * 2 * Math.PI, e = Math.cos(v * Math.PI / 2), h = Math.sin(v * Math.PI / 2) * s; return c.map((_, j) => c[j] + (x[j] * Math.cos(a) * ra + y[j] * Math.sin(a) * rb) * e - dir[j] * h); }, seg, 2, 80);
  });
  return join(m, caps);
}
export const rod = (a, b, r, r2 = r) => tube([a, b], t => r + (r2 - r) * t, { seg: r < .03 ? 8 : 12 });
export const ring = (R, r, { seg = 64, sec = 14, axis = 'y' } = {}) => {
  const path = Array.from({ length: seg }, (_, k) => { const a = k / seg * 2 * Math.PI, c = R * Math.cos(a), s = R * Math.sin(a); return axis === 'y' ? [c, 0, s] : axis === 'z' ? [c, s, 0] : [0, c, s]; });
  return tube(path, r, { seg: sec, closed: true, up: axis === 'y' ? [0, 1, 0] : axis === 'z' ? [0, 0, 1] : [1, 0, 0] });
};

function ears(poly) {
  const area = poly.reduce((s, a, k) => { const b = poly[(k + 1) % poly.length]; return s + a[0] * b[1] - b[0] * a[1]; }, 0);
  let idx = poly.map((_, k) => k); if (area < 0) idx.reverse();
  const out = [], turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  let guard = 0;
  while (idx.length > 3 && guard++ < 5000) {
    let cut = false;
    for (let k = 0; k < idx.length; k++) {
      const [i0, i1, i2] = [idx[(k + idx.length - 1) % idx.length], idx[k], idx[(k + 1) % idx.length]], [a, b, c] = [poly[i0], poly[i1], poly[i2]];
      if (turn(a, b, c) <= 1e-12) continue;
      if (idx.some(q => q !== i0 && q !== i1 && q !== i2 && turn(a, b, poly[q]) >= 0 && turn(b, c, poly[q]) >= 0 && turn(c, a, poly[q]) >= 0)) continue;
      out.push(i0, i1, i2); idx.splice(k, 1); cut = true; break;
    }
    if (!cut) idx.splice(0, 1);
  }
  return idx.length === 3 ? [...out, ...idx] : out;
}
/** A flat outline [x, y] given thickness d (in z), edges rounded by e. */
export function slab(poly, d, e = .02) {
  if (poly.reduce((s, a, k) => { const b = poly[(k + 1) % poly.length]; return s + a[0] * b[1] - b[0] * a[1]; }, 0) < 0) poly = [...poly].reverse();
  const xs = poly.map(q => q[0]), ys = poly.map(q => q[1]), [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const n = poly.length, inset = s => poly.map((b, k) => {
    const a = poly[(k + n - 1) % n], c = poly[(k + 1) % n], u = unit([b[0] - a[0], b[1] - a[1]]), w = unit([c[0] - b[0], c[1] - b[1]]);
    const q = unit([-u[1] - w[1], u[0] + w[0]]), l = Math.max(.35, Math.abs(q[0] * -u[1] + q[1] * u[0]));
    return [b[0] + q[0] * s / l, b[1] + q[1] * s / l];
  });
  const rings = [], h = d / 2;
  for (const [s, z] of [[e, h], [e * .3, h - e * .3], [0, h - e], [0, -h + e], [e * .3, -h + e * .3], [e, -h]]) rings.push(inset(s).map(q => [...q, z]));
  const m = new Mesh(), put = q => { m.p.push(...q); m.uv.push((q[0] - x0) / (x1 - x0), 1 - (q[1] - y0) / (y1 - y0)); };
  rings.flat().forEach(put);
  for (let k = 0; k < rings.length - 1; k++) for (let j = 0; j < n; j++) { const a = k * n + j, b = k * n + (j + 1) % n; m.i.push(a, a + n, b + n, a, b + n, b); }
  const t = ears(inset(e)), back = (rings.length - 1) * n;
  for (let k = 0; k < t.length; k += 3) { m.i.push(t[k], t[k + 1], t[k + 2]); m.i.push(back + t[k], back + t[k + 2], back + t[k + 1]); }
  return m.smooth(46);
}

// Soft forms as distance functions, joined smoothly and turned into a mesh.
export const smin = (a, b, k) => { const h = Math.min(Math.max(.5 + .5 * (b - a) / k, 0), 1); return b + (a - b) * h - k * h * (1 - h); };
export const smax = (a, b, k) => -smin(-a, -b, k);
export const dEll = (x, y, z, a, b, c) => { const k0 = Math.hypot(x / a, y / b, z / c), k1 = Math.hypot(x / a / a, y / b / b, z / c / c); return k1 < 1e-9 ? -Math.min(a, b, c) : k0 * (k0 - 1) / k1; };
export const dCone = (p, a, b, r0, r1) => { const d = sub(b, a), e = sub(p, a), h = Math.min(Math.max(dot(e, d) / dot(d, d), 0), 1); return Math.hypot(e[0] - d[0] * h, e[1] - d[1] * h, e[2] - d[2] * h) - (r0 + (r1 - r0) * h); };
export const dBox = (x, y, z, a, b, c, r) => { const q = [Math.abs(x) - a + r, Math.abs(y) - b + r, Math.abs(z) - c + r]; return Math.hypot(...q.map(v => Math.max(v, 0))) + Math.min(Math.max(...q), 0) - r; };

/** The surface f = 0 inside lo..hi. The texture holds the front view on its left half and the back view on its right. */
export function blob(f, lo, hi, h = .04) {
  const N = lo.map((l, k) => Math.ceil((hi[k] - l) / h) + 1), val = new Float32Array(N[0] * N[1] * N[2]), id = (x, y, z) => (z * N[1] + y) * N[0] + x;
  for (let z = 0; z < N[2]; z++) for (let y = 0; y < N[1]; y++) for (let x = 0; x < N[0]; x++) val[id(x, y, z)] = f(lo[0] + x * h, lo[1] + y * h, lo[2] + z * h);
  const vert = new Map(), P = [], grad = (x, y, z, e = .002) => [f(x + e, y, z) - f(x - e, y, z), f(x, y + e, z) - f(x, y - e, z), f(x, y, z + e) - f(x, y, z - e)].map(v => v / (2 * e));
  for (let z = 0; z < N[2] - 1; z++) for (let y = 0; y < N[1] - 1; y++) for (let x = 0; x < N[0] - 1; x++) {
    let c = 0, s = [0, 0, 0], signs = 0;
    const v = []; for (let k = 0; k < 8; k++) { v[k] = val[id(x + (k & 1), y + (k >> 1 & 1), z + (k >> 2))]; if (v[k] < 0) signs++; }
    if (signs === 0 || signs === 8) continue;
    for (let a = 0; a < 8; a++) for (const bit of [1, 2, 4]) if (!(a & bit)) { const b = a | bit; if ((v[a] < 0) !== (v[b] < 0)) { const t = v[a] / (v[a] - v[b]); c++; for (let k = 0; k < 3; k++) { const ca = a >> k & 1, cb = b >> k & 1; s[k] += ca + (cb - ca) * t; } } }
    let q = [lo[0] + (x + s[0] / c) * h, lo[1] + (y + s[1] / c) * h, lo[2] + (z + s[2] / c) * h];
    for (let k = 0; k < 3; k++) { const g = grad(...q), d = f(...q), l = dot(g, g) || 1, m = Math.min(Math.max(d / l, -h * .5), h * .5); q = q.map((w, j) => w - g[j] * m); }
    vert.set(id(x, y, z), P.length); P.push(q);
  }
  const quads = [];
  for (let z = 1; z < N[2] - 1; z++) for (let y = 1; y < N[1] - 1; y++) for (let x = 1; x < N[0] - 1; x++) {
    const a = val[id(x, y, z)] < 0;
    if (a !== val[id(x + 1, y, z)] < 0) quads.push([[x, y - 1, z - 1], [x, y, z - 1], [x, y, z], [x, y - 1, z]]);
    if (a !== val[id(x, y + 1, z)] < 0) quads.push([[x - 1, y, z - 1], [x, y, z - 1], [x, y, z], [x - 1, y, z]]);
    if (a !== val[id(x, y, z + 1)] < 0) quads.push([[x - 1, y - 1, z], [x, y - 1, z], [x, y, z], [x - 1, y, z]]);
  }
  const m = new Mesh(); m.n = []; const made = new Map();
  const put = (k, back) => { const key = k * 2 + back; if (!made.has(key)) { const q = P[k], g = unit(grad(...q)); made.set(key, m.p.length / 3); m.p.push(...q); m.n.push(...g); const u = (q[0] - lo[0]) / (hi[0] - lo[0]); m.uv.push((back ? 1 - u : u) * .5 + back * .5, 1 - (q[1] - lo[1]) / (hi[1] - lo[1])); } return made.get(key); };
  for (const q of quads) {
    const k = q.map(c => vert.get(id(...c))); if (k.includes(undefined)) continue;
    const mid = [0, 1, 2].map(j => (P[k[0]][j] + P[k[1]][j] + P[k[2]][j] + P[k[3]][j]) / 4), g = grad(...mid), back = g[2] < -1e-3 ? 1 : 0;
    const fn = cross(sub(P[k[2]], P[k[0]]), sub(P[k[3]], P[k[1]])), o = dot(fn, g) > 0 ? k : [k[3], k[2], k[1], k[0]], w = o.map(x => put(x, back));
    m.i.push(w[0], w[1], w[2], w[0], w[2], w[3]);
  }
  return m;
}

// Textures
export function paint(w, h, fn) { const c = document.createElement('canvas'); c.width = w; c.height = h; const g = c.getContext('2d'); fn(g, w, h); return c; }
/** A texture for a blob of the same bounds: fn draws in object coordinates, once for the front and once for the back. */
export const skin = (lo, hi, base, fn, px = 512) => paint(px * 2, Math.round(px * (hi[1] - lo[1]) / (hi[0] - lo[0])), (g, w, h) => {
  g.fillStyle = base; g.fillRect(0, 0, w, h);
  for (const back of [0, 1]) {
    const s = w / 2 / (hi[0] - lo[0]);
    g.save(); g.beginPath(); g.rect(back * w / 2, 0, w / 2, h); g.clip();
    if (back) g.setTransform(-s, 0, 0, -s, w + lo[0] * s, h + lo[1] * s); else g.setTransform(s, 0, 0, -s, -lo[0] * s, h + lo[1] * s);
    fn(g, back === 1); g.restore(); g.setTransform(1, 0, 0, 1, 0, 0);
  }
});
export const dotAt = (g, x, y, rx, ry = rx, rot = 0) => { g.beginPath(); g.ellipse(x, y, rx, ry, rot, 0, 7); g.fill(); };
export function dice(seed) { let s = seed * 2654435761 >>> 0 || 1; return () => { s ^= s << 13; s >>>= 0; s ^= s >>> 17; s ^= s << 5; s >>>= 0; return s / 4294967296; }; }
export const speckle = (g, w, h, colour, n, r, seed = 7) => { const d = dice(seed); g.fillStyle = colour; for (let k = 0; k < n; k++) { const q = r * (.4 + d()); dotAt(g, d() * w, d() * h, q, q); } };
export const grainWood = (base, dark, w = 256, h = 256, seed = 3) => paint(w, h, g => {
  g.fillStyle = base; g.fillRect(0, 0, w, h); const d = dice(seed); g.strokeStyle = dark;
  for (let k = 0; k < 46; k++) { g.globalAlpha = .05 + d() * .2; g.lineWidth = .6 + d() * 2.2; const y = d() * h, a = d() * 8; g.beginPath(); for (let x = -8; x <= w + 8; x += 8) g.lineTo(x, y + a * Math.sin(x / w * 6.283 + k)); g.stroke(); }
  g.globalAlpha = 1;
});
