/** A model as every page of ours shows it: over the same plinth, in the same light, turned by hand. It loads once it stands in a page. */
export function modelOf(src: string, alt: string, more: Record<string, string> = {}) {
  const viewer = document.createElement('model-viewer');
  const set: Record<string, string> = {
    src, alt, 'camera-controls': '', 'touch-action': 'pan-y', 'shadow-intensity': '.6', 'interaction-prompt': 'none',
    // Asked for from further down the page, it loads all the same.
    loading: 'eager', 'camera-orbit': '20deg 78deg 105%', exposure: '1.05', 'environment-image': 'neutral', ...more,
  };
  for (const [name, value] of Object.entries(set)) viewer.setAttribute(name, value);
  viewer.className = 'stage__model';
  return viewer;
}
