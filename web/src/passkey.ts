/* Keys that the device keeps: asked for on the sign-in page and made on the account's. Without this, or where a browser cannot, mail does it. */
import { inAnotherApp } from './inside';

const bytes = (text: string) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0));
const text = (buffer: ArrayBuffer | null) => buffer === null ? null
  : btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

// There the mail code is the only way that is shown.
if (window.PublicKeyCredential && navigator.credentials && !inAnotherApp) {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', event => {
      event.preventDefault();
      void ask(form);
    });
  }
  for (const none of document.querySelectorAll<HTMLElement>('[data-passkey-none]')) none.hidden = true;
}

async function ask(form: HTMLFormElement) {
  const button = form.querySelector('button');
  const said = form.querySelector<HTMLElement>('[data-passkey-said]');
  button?.setAttribute('aria-busy', 'true');
  if (said) said.hidden = true;
  try {
    const answer = await fetch(form.dataset.passkey ?? '', { method: 'POST', body: new URLSearchParams(new FormData(form) as unknown as Record<string, string>) });
    if (!answer.ok) throw new Error(String(answer.status));
    const options = await answer.json();
    options.challenge = bytes(options.challenge);
    const making = 'user' in options;
    if (making) {
      options.user.id = bytes(options.user.id);
      for (const known of options.excludeCredentials) known.id = bytes(known.id);
    }
    const key = await (making ? navigator.credentials.create({ publicKey: options }) : navigator.credentials.get({ publicKey: options })) as PublicKeyCredential;
    (form.elements.namedItem('credential') as HTMLInputElement).value = JSON.stringify(told(key));
    form.submit();
  } catch {
    // Called off, or nothing there to choose: either is an answer, and the other way in stands above.
    if (said) {
      said.textContent = said.dataset.passkeySaid ?? '';
      said.hidden = false;
    }
    button?.removeAttribute('aria-busy');
  }
}

/** As the newest browsers write it themselves. */
function told(key: PublicKeyCredential) {
  const response = key.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const said: Record<string, unknown> = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = text(response.attestationObject);
    said.transports = response.getTransports?.() ?? [];
  } else {
    said.authenticatorData = text(response.authenticatorData);
    said.signature = text(response.signature);
    said.userHandle = text(response.userHandle);
  }
  return { id: key.id, rawId: text(key.rawId), type: key.type, authenticatorAttachment: key.authenticatorAttachment ?? undefined, response: said, clientExtensionResults: {} };
}
