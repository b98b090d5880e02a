// Materials and movements that several objects share.
import { grainWood } from './shapes.js';
export const glaze = (color, map) => ({ color: map ? '#ffffff' : color, map, rough: .38, coat: .8, grain: .015 });
export const matte = (color, map) => ({ color: map ? '#ffffff' : color, map, rough: .8, grain: .06 });
export const satin = (color, map) => ({ color: map ? '#ffffff' : color, map, rough: .48, coat: .15, grain: .03 });
export const vinyl = (color, map) => ({ color: map ? '#ffffff' : color, map, rough: .5, coat: .22, grain: .02 });
export const cloth = (color, map) => ({ color: map ? '#ffffff' : color, map, rough: .92, sheen: .5, grain: .12 });
export const brass = () => ({ color: '#d0a357', metal: 1, rough: .3, grain: .03 });
export const bronze = () => ({ color: '#9c7a4a', metal: 1, rough: .42, grain: .1 });
export const steel = () => ({ color: '#c8cacc', metal: 1, rough: .28, grain: .02 });
export const black = () => ({ color: '#1d1b1a', rough: .4, coat: .3, grain: .02 });
export const glass = (color = '#eef4f4', alpha = .22) => ({ color, alpha, rough: .08, coat: 1, grain: 0 });
export const wood = (base = '#8a5a3a', dark = '#4d2c18', seed = 3) => ({ map: grainWood(base, dark, 256, 256, seed), rough: .55, coat: .2, grain: .04 });
export const glowing = (color, power = 1) => ({ color, rough: .6, emit: color, power, grain: 0 });

const quat = (axis, t) => { const l = Math.hypot(...axis), s = Math.sin(t / 2); return [...axis.map(x => x / l * s), Math.cos(t / 2)]; };
const steps = (seconds, n) => Array.from({ length: n + 1 }, (_, k) => seconds * k / n);
export const spin = (axis, seconds) => ({ path: 'rotation', times: steps(seconds, 8), values: steps(1, 8).map(t => quat(axis, t * 2 * Math.PI)) });
export const swing = (axis, amount, seconds, phase = 0) => ({ path: 'rotation', times: steps(seconds, 24), values: steps(1, 24).map(t => quat(axis, amount * Math.sin((t + phase) * 2 * Math.PI))) });
export const drift = (by, seconds) => ({ path: 'translation', times: steps(seconds, 24), values: steps(1, 24).map(t => by.map(x => x * (.5 - .5 * Math.cos(t * 2 * Math.PI)))) });
export const lift = (by, seconds) => ({ path: 'translation', times: [0, seconds * .55, seconds * .68, seconds * .74, seconds * .8, seconds * .92, seconds], values: [0, 0, 1, .7, 1, 0, 0].map(k => by.map(x => x * k)) });
