// A page that waits for a payment asks how it stands, and is read again when that changes.
const page = document.querySelector<HTMLElement>('[data-pay][data-waits="true"]');

async function look(address: string, state: string): Promise<void> {
  try {
    const answer = await fetch(address, { headers: { accept: 'application/json' } });
    if (answer.ok && ((await answer.json()) as { state: string }).state !== state) location.reload();
  } catch {
    // Offline for a while, or the phone was in the gateway's app: the next look will tell.
  }
}

if (page) {
  const { pay = '', state = '' } = page.dataset;
  setInterval(() => document.hidden || void look(pay, state), 2000);
  document.addEventListener('visibilitychange', () => document.hidden || void look(pay, state));
}

export {};
