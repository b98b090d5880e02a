/* Coming in to a line or a window: a second of work first. Where it cannot be done the form is sent as it is, and takes the narrow way. */
declare const WORK: string;

export function join(form: HTMLFormElement, base: string) {
  const field = form.querySelector<HTMLInputElement>('[name="altcha"]');
  let done = false;
  form.addEventListener('submit', event => {
    if (done || !field) return;
    event.preventDefault();
    const button = form.querySelector('button');
    if (button) button.disabled = true;
    void import(WORK)
      .then(async ({ work }: { work(form: HTMLFormElement, challenge: string): Promise<string> }) => {
        field.value = await work(form, `${base}/challenge.json`);
      })
      .catch(() => undefined)
      .then(() => {
        done = true;
        if (button) button.disabled = false;
        form.requestSubmit(button ?? undefined);
      });
  });
}
