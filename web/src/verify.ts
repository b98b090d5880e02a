/* The verifier on the site's own page. */
import { keepPage, mount, nothingGiven } from './verify/page';

const root = document.getElementById('verifier');
if (root) {
  root.hidden = false;
  keepPage();
  mount(root, document.documentElement.lang.startsWith('zh') ? 'zh' : 'en', root.dataset.ownKey ?? '', nothingGiven());
}
