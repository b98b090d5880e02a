/* Between the pages and the network: without one, a page that says so, the verifier, and the certificates that were looked at. */
/// <reference lib="webworker" />
declare const FILES: string[];
declare const VERSION: string;

const worker = self as unknown as ServiceWorkerGlobalScope;
const SHELL = `shell-${VERSION}`;
const KEPT = 'certificates';
const KEPT_MAX = 20;
const SPOKEN = '/spoken';
const LANGUAGES = ['zh', 'en'];

/** As somebody who is not signed in: what is kept names nobody and sets nothing. */
const asGuest = (url: string) => new Request(url, { credentials: 'omit' });

worker.addEventListener('install', event => {
  const pages = LANGUAGES.flatMap(lang => [`/offline?lang=${lang}`, `/verify?lang=${lang}`]);
  event.waitUntil(caches.open(SHELL).then(shell => shell.addAll([...pages, ...FILES].map(asGuest))).then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', event => {
  const old = (name: string) => name !== SHELL && name !== KEPT;
  event.waitUntil(caches.keys().then(names => Promise.all(names.filter(old).map(name => caches.delete(name)))).then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', event => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(event, request, url));
  else if (url.pathname.startsWith('/assets/') || url.pathname.startsWith('/media/')) event.respondWith(part(request));
});

async function page(event: FetchEvent, request: Request, url: URL): Promise<Response> {
  try {
    const answer = await fetch(request);
    const lang = spoken(answer.headers.get('Content-Language'));
    if (answer.ok && lang) event.waitUntil(remember(lang));
    if (answer.ok && lang && /^\/c\/[a-z0-9-]+$/.test(url.pathname)) event.waitUntil(keep(url.pathname, lang));
    return answer;
  } catch {
    const kept = await (await caches.open(KEPT)).match(url.pathname);
    if (kept) return kept;
    const shell = await caches.open(SHELL);
    const lang = await remembered();
    return (url.pathname === '/verify' && (await shell.match(`/verify?lang=${lang}`))) || (await shell.match(`/offline?lang=${lang}`)) || Response.error();
  }
}

const spoken = (tag: string | null) => LANGUAGES.find(lang => tag?.startsWith(lang));

/** In which language the pages were last read. The choice lies in a cookie that no script sees, so it is known by the answers. */
async function remember(lang: string) {
  if (lang !== await remembered()) await (await caches.open(KEPT)).put(SPOKEN, new Response(lang));
}

async function remembered(): Promise<string> {
  const said = await (await caches.open(KEPT)).match(SPOKEN);
  return spoken(said ? await said.text() : navigator.language) ?? 'en';
}

/** Of the network where there is one: only without it from what is kept. Files under /assets/ never change, so theirs is kept first. */
async function part(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept) return kept;
  return fetch(request);
}

/** The page of a certificate, as it was read last, with its pictures; the oldest go when there are many. */
async function keep(path: string, lang: string) {
  const cache = await caches.open(KEPT);
  const answer = await fetch(asGuest(`${path}?lang=${lang}`));
  if (!answer.ok) return;
  const text = await answer.clone().text();
  await cache.put(path, answer);
  const pictures = new Set([...text.matchAll(/(?:src|href)="(\/(?:media|assets)\/[^"]+\.(?:webp|svg|css|js))"/g)].map(found => found[1]!));
  await Promise.allSettled([...pictures].map(async picture => (await caches.match(picture)) ?? cache.add(asGuest(picture))));
  const pages = (await cache.keys()).filter(request => new URL(request.url).pathname.startsWith('/c/'));
  for (const oldest of pages.slice(0, Math.max(0, pages.length - KEPT_MAX))) await cache.delete(oldest);
}

export {};
