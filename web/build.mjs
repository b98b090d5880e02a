// Bundles styles and islands into dist/ under names that carry their hash, and writes manifest.json for the server.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
const modules = join(here, 'node_modules');
// The year of the oldest engine that in-app browsers still carry: nesting and newer script are lowered to it.
const target = ['chrome100', 'safari15.4', 'firefox100'];

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const manifest = {};

function keep(name, bytes) {
  const dot = name.lastIndexOf('.');
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const file = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  writeFileSync(join(dist, file), bytes);
  manifest[name] = file;
  return file;
}

// Shares of a whole as classes, because the pages' policy allows no style attribute.
const shares = Array.from({ length: 101 }, (_, i) => `.v-${i}{--v:${i}%}.at-${i}{--at:${i}%}.n-${i}{--n:${i}}`).join('');

// model-viewer looks for decoders on other people's hosts unless told; here the defaults themselves are local.
const draco = ['draco_wasm_wrapper.js', 'draco_decoder.wasm'];
const dracoFrom = join(modules, 'three/examples/jsm/libs/draco/gltf');
const dracoHash = createHash('sha256').update(draco.map(f => readFileSync(join(dracoFrom, f)).toString('base64')).join()).digest('hex').slice(0, 12);
const decoders = `draco-${dracoHash}`;
let viewerStyleHash = '';

const localViewer = {
  name: 'local-viewer',
  setup(b) {
    b.onLoad({ filter: /model-viewer\/lib\/features\/loading\.js$/ }, args => {
      const text = readFileSync(args.path, 'utf8')
        .replace(/(DEFAULT_DRACO_DECODER_LOCATION = )'[^']*'/, `$1'/assets/${decoders}/'`)
        .replace(/(DEFAULT_KTX2_TRANSCODER_LOCATION = )'[^']*'/, `$1'/assets/none/'`)
        .replace(/(DEFAULT_LOTTIE_LOADER_LOCATION = )'[^']*'/, `$1'/assets/none/lottie.js'`);
      if (/https?:\/\/(www\.gstatic|cdn\.)/.test(text)) throw new Error('model-viewer still names an outside decoder');
      return { contents: text, loader: 'js' };
    });
    b.onLoad({ filter: /model-viewer\/lib\/three-components\/CachingGLTFLoader\.js$/ }, args => {
      const text = readFileSync(args.path, 'utf8');
      const ours = text.replace('let meshoptDecoder;', 'let meshoptDecoder = MeshoptDecoder.ready.then(() => MeshoptDecoder);');
      if (ours === text) throw new Error('model-viewer no longer declares its meshopt decoder as expected');
      return { contents: ours, loader: 'js' };
    });
    // Its shadow root carries one style element: the policy allows exactly that text, by its hash.
    b.onLoad({ filter: /model-viewer\/lib\/template\.js$/ }, args => {
      const text = readFileSync(args.path, 'utf8');
      const style = /<style>([\s\S]*?)<\/style>/.exec(text);
      if (!style || style[1].includes('${')) throw new Error('model-viewer no longer has one fixed style element');
      viewerStyleHash = 'sha256-' + createHash('sha256').update(style[1]).digest('base64');
      return { contents: text, loader: 'js' };
    });
  },
};

async function bundle(entry, name, extra = {}) {
  const made = await build({
    entryPoints: [join(here, 'src', entry)], bundle: true, write: false, minify: true, target, charset: 'utf8',
    legalComments: 'none', logLevel: 'warning', outfile: join(dist, name), external: ['*.webp', '/assets/*'], ...extra,
  });
  return made.outputFiles[0].contents;
}

for (const art of readdirSync(join(here, 'src/art'))) keep(art, readFileSync(join(here, 'src/art', art)));

const css = Buffer.from(await bundle('css/app.css', 'app.css')).toString('utf8') + shares;
keep('app.css', Buffer.from(css));
const viewer = keep('viewer.js', await bundle('viewer.ts', 'viewer.js', { format: 'esm', plugins: [localViewer] }));
const stage = keep('stage.js', await bundle('stage.ts', 'stage.js', { format: 'esm', define: { VIEWER: JSON.stringify(`/assets/${viewer}`) } }));
keep('app.js', await bundle('app.ts', 'app.js', { format: 'iife', define: { STAGE: JSON.stringify(`/assets/${stage}`) } }));
const badge = await bundle('badge.ts', 'badge.js', { format: 'iife' });
if (badge.length > 3000) throw new Error(`the shop's badge has ${badge.length} bytes`);
keep('badge.js', badge);
keep('badge.css', await bundle('css/badge.css', 'badge.css'));
const plot = keep('plot.js', await bundle('plot.ts', 'plot.js', { format: 'esm' }));
keep('desk.js', await bundle('desk.ts', 'desk.js', { format: 'iife', define: { PLOT: JSON.stringify(`/assets/${plot}`), VIEWER: JSON.stringify(`/assets/${viewer}`) } }));
const worker = keep('worker.js', readFileSync(join(modules, 'altcha/dist_external/worker.js')));
const work = keep('work.js', await bundle('work.ts', 'work.js', { format: 'esm', define: { WORKER: JSON.stringify(`/assets/${worker}`) } }));
keep('drop.js', await bundle('drop.ts', 'drop.js', { format: 'iife', define: { WORK: JSON.stringify(`/assets/${work}`) } }));
keep('card.js', await bundle('card.ts', 'card.js', { format: 'iife' }));
keep('pay.js', await bundle('pay.ts', 'pay.js', { format: 'iife' }));
keep('passkey.js', await bundle('passkey.ts', 'passkey.js', { format: 'iife' }));
keep('verify.js', await bundle('verify.ts', 'verify.js', { format: 'iife' }));
keep('htmx.js', readFileSync(join(modules, 'htmx.org/dist/htmx.min.js')));

// Under its own name at the root: its version is that of what it keeps.
const shell = ['app.css', 'app.js', 'verify.js', 'mark.svg', 'box-base.webp'].map(name => `/assets/${manifest[name]}`);
const version = createHash('sha256').update(shell.join()).digest('hex').slice(0, 12);
writeFileSync(join(dist, 'sw.js'), await bundle('sw.ts', 'sw.js', { format: 'iife', define: { FILES: JSON.stringify(shell), VERSION: JSON.stringify(version) } }));

mkdirSync(join(dist, decoders));
for (const file of draco) copyFileSync(join(dracoFrom, file), join(dist, decoders, file));

// What the bundles contain and under which licence.
const bundled = ['htmx.org', '@google/model-viewer', 'three', 'lit', 'lit-html', 'lit-element', '@lit/reactive-element', '@monogrid/gainmap-js', '@noble/curves', '@noble/hashes', 'uplot', 'altcha'];
const licences = bundled.map(name => {
  const folder = join(modules, name);
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find(f => /^licen[cs]e/i.test(f));
  return `${name} ${about.version} (${about.license})\n\n${file ? readFileSync(join(folder, file), 'utf8') : ''}`;
});
licences.push('Draco decoder (Apache-2.0), from three/examples/jsm/libs/draco');
writeFileSync(join(dist, 'licences.txt'), licences.join('\n\n----\n\n'));

// The verifier as one file: everything is inside, and its own policy lets exactly that run and nothing be asked for.
const text = bytes => Buffer.from(bytes).toString('utf8').trim();
const parts = { style: text(await bundle('css/standalone.css', 'standalone.css')), script: text(await bundle('verify/standalone.ts', 'standalone.js', { format: 'iife' })) };
if (/<\/(script|style)|<!--/i.test(parts.style + parts.script)) throw new Error('the verifier would end before its end');
const policyHash = part => `sha256-${createHash('sha256').update(part).digest('base64')}`;
const filled = { ...parts, licences: licences.filter(text => text.startsWith('@noble/')).join('\n\n').replaceAll('--', '- -'), 'style-hash': policyHash(parts.style), 'script-hash': policyHash(parts.script) };
writeFileSync(join(dist, 'vitrine-verify.html'), readFileSync(join(here, 'src/verify/standalone.html'), 'utf8').replace(/\{([a-z-]+)\}/g, (_, name) => filled[name]));

// Compressed once, here: the server only picks the form that the browser can read.
for (const folder of [dist, join(dist, decoders)]) {
  for (const file of readdirSync(folder).filter(f => /\.(js|css|svg|wasm)$/.test(f))) {
    const bytes = readFileSync(join(folder, file));
    writeFileSync(join(folder, `${file}.gz`), gzipSync(bytes, { level: 9 }));
    writeFileSync(join(folder, `${file}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
}
writeFileSync(join(dist, 'manifest.json'), JSON.stringify({ files: manifest, viewerStyle: viewerStyleHash }, null, 1));
