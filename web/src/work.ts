/* The proof of work before one comes in, done by ALTCHA's widget behind the form's own button; fetched only when that is pressed. */
import 'altcha/external';

declare const WORKER: string;

interface Solved extends Event {
  detail: { state: string; payload?: string };
}

/** What the server wants to see of the work, or nothing where it cannot be done. */
export function work(form: HTMLFormElement, challenge: string) {
  return new Promise<string>(done => {
    const widget = document.createElement('altcha-widget') as HTMLElement & { verify(): Promise<void> };
    const end = (payload: string) => {
      widget.remove();
      done(payload);
    };
    for (const [name, value] of Object.entries({ challengeurl: challenge, workerurl: WORKER, auto: 'off', name: 'work' })) widget.setAttribute(name, value);
    widget.hidden = true;
    widget.addEventListener('load', () => void widget.verify().catch(() => end('')));
    widget.addEventListener('statechange', event => {
      const { state, payload } = (event as Solved).detail;
      if (state === 'verified') end(payload ?? '');
      if (state === 'error' || state === 'expired') end('');
    });
    form.append(widget);
  });
}
