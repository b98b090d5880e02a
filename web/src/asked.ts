/* What htmx fetches: that it is on its way, and that it did not come. What stands there then says of when it is, until the next answer. */

interface Asked {
  requestConfig: { elt: Element; target: Element };
  xhr?: XMLHttpRequest;
  successful?: boolean;
}

const seen = new WeakMap<Element, number>();
const late = new WeakMap<Element, ReturnType<typeof setTimeout>>();
const notes = new WeakMap<Element, HTMLElement>();

const on = (name: string, act: (asked: Element, target: Element, detail: Asked) => void) => document.addEventListener(`htmx:${name}`, event => {
  const detail = (event as CustomEvent<Asked>).detail;
  act(detail.requestConfig.elt, detail.requestConfig.target, detail);
});

// Most answer sooner than anybody would see that something waits.
on('beforeRequest', (asked, target) => late.set(asked, setTimeout(() => target.setAttribute('aria-busy', 'true'), 400)));
on('afterRequest', (asked, target, detail) => {
  clearTimeout(late.get(asked));
  target.removeAttribute('aria-busy');
  if (!detail.successful) return;
  seen.set(asked, Date.now());
  notes.get(asked)?.remove();
  notes.delete(asked);
});
for (const failure of ['sendError', 'responseError', 'timeout']) on(failure, (asked, _, { xhr }) => {
  if (notes.has(asked)) return;
  const note = document.createElement('p');
  note.className = 'noted';
  note.setAttribute('role', 'status');
  notes.set(asked, note);
  asked.after(note);
  const words = document.body.dataset;
  // It is there before its words are: only what changes is read out.
  if ([401, 403].includes(xhr?.status ?? 0)) setTimeout(() => over(note, words), 50);
  else setTimeout(() => { note.textContent = (words.stale ?? '').replace('#', hour(seen.get(asked) ?? performance.timeOrigin, words.zone)); }, 50);
});
// What takes its own place came now.
document.addEventListener('htmx:load', event => seen.set(event.target as Element, Date.now()));

/** Who was answered was reached: it is her sign-in that is over, and a page that led away by itself would take along what she typed. */
function over(note: HTMLElement, words: DOMStringMap) {
  const there = document.createElement('a');
  there.href = '/sign-in';
  there.target = '_blank';
  there.textContent = words.signIn ?? '';
  note.replaceChildren((words.over ?? '') + ' ', there);
}

function hour(at: number, timeZone?: string) {
  const [lang, how] = [document.documentElement.lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const];
  try {
    return new Date(at).toLocaleTimeString(lang, { ...how, timeZone });
  } catch {
    // A place that this browser does not know.
    return new Date(at).toLocaleTimeString(lang, how);
  }
}
