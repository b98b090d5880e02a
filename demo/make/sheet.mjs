// Makes ../contact-sheet.webp: all fifty at 96 px with their names, and a larger row.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../', import.meta.url), f = JSON.parse(readFileSync(new URL('festival.json', root)));
const page = `<!doctype html><meta charset="utf-8"><script type="module">
const designs = await (await fetch('/designs')).json(), walls = { moss: '#c3c9b6', indigo: '#b7c0cb', ochre: '#dfcda8', lotus: '#dec7bd', night: '#3f3a33', plain: '#e6e1d8' };
const W = 10 * 128 + 32, big = ['moonrise', 'quiet-pot', 'white-hare', 'far-away', 'side-a'], H = 5 * 158 + 40 + 280 + 50, c = document.createElement('canvas'); c.width = W; c.height = H; const g = c.getContext('2d');
g.fillStyle = '#edeae4'; g.fillRect(0, 0, W, H); g.imageSmoothingQuality = 'high';
const load = async d => { const b = await createImageBitmap(await (await fetch('/' + d.image)).blob()); return b; };
const small = (b, size) => { let s = b.width, src = b; while (s / 2 >= size) { s /= 2; const k = document.createElement('canvas'); k.width = k.height = s; const x = k.getContext('2d'); x.imageSmoothingQuality = 'high'; x.drawImage(src, 0, 0, s, s); src = k; } return src; };
const label = (t, x, y, font, color, width = 124) => { g.font = font; g.fillStyle = color; g.textAlign = 'center'; g.fillText(t, x, y, width); };
for (let i = 0; i < designs.length; i++) { const d = designs[i], x = 16 + (i % 10) * 128, y = 20 + Math.floor(i / 10) * 158, b = await load(d);
  g.fillStyle = walls[d.wall]; g.fillRect(x + 12, y, 104, 104); g.drawImage(small(b, 96), x + 16, y + 4, 96, 96);
  label(d.name.zh, x + 64, y + 122, '14px "Noto Serif CJK SC", "Noto Sans CJK SC", serif', '#1f1b17'); label(d.name.en + (d.model ? ' ·' : ''), x + 64, y + 138, '11px Georgia, serif', '#574f46'); }
for (let i = 0; i < big.length; i++) { const d = designs.find(q => q.key === big[i]), w = (W - 32) / 5, x = 16 + i * w, y = 5 * 158 + 30, b = await load(d); g.fillStyle = walls[d.wall]; g.fillRect(x + 6, y, w - 12, 280); g.drawImage(small(b, 244), x + w / 2 - 122, y + 18, 244, 244); label(d.name.zh + '  ' + d.name.en, x + w / 2, y + 306, '14px "Noto Serif CJK SC", Georgia, serif', '#1f1b17', 240); }
const file = await new Promise(r => c.toBlob(r, 'image/webp', .86)); await fetch('/sheet', { method: 'POST', body: file });
</script>`;
let browser;
const profile = mkdtempSync(join(tmpdir(), 'sheet-'));
const server = createServer((request, response) => {
  if (request.method === 'POST') { const chunks = []; request.on('data', c => chunks.push(c)); request.on('end', () => { writeFileSync(new URL('contact-sheet.webp', root), Buffer.concat(chunks)); response.end(); browser.kill(); server.close(); server.closeAllConnections(); }); }
  else if (request.url === '/') response.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
  else if (request.url === '/designs') response.end(JSON.stringify(f.designs));
  else if (f.designs.some(d => `/${d.image}` === request.url)) response.end(readFileSync(new URL(request.url.slice(1), root)));
  else response.writeHead(404).end();
});
server.listen(0, '127.0.0.1', () => {
  browser = spawn(process.env.CHROMIUM ?? 'chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', `--user-data-dir=${profile}`, `http://127.0.0.1:${server.address().port}/`], { stdio: 'ignore' });
  browser.on('exit', () => rmSync(profile, { recursive: true, force: true }));
});
