// Writes an object of the studio as one self-contained glTF 2.0 binary: the same meshes and textures as in the picture.
const lin = h => [1, 3, 5].map(i => Math.pow(parseInt(h.slice(i, i + 2), 16) / 255, 2.2));

export async function glb(name, object) {
  const views = [], accessors = [], chunks = [], images = [], textures = [], materials = [], meshes = [], nodes = [], samplers = [], channels = [];
  let length = 0;
  const bytes = (data, target) => {
    const b = data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength), pad = (4 - b.length % 4) % 4;
    views.push({ buffer: 0, byteOffset: length, byteLength: b.length, ...(target ? { target } : {}) });
    chunks.push(b, new Uint8Array(pad)); length += b.length + pad; return views.length - 1;
  };
  const numbers = (data, type, k, target, bounds, normalized) => {
    const a = { bufferView: bytes(data, target), componentType: data instanceof Uint16Array ? 5123 : data instanceof Uint32Array ? 5125 : 5126, count: data.length / k, type, ...(normalized ? { normalized } : {}) };
    if (bounds) { a.min = Array(k).fill(Infinity); a.max = Array(k).fill(-Infinity); data.forEach((v, j) => { a.min[j % k] = Math.min(a.min[j % k], v); a.max[j % k] = Math.max(a.max[j % k], v); }); }
    accessors.push(a); return accessors.length - 1;
  };
  const imageOf = new Map(), materialOf = new Map();
  const texture = async canvas => {
    if (!imageOf.has(canvas)) {
      const clear = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((v, k) => k % 4 === 3 && v < 250);
      const mimeType = clear ? 'image/png' : 'image/jpeg', file = await new Promise(r => canvas.toBlob(r, mimeType, .8));
      images.push({ mimeType, bufferView: bytes(new Uint8Array(await file.arrayBuffer())) });
      textures.push({ source: images.length - 1, sampler: 0 }); imageOf.set(canvas, textures.length - 1);
    }
    return imageOf.get(canvas);
  };
  const material = async m => {
    if (!materialOf.has(m)) {
      const alpha = m.alpha ?? 1, out = { doubleSided: true, pbrMetallicRoughness: { baseColorFactor: [...lin(m.color ?? '#ffffff'), alpha], metallicFactor: m.metal ?? 0, roughnessFactor: Math.max(.05, (m.rough ?? .5) * (1 - .45 * (m.coat ?? 0))) } };
      if (m.map) out.pbrMetallicRoughness.baseColorTexture = { index: await texture(m.map) };
      if (m.emit) { out.emissiveFactor = lin(m.emit).map(x => Math.min(1, x * Math.min(m.power ?? 1, 1))); if (m.map) out.emissiveTexture = { index: await texture(m.map) }; }
      if (alpha < 1) out.alphaMode = 'BLEND';
      materials.push(out); materialOf.set(m, materials.length - 1);
    }
    return materialOf.get(m);
  };
  nodes.push({ name, children: [], ...(object.turn ? { rotation: [0, Math.sin(object.turn / 2), 0, Math.cos(object.turn / 2)] } : {}) });
  const groups = { body: { pivot: [0, 0, 0] }, ...object.nodes }, index = {};
  for (const [key, g] of Object.entries(groups)) {
    const own = object.parts.filter(q => q.node === key);
    const parent = g.parent ? groups[g.parent].pivot : [0, 0, 0], rest = g.pivot.map((x, k) => x - parent[k]);
    const node = { name: key, translation: rest };
    if (own.length) {
      const byMat = new Map(); own.forEach(q => byMat.set(q.mat, [...(byMat.get(q.mat) ?? []), q.mesh]));
      const primitives = [];
      for (const [mat, list] of byMat) {
        const P = [], N = [], U = [], I = [];
        for (const m of list) { const base = P.length / 3; m.p.forEach((v, k) => P.push(v - g.pivot[k % 3])); for (let k = 0; k < m.n.length; k += 3) { const l = Math.hypot(m.n[k], m.n[k + 1], m.n[k + 2]); if (l < 1e-6) N.push(0, 1, 0); else N.push(m.n[k] / l, m.n[k + 1] / l, m.n[k + 2] / l); } m.uv.forEach(v => U.push(v)); m.i.forEach(v => I.push(v + base)); }
        primitives.push({ attributes: { POSITION: numbers(new Float32Array(P), 'VEC3', 3, 34962, true), NORMAL: numbers(new Float32Array(N), 'VEC3', 3, 34962), ...(mat.map ? { TEXCOORD_0: numbers(new Uint16Array(U.map(x => Math.round(Math.min(Math.max(x, 0), 1) * 65535))), 'VEC2', 2, 34962, false, true) } : {}) },
          indices: numbers(P.length / 3 < 65536 ? new Uint16Array(I) : new Uint32Array(I), 'SCALAR', 1, 34963), material: await material(mat) });
      }
      meshes.push({ name: key, primitives }); node.mesh = meshes.length - 1;
    }
    index[key] = nodes.push(node) - 1;
    (g.parent ? nodes[index[g.parent]] : nodes[0]).children ??= [];
    (g.parent ? nodes[index[g.parent]] : nodes[0]).children.push(index[key]);
    for (const a of g.anim ?? []) {
      const values = a.path === 'translation' ? a.values.flatMap(v => v.map((x, k) => x + rest[k])) : a.values.flat();
      samplers.push({ input: numbers(new Float32Array(a.times), 'SCALAR', 1, null, true), output: numbers(new Float32Array(values), a.path === 'rotation' ? 'VEC4' : 'VEC3', a.path === 'rotation' ? 4 : 3), interpolation: 'LINEAR' });
      channels.push({ sampler: samplers.length - 1, target: { node: index[key], path: a.path } });
    }
  }
  const json = { asset: { version: '2.0', generator: 'Vitrine demo studio' }, scene: 0, scenes: [{ nodes: [0] }], nodes, meshes, materials, accessors, bufferViews: views, buffers: [{ byteLength: length }] };
  if (images.length) Object.assign(json, { images, textures, samplers: [{ magFilter: 9729, minFilter: 9987, wrapS: 10497, wrapT: 33071 }] });
  if (channels.length) json.animations = [{ name: 'rest', samplers, channels }];
  let text = new TextEncoder().encode(JSON.stringify(json)); const pad = (4 - text.length % 4) % 4; text = new Uint8Array([...text, ...Array(pad).fill(32)]);
  const head = new Uint32Array([0x46546c67, 2, 28 + text.length + length, text.length, 0x4e4f534a]);
  return new Blob([head, text, new Uint32Array([length, 0x004e4942]), ...chunks], { type: 'model/gltf-binary' });
}
