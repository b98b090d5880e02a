import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { build } from 'esbuild';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-verify-'));
const parts = ['check', 'json', 'words'];
await build({
  entryPoints: parts.map(part => new URL(`../src/verify/${part}.ts`, import.meta.url).pathname),
  bundle: true, outdir: folder, outExtension: { '.js': '.mjs' }, format: 'esm', logLevel: 'warning',
});
const [{ LOG_KEY, browsersOwn, parseKey, parsePolicy, pinning, strictly, verify }, { canonical, parseJson }, { words }] =
  await Promise.all(parts.map(part => import(join(folder, `${part}.mjs`))));
rmSync(folder, { recursive: true });

/** The Java verifier's answers to certificates good and bad; ./vitrine corpus makes the lines. */
const corpus = process.env.VITRINE_CORPUS;
const without = corpus ? false : 'VITRINE_CORPUS names no file; ./vitrine test --only web makes one';

async function answersAlike(ed25519, every) {
  const lines = createInterface({ input: createReadStream(corpus), crlfDelay: Infinity });
  const outcomes = {};
  let n = 0;
  for await (const line of lines) {
    if (n++ % every !== 0) continue;
    const { kind, file, pinned, policy: text, challenge, answer, verdict: outcome, code, where, checks } = JSON.parse(line);
    const policy = text === '' ? pinning(pinned.map(vkey => parseKey(vkey, LOG_KEY).value)) : parsePolicy(Buffer.from(text)).value;
    const possession = answer === '' ? null : { challenge, answer };
    const verdict = await verify(Buffer.from(file, 'base64'), { policy, possession, ed25519 });
    const first = ['failed', 'not-checked'].map(status => verdict.checks.find(check => check.status === status)).find(Boolean);
    assert.deepEqual(
      { outcome: verdict.outcome, code: first?.code ?? '', where: first?.where ?? '', checks: verdict.checks.map(check => `${check.status} ${check.code} ${check.where}`) },
      { outcome, code, where, checks },
      `certificate ${n - 1} (${kind})`,
    );
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

test('ten thousand certificates get the answers of the Java verifier, with the signatures of the platform', { skip: without }, async () => {
  const outcomes = await answersAlike(strictly(browsersOwn()), 1);
  const count = Object.values(outcomes).reduce((sum, some) => sum + some);
  assert.ok(count >= 10_000, `${count} certificates`);
  for (const outcome of ['valid', 'invalid', 'not-pinned', 'partly-checked']) assert.ok(outcomes[outcome] > 100, JSON.stringify(outcomes));
});

test('every other one gets the same answer where the platform has no Ed25519', { skip: without }, async () => {
  await answersAlike(strictly(null), 2);
});

const vectors = JSON.parse(readFileSync(new URL('../../docs/record-format/vectors.json', import.meta.url), 'utf8'));
const good = Buffer.from(vectors.certificates[0].file);
const pinned = pinning([parseKey(vectors.log.verifierKey, LOG_KEY).value]);
const first = verdict => ['failed', 'not-checked'].map(status => verdict.checks.find(check => check.status === status)).find(Boolean);

test('the vectors beside the format get the verdicts that stand there', async () => {
  const outcomes = { Valid: 'valid', Invalid: 'invalid', NotPinned: 'not-pinned', PartlyChecked: 'partly-checked' };
  for (const { file, pinned: vkey, verdict } of vectors.certificates) {
    const policy = pinning(vkey === '' ? [] : [parseKey(vkey, LOG_KEY).value]);
    assert.equal((await verify(Buffer.from(file), { policy })).outcome, outcomes[verdict]);
  }
});

test('numbers are written as RFC 8785 writes them, and texts are sorted as it sorts them', () => {
  const fixtures = new URL('../../proof/src/test/resources/fixtures/jcs/', import.meta.url);
  for (const name of readdirSync(new URL('input', fixtures))) {
    const read = parseJson(readFileSync(new URL(`input/${name}`, fixtures)), { bytesMax: 1 << 20, depthMax: 32 });
    assert.equal(canonical(read.value), readFileSync(new URL(`output/${name}`, fixtures), 'utf8').trim());
  }
});

test('what JSON.parse forgives is refused by name', () => {
  const refused = (text, code) => assert.equal(parseJson(Buffer.from(text), { bytesMax: 100, depthMax: 3 }).code, code, String(text));
  refused('{"a":1,"\\u0061":2}', 'json.duplicate-name');
  refused('{"__proto__":1,"__proto__":2}', 'json.duplicate-name');
  refused('"\\ud800"', 'json.lone-surrogate');
  refused('{"\\ud800":1}', 'json.lone-surrogate');
  refused('1e400', 'json.number-range');
  refused('01', 'json.trailing');
  refused('[[[[]]]]', 'json.too-deep');
  refused('"\t"', 'json.syntax');
  refused('\ufeff{}', 'json.syntax');
  refused(Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'json.not-utf8');
  refused(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'json.not-utf8');
  refused(' '.repeat(101), 'json.too-large');
});

test('a file made to be heavy is answered within seconds', async () => {
  const heavy = [
    Buffer.alloc((8 << 20) + 1, 0x20),
    Buffer.from('['.repeat(8 << 20)),
    Buffer.from(`[${'0,'.repeat(4 << 20).slice(0, -1)}]`.slice(0, 8 << 20)),
    Buffer.from(`{"v":1,"checkpoint":"${'\\n'.repeat(4 << 20)}`.slice(0, (8 << 20) - 2) + '"}'),
    Buffer.from(`{"v":1,"checkpoint":"a\\n1\\n\\n${'— a AAAA\\n'.repeat(90_000)}"}`),
  ];
  // As many records as a certificate may have, each with the longest path of the largest log.
  const deep = JSON.parse(good);
  const lines = deep.checkpoint.split('\n');
  deep.checkpoint = [lines[0], String(2n ** 63n - 1n), ...lines.slice(2)].join('\n');
  deep.records = Array(1_900).fill({ ...deep.records[0], proof: Array(63).fill('0'.repeat(64)) });
  heavy.push(Buffer.from(JSON.stringify(deep)));
  for (const file of heavy) {
    const started = performance.now();
    assert.equal((await verify(file, { policy: pinned })).outcome, 'invalid');
    assert.ok(performance.now() - started < 5_000, `${performance.now() - started} ms`);
  }
});

test('a policy that says something else is refused by name', () => {
  const [log, witness] = [vectors.log.verifierKey, 'witness.example/x+7b33a3e1+BGplPBU1Nu5nZqbE5bLbAcqTuGwrk2RXBIbNhVlpD4AB'];
  const refused = (code, text) => assert.equal(parsePolicy(Buffer.from(text)).code, `policy.${code}`, text.slice(0, 80));
  refused('quorum', '');
  refused('quorum', 'quorum none\nquorum none\n');
  refused('lines', 'quorum none');
  refused('line', 'quorums none\n');
  refused('line', 'log\nquorum none\n');
  refused('key', 'log x\nquorum none\n');
  refused('key', `witness a ${log}\nquorum none\n`);
  refused('key', `log ${witness}\nquorum none\n`);
  refused('duplicate', `log ${log}\nlog ${log}\nquorum none\n`);
  refused('unknown-name', 'quorum X1\n');
  refused('unknown-name', 'group a any none\nquorum a\n');
  refused('characters', '# \u0001\nquorum none\n');
  refused('too-large', `${'#'.repeat(1 << 18)}\n`);
  assert.equal(parsePolicy(Buffer.from(`# the logs\n\tlog ${log}  https://lumen.example/log\nquorum none\n`)).value.logs[0].vkey, log);
});

test('without a key nothing is valid, whatever the file names as its own', async () => {
  assert.equal((await verify(good, { policy: pinning([]) })).outcome, 'not-pinned');
});

test('files of the design are compared by their hashes', async () => {
  const { manifest } = (await verify(good, { policy: pinned })).ownership;
  const [{ sha256, bytes }] = manifest.media;
  const outcome = async media => {
    const verdict = await verify(good, { policy: pinned, media });
    return [verdict.outcome, first(verdict)?.where];
  };
  assert.deepEqual(await outcome([{ name: 'any.webp', bytes, sha256 }]), ['valid', undefined]);
  assert.deepEqual(await outcome([]), ['partly-checked', 'media.0']);
  assert.deepEqual(await outcome([{ name: `${sha256}.webp`, bytes, sha256: '0'.repeat(64) }]), ['invalid', 'media.0']);
  assert.deepEqual(await outcome([{ name: `${sha256}.webp`, bytes: bytes + 1, sha256 }]), ['invalid', 'media.0']);
});

test('both languages have a word for everything', () => {
  assert.deepEqual(Object.keys(words.zh).sort(), Object.keys(words.en).sort());
});

test('the file asks nobody for anything, and its own policy says so', () => {
  const file = readFileSync(new URL('../dist/vitrine-verify.html', import.meta.url), 'utf8');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(file)[1];
  assert.match(policy, /^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; img-src data:; form-action 'none'; base-uri 'none'$/);
  for (const [tag, source] of [['script', 'script-src'], ['style', 'style-src']]) {
    const text = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(file)[1];
    assert.ok(policy.includes(`${source} 'sha256-${createHash('sha256').update(text).digest('base64')}'`), `${tag} runs`);
  }
  assert.ok(!/\b(src|href)=|\bfetch\(|XMLHttpRequest|WebSocket|\bimport\(/.test(file), 'nothing is fetched');
});
