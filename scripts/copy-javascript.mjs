/**
 * Copies the plain JavaScript of `rehearsal/` beside what the compiler made of the rest. It is run by whichever Node a
 * test or the demo names, so that it is not compiled; and the compiler leaves such files where they are.
 */
import fs from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
for (const entry of fs.readdirSync(path.join(root, 'rehearsal'), { recursive: true })) {
  if (entry.endsWith('.cjs')) {
    fs.cpSync(path.join(root, 'rehearsal', entry), path.join(root, 'dist/rehearsal', entry));
  }
}
