import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

const dist = new URL('../dist/', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
const read = name => readFileSync(join(dist, manifest.files[name]), 'utf8');

test('every name in the manifest leads to a file whose name carries a hash', () => {
  for (const [name, file] of Object.entries(manifest.files)) {
    assert.match(file, /\.[0-9a-f]{12}\.[a-z0-9]+$/, name);
    assert.ok(existsSync(join(dist, file)), file);
  }
});

test('no bundle asks another host for anything', () => {
  for (const name of ['app.js', 'stage.js', 'htmx.js', 'viewer.js', 'app.css']) {
    // The name of a phone's own AR app is in the viewer; the pages do not offer it.
    const hosts = read(name).replaceAll('intent://', '').match(/(?:https?:)?\/\/(?:[a-z0-9-]+\.)*(?:gstatic|googleapis|jsdelivr|unpkg|cloudflare|google)\.[a-z]+/g);
    assert.deepEqual(hosts, null, name);
  }
});

test('the viewer finds its decoder beside the other assets', () => {
  const folder = /\/assets\/(draco-[0-9a-f]{12})\//.exec(read('viewer.js'));
  assert.ok(folder);
  assert.deepEqual(readdirSync(join(dist, folder[1])).filter(f => !/\.(br|gz)$/.test(f)).sort(), ['draco_decoder.wasm', 'draco_wasm_wrapper.js']);
});

test('the page script is small and fetches the viewer only when asked', () => {
  assert.ok(read('app.js').length < 12_000, `${read('app.js').length} characters`);
  assert.ok(read('app.js').includes(`/assets/${manifest.files['stage.js']}`));
  assert.ok(read('stage.js').includes(`/assets/${manifest.files['viewer.js']}`));
});

test('nesting is lowered for older in-app browsers', () => {
  assert.ok(!/[{;}]\s*&/.test(read('app.css')), 'a nested rule is left');
});

test('nothing in the page script is evaluated from text', () => {
  assert.ok(!/\beval\(|new Function/.test(read('app.js') + read('stage.js')));
});
