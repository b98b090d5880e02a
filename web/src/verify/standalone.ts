/* The verifier as one file: its own frame around the same page. */
import { h, keepPage, mount, nothingGiven } from './page';
import { saying, type Lang } from './words';

const given = nothingGiven();
const title = h('h1', { class: 'display' });
const lead = h('p', { class: 'lead' });
const foot = h('p', {});
const other = h('button', { class: 'tool', type: 'button' });
const verifier = h('div', { id: 'verifier' });

function show(lang: Lang) {
  const say = saying(lang);
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  document.title = `${say('alone.title')} · Vitrine`;
  title.textContent = say('alone.title');
  lead.textContent = say('alone.lead');
  foot.textContent = say('alone.foot');
  other.textContent = say('alone.language');
  other.lang = lang === 'zh' ? 'en' : 'zh-CN';
  other.onclick = () => show(lang === 'zh' ? 'en' : 'zh');
  mount(verifier, lang, null, given);
}

document.getElementById('end')?.append(other);
document.getElementById('main')?.replaceChildren(h('header', { class: 'stack-s' }, title, lead), verifier);
document.getElementById('foot')?.replaceChildren(foot);
keepPage();
show(navigator.language.startsWith('zh') ? 'zh' : 'en');
