/* A second of work before one comes in (ALTCHA's proof of work, version 1). Where it cannot be done the form is sent as it is, and takes the narrow way. */

interface Challenge {
  algorithm: string;
  challenge: string;
  maxnumber: number;
  salt: string;
  signature: string;
}

const AT_ONCE = 500;

export function work(form: HTMLFormElement, base: string) {
  const field = form.querySelector<HTMLInputElement>('[name="altcha"]');
  let done = false;
  form.addEventListener('submit', event => {
    if (done || !field || !('fetch' in window) || !crypto.subtle) return;
    event.preventDefault();
    const button = form.querySelector('button');
    if (button) button.disabled = true;
    void solve(base)
      .then(solved => {
        field.value = solved ?? '';
      })
      .catch(() => undefined)
      .then(() => {
        done = true;
        if (button) button.disabled = false;
        form.requestSubmit(button ?? undefined);
      });
  });
}

async function solve(base: string) {
  const answer = await fetch(`${base}/challenge.json`);
  if (!answer.ok) return undefined;
  const { algorithm, challenge, maxnumber, salt, signature } = (await answer.json()) as Challenge;
  const text = new TextEncoder();
  for (let from = 0; from <= maxnumber; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, maxnumber - from + 1) }, (_, i) => from + i);
    const hashes = await Promise.all(numbers.map(n => crypto.subtle.digest(algorithm, text.encode(salt + n))));
    const found = hashes.findIndex(hash => hex(hash) === challenge);
    if (found >= 0) return btoa(JSON.stringify({ algorithm, challenge, number: from + found, salt, signature }));
  }
  return undefined;
}

const hex = (hash: ArrayBuffer) => Array.from(new Uint8Array(hash), byte => byte.toString(16).padStart(2, '0')).join('');
