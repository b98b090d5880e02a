// Card fields are Stripe's own, in a frame of Stripe's: no card number ever comes near this page. The only script of somebody else anywhere here.
interface Elements {
  create(kind: 'payment'): { mount(at: Element): void };
}
interface Stripe {
  elements(given: { clientSecret: string }): Elements;
  confirmPayment(given: { elements: Elements; confirmParams: { return_url: string } }): Promise<{ error?: { message?: string } }>;
}
declare global {
  interface Window {
    Stripe?: (key: string) => Stripe;
  }
}

const form = document.querySelector<HTMLFormElement>('form[data-card]');
if (form) {
  const { card = '', key = '' } = form.dataset;
  const button = form.querySelector('button');
  const said = form.querySelector('[role=alert]');
  const script = document.createElement('script');
  script.src = 'https://js.stripe.com/v3/';
  const away = (): void => {
    if (said) said.textContent = form.dataset.away ?? '';
  };
  script.onerror = away;
  script.onload = () => {
    if (!window.Stripe || !button) return away();
    const stripe = window.Stripe(key);
    const elements = stripe.elements({ clientSecret: card });
    const fields = form.querySelector('[data-fields]');
    if (fields) elements.create('payment').mount(fields);
    button.disabled = false;
    form.addEventListener('submit', event => {
      event.preventDefault();
      button.disabled = true;
      // Where it went through this page is left and come back to; else it says why.
      void stripe.confirmPayment({ elements, confirmParams: { return_url: location.href } }).then(({ error }) => {
        button.disabled = false;
        if (said) said.textContent = error?.message ?? '';
      });
    });
  };
  document.head.append(script);
}

export {};
