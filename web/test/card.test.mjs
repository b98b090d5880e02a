import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runInNewContext } from 'node:vm';

const dist = new URL('../dist/', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
const code = readFileSync(join(dist, manifest.files['card.js']), 'utf8');

/** The pay page of a real Stripe account, as far as its script looks at it, and what Stripe's script would be. */
function page(ends) {
  const seen = { mounted: null, appended: null, confirmed: null };
  const button = { disabled: true };
  const said = { textContent: '' };
  const fields = {};
  const form = {
    dataset: { card: 'pi_1_secret_2', key: 'pk_live_3', away: 'not answering' },
    querySelector: what => ({ button, '[role=alert]': said, '[data-fields]': fields })[what],
    addEventListener: (what, then) => { seen[what] = then; },
  };
  const window = {};
  const elements = { create: kind => ({ mount: at => { seen.mounted = [kind, at]; } }) };
  const comes = () => {
    window.Stripe = key => {
      seen.key = key;
      return { elements: given => { seen.given = given; return elements; }, confirmPayment: given => { seen.confirmed = given; return Promise.resolve(ends); } };
    };
  };
  runInNewContext(code, {
    window,
    location: { href: 'https://here/d/moon/pay/1' },
    document: { querySelector: () => form, createElement: () => ({}), head: { append: script => { seen.appended = script; } } },
  });
  return { seen, button, said, fields, elements, comes };
}

test('the card fields are Stripe’s own, for this payment, and its button can be pressed once they are there', () => {
  const { seen, button, fields, comes } = page({});
  assert.equal(seen.appended.src, 'https://js.stripe.com/v3/');
  assert.equal(button.disabled, true);
  comes();
  seen.appended.onload();
  assert.equal(seen.key, 'pk_live_3');
  assert.equal(seen.given.clientSecret, 'pi_1_secret_2');
  assert.deepEqual(seen.mounted, ['payment', fields]);
  assert.equal(button.disabled, false);
});

test('a card that is refused is said, and she may try another', async () => {
  const { seen, button, said, elements, comes } = page({ error: { message: 'Your card was declined.' } });
  comes();
  seen.appended.onload();
  let kept = false;
  seen.submit({ preventDefault: () => { kept = true; } });
  assert.ok(kept && button.disabled);
  assert.equal(seen.confirmed.elements, elements);
  assert.equal(seen.confirmed.confirmParams.return_url, 'https://here/d/moon/pay/1');
  await Promise.resolve();
  assert.equal(said.textContent, 'Your card was declined.');
  assert.equal(button.disabled, false);
});

for (const [what, how] of [['cannot be fetched', 'onerror'], ['came and is not what it should be', 'onload']])
  test(`a script that ${what} is said`, () => {
    const { seen, button, said } = page({});
    seen.appended[how]();
    assert.equal(said.textContent, 'not answering');
    assert.equal(button.disabled, true);
  });
