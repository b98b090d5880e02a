// A page that waits, for a payment or for what becomes of a hold, asks how it stands, and is read again when that changes and not before. Inside WeChat its bridge takes the payment.
const page = document.querySelector<HTMLElement>('[data-pay]:not([data-every="0"])');

async function look(address: string, state: string): Promise<void> {
  try {
    const answer = await fetch(address, { headers: { accept: 'application/json' } });
    if (answer.ok && ((await answer.json()) as { state: string }).state !== state) location.reload();
  } catch {
    // Offline for a while, or the phone was in the gateway's app: the next look will tell.
  }
}

if (page) {
  const { pay = '', state = '', every = '' } = page.dataset;
  setInterval(() => document.hidden || void look(pay, state), Number(every) * 1000);
  document.addEventListener('visibilitychange', () => document.hidden || void look(pay, state));
}

interface Bridge {
  invoke(name: string, parameters: unknown, told: (answer: { err_msg?: string }) => void): void;
}

const bridgeOf = () => (window as unknown as { WeixinJSBridge?: Bridge }).WeixinJSBridge;
const button = document.querySelector<HTMLButtonElement>('[data-bridge]');
const alert = document.querySelector<HTMLElement>('[data-bridge] ~ [role="alert"]');

function say(text = '') {
  if (alert) alert.textContent = text;
}

button?.addEventListener('click', () => {
  const bridge = bridgeOf();
  const { bridge: parameters = '{}', away, failed } = button.dataset;
  if (!bridge) {
    say(away);
    return;
  }
  say();
  bridge.invoke('getBrandWCPayRequest', JSON.parse(parameters), answer => {
    // "ok" is WeChat's word to the phone; what counts is what our server hears.
    if (answer.err_msg === 'get_brand_wcpay_request:fail') say(failed);
  });
});

export {};
