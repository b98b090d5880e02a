// Runs the Khronos validator over every model: none may have an error or a warning, and each must carry what it promises:
// everything inside the one file, a texture, an animation. Run: npm ci --ignore-scripts && node validate.mjs
import { readFileSync, readdirSync } from 'node:fs';
import validator from 'gltf-validator';

const art = new URL('../art/', import.meta.url);
let bad = 0;
for (const name of readdirSync(art).filter(n => n.endsWith('.glb'))) {
  const bytes = new Uint8Array(readFileSync(new URL(name, art)));
  const { issues, info } = await validator.validateBytes(bytes, { uri: name, maxIssues: 20 });
  const outside = (info.resources ?? []).some(r => r.storage === 'external'), images = (info.resources ?? []).filter(r => r.image).length;
  const fine = issues.numErrors === 0 && issues.numWarnings === 0 && !outside && images > 0 && info.animationCount > 0;
  console.log(`${name}: ${fine ? 'valid' : 'WRONG'}, ${bytes.length} bytes, ${info.totalTriangleCount} triangles, ${images} textures, ${info.animationCount} animation`);
  if (!fine) { bad++; issues.messages.forEach(m => console.error(`  ${m.severity} ${m.code} ${m.pointer ?? ''} ${m.message}`)); }
}
process.exit(bad ? 1 : 0);
