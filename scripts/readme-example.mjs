import fs from 'node:fs';
import path from 'node:path';

/** The README's example in one language: a whole app. */
export function readmeExample(language) {
  const readme = fs.readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8');
  const [, section = ''] = readme.split('\n## In your own stack\n');
  const code = section.split('\n## ')[0].match(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``))?.[1];
  if (code === undefined) throw new Error(`README.md has no example in ${language} under "In your own stack"`);
  return code;
}
