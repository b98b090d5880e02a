import assert from 'node:assert/strict';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { build } from 'esbuild';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-verify-'));
const outfile = join(folder, 'check.mjs');
await build({ entryPoints: [new URL('../src/verify/check.ts', import.meta.url).pathname], bundle: true, outfile, format: 'esm', logLevel: 'warning' });
const { LOG_KEY, browsersOwn, parseKey, parsePolicy, pinning, strictly, verify } = await import(outfile);
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
    const { kind, file, pinned, verdict: outcome, code, where, checks } = JSON.parse(line);
    const keys = pinned.map(vkey => parseKey(vkey, LOG_KEY).value);
    const verdict = await verify(Buffer.from(file, 'base64'), { policy: pinning(keys), ed25519 });
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
