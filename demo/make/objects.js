// The fifty objects. Each is a function that puts shapes on the stage `s`:
// s.add(mesh, material, node) · s.node(name, pivot, animation, parent) · s.glow, s.point for the picture's light · s.turn.
import { OBJECTS as figures } from './figures.js';
import { OBJECTS as house } from './household.js';
import { OBJECTS as away } from './away.js';

export const OBJECTS = { ...figures, ...house, ...away };

export function build(key) {
  const s = { parts: [], nodes: {}, glows: [], point: null, turn: 0 };
  s.add = (mesh, mat, node = 'body') => { for (const m of [mesh].flat()) s.parts.push({ mesh: m.n ? m : m.smooth(), mat, node }); };
  s.node = (name, pivot, anim = [], parent = null) => { s.nodes[name] = { pivot, anim: [anim].flat(), parent }; };
  s.glow = (at, r, color, power) => s.glows.push({ at, r, color, power });
  OBJECTS[key](s);
  return s;
}
