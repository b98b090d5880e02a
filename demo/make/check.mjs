// Checks ../festival.json: every reference resolves, every text has both languages, every offer can be earned by a
// basket of its own shop, and the pictures and models are there in their sizes. Run: node check.mjs [--without-art]
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const f = JSON.parse(readFileSync(new URL('festival.json', root)));
const wrong = [];
const must = (ok, text) => { if (!ok) wrong.push(text); };
const keys = (list, what) => {
  const set = new Set(list.map(x => x.key));
  must(set.size === list.length, `${what}: a key stands twice`);
  list.forEach(x => must(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(x.key), `${what}: key ${x.key}`));
  return set;
};
const text = (x, where) => must(x && typeof x.zh === 'string' && x.zh && typeof x.en === 'string' && x.en
  && /[\u3400-\u9fff]/.test(x.zh) && !/[\u3400-\u9fff]/.test(x.en), `${where}: zh and en`);
const banned = /恭喜|手慢无|稀缺|exclusive|congratulat/i;

const brands = keys(f.brands, 'brands'), creators = keys(f.creators, 'creators'), series = keys(f.series, 'series');
const designs = keys(f.designs, 'designs');
keys(f.campaigns, 'campaigns');
keys(f.campaigns.flatMap(c => c.offers), 'offers');
const brandOf = key => f.brands.find(b => b.key === key);
const designOf = key => f.designs.find(d => d.key === key);
const walls = ['moss', 'indigo', 'ochre', 'lotus', 'night', 'plain'];

must(f.brands.length === 40, `brands: ${f.brands.length}, want 40`);
must(f.designs.length === 50, `designs: ${f.designs.length}, want 50`);
must(f.creators.filter(c => c.virtual).length >= 3, 'at least three virtual creators');
must(brands.has('lumen') && creators.has('wen') && designOf('moonrise')?.supply === 300, 'the known cast');
must(!banned.test(JSON.stringify(f)), 'a word that the house does not say');
text(f.house.name, 'house'); text(f.house.about, 'house');

const skus = new Set();
for (const b of f.brands) {
  text(b.name, b.key); text(b.about, b.key);
  must(b.about.zh.includes('虚构') && b.about.en.includes('ictional'), `${b.key}: says that it is fictional`);
  must(walls.includes(b.wall), `${b.key}: wall ${b.wall}`);
  must(['shopify', 'woocommerce', 'saleor', 'standard'].includes(b.shop.source), `${b.key}: source`);
  must(b.products.length >= 3 && b.products.length <= 5, `${b.key}: ${b.products.length} products`);
  must(f.designs.some(d => d.brand === b.key), `${b.key}: no design`);
  for (const p of b.products) {
    text(p.name, p.sku);
    must(!skus.has(p.sku), `${p.sku} stands twice`); skus.add(p.sku);
    must(Number.isInteger(p.price) && p.price > 0, `${p.sku}: price`);
    must(p.id && p.category && p.vendor, `${p.sku}: id, category, vendor`);
  }
}
for (const c of f.creators) {
  text(c.name, c.key); text(c.about, c.key);
  must(f.designs.some(d => d.creator === c.key), `creator ${c.key} made nothing`);
}
for (const s of f.series) { text(s.name, s.key); must(brands.has(s.brand) || s.brand === 'house', `series ${s.key}: brand`); }
for (const d of f.designs) {
  for (const x of ['name', 'matter', 'about', 'alt']) text(d[x], `${d.key} ${x}`);
  must(brands.has(d.brand) || d.brand === 'house', `${d.key}: brand ${d.brand}`);
  must(series.has(d.series) && f.series.find(s => s.key === d.series).brand === d.brand, `${d.key}: series ${d.series}`);
  must(creators.has(d.creator), `${d.key}: creator ${d.creator}`);
  must(walls.includes(d.wall), `${d.key}: wall ${d.wall}`);
  must(d.supply === null ? d.withheld === 0 : Number.isInteger(d.supply) && d.withheld < d.supply, `${d.key}: supply`);
  d.traits.forEach(t => { text(t.name, `${d.key} trait`); text(t.value, `${d.key} trait`); });
}
for (const c of f.campaigns) {
  text(c.name, c.key); text(c.about, c.key);
  must(c.owner === 'house' || brands.has(c.owner), `${c.key}: owner`);
  must(c.from < c.until, `${c.key}: window`);
  const shops = c.owner === 'house' ? c.brands.map(brandOf) : [brandOf(c.owner)];
  must(!shops.includes(undefined), `${c.key}: shops`);
  if (c.owner === 'house') must(shops.length === 15, `${c.key}: ${shops.length} shops, want 15`);
  must(shops.every(b => b.shop.currency === c.currency), `${c.key}: currency`);
  for (const o of c.offers) {
    text(o.name, o.key);
    must(designs.has(o.design) && designOf(o.design).brand === c.owner, `${o.key}: design ${o.design}`);
    const [[kind, list]] = Object.entries(o.when);
    const field = { product: 'sku', category: 'category', vendor: 'vendor' }[kind];
    must(kind === 'all' || field && Object.keys(o.when).length === 1, `${o.key}: when`);
    const counted = shops.flatMap(b => b.products).filter(p => kind === 'all' || list.includes(p[field]));
    if (field) list.forEach(x => must(counted.some(p => p[field] === x), `${o.key}: nobody sells ${x}`));
    must(o.tiers.length > 0 && o.tiers.every((x, i) => i === 0 || x.from > o.tiers[i - 1].from && x.pieces > o.tiers[i - 1].pieces), `${o.key}: tiers`);
    must(o.tiers.at(-1).pieces <= o.perCollector, `${o.key}: the highest tier gives more than one collector may hold`);
    // An ordinary order has up to three things in it; a window sees up to three such orders.
    const things = [...counted].sort((a, b) => b.price - a.price).slice(0, 3);
    const sum = things.reduce((s, p) => s + p.price, 0) * (o.basis === 'cumulative' ? 3 : 1);
    if (o.measure === 'amount') must(sum >= o.tiers[0].from, `${o.key}: an ordinary basket cannot reach ${o.tiers[0].from}`);
    else must(o.tiers[0].from <= 3, `${o.key}: too many things for one order`);
    must(o.giftPolicy === 'never' || o.giftPolicy === 'free' || o.giftPolicy.afterDays > 0, `${o.key}: gift policy`);
  }
}
if (!process.argv.includes('--without-art')) {
  let total = 0;
  const named = new Set(f.designs.flatMap(d => [d.image, d.model]).filter(Boolean));
  for (const name of named) {
    const file = new URL(name, root);
    must(existsSync(file), `${name} is missing`);
    if (!existsSync(file)) continue;
    const size = statSync(file).size;
    total += size;
    if (name.endsWith('.webp')) must(size <= 47_000, `${name}: ${size} bytes`);
    else must(size <= 600_000, `${name}: ${size} bytes`);
  }
  readdirSync(new URL('art/', root)).forEach(x => must(named.has(`art/${x}`), `art/${x} belongs to no design`));
  must(f.designs.filter(d => d.model).length >= 8, 'at least eight models');
  console.log(`art_bytes: ${total}`);
}
console.log(`brands: ${f.brands.length}\nproducts: ${skus.size}\ncreators: ${f.creators.length}\ndesigns: ${f.designs.length}\nmodels: ${f.designs.filter(d => d.model).length}\ncampaigns: ${f.campaigns.length}\noffers: ${f.campaigns.flatMap(c => c.offers).length}`);
wrong.forEach(w => console.error(w));
process.exit(wrong.length ? 1 : 0);
