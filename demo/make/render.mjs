// Renders posters and models with headless Chromium. node render.mjs [--draft] [--no-pictures] [key …]
// --draft: small quick pictures into make/draft; else 1024 px into ../art. CHROMIUM names the browser.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = new URL('./', import.meta.url), args = process.argv.slice(2), draft = args.includes('--draft');
const out = new URL(draft ? 'draft/' : '../art/', here);
mkdirSync(out, { recursive: true });
const designs = JSON.parse(readFileSync(new URL('../festival.json', here))).designs;
const named = args.filter(a => !a.startsWith('--'));
const keys = named.length ? named : designs.map(d => d.key);
const job = {
  keys, size: draft ? 480 : 1024, samples: draft ? 24 : 36, limit: 44_000, picture: !args.includes('--no-pictures'),
  models: draft && !args.includes('--models') ? [] : designs.filter(d => d.model).map(d => d.key),
};
// The browser keeps every shade of transparency; where that costs too much, ImageMagick (if it is there) keeps fewer.
const squeeze = (name, body) => {
  const from = join(profile, name), to = new URL(name.replace('.png', '.webp'), out).pathname;
  writeFileSync(from, body);
  const done = spawnSync('convert', [from, '-quality', '45', '-define', 'webp:method=6', '-define', 'webp:alpha-quality=75', to]);
  console.log(done.status === 0 ? `${name}: squeezed` : `${name}: over the limit, and no ImageMagick to squeeze it`);
};
const types = { js: 'text/javascript', html: 'text/html' };
const server = createServer((request, response) => {
  if (request.method === 'POST') {
    const chunks = [];
    request.on('data', c => chunks.push(c));
    request.on('end', () => {
      const name = request.url.slice('/out/'.length), body = Buffer.concat(chunks);
      if (name === 'log') console.log(body.toString());
      else if (name.endsWith('.png')) squeeze(name, body);
      else if (name !== 'done') writeFileSync(new URL(name, out), body);
      response.end();
      if (name === 'done') stop();
    });
  } else if (request.url === '/job') response.end(JSON.stringify(job));
  else {
    const name = request.url.slice(1), type = types[name.split('.').pop()];
    if (!type || name.includes('/')) { response.writeHead(404).end(); return; }
    response.writeHead(200, { 'Content-Type': type }).end(readFileSync(new URL(name, here)));
  }
});
let browser;
const profile = mkdtempSync(join(tmpdir(), 'studio-'));
const stop = () => { browser.kill(); server.close(); server.closeAllConnections(); };
server.listen(0, '127.0.0.1', () => {
  browser = spawn(process.env.CHROMIUM ?? 'chromium', ['--headless', '--no-sandbox', '--no-first-run', '--disable-background-networking',
    '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', `--user-data-dir=${profile}`,
    `http://127.0.0.1:${server.address().port}/studio.html`], { stdio: 'ignore' });
  browser.on('exit', () => { server.close(); rmSync(profile, { recursive: true, force: true }); });
});
