import fs from 'node:fs';
import path from 'node:path';

/** The README's example in one language, taken apart so that an app can be put around it: its imports, and the rest. */
export function readmeExample(language) {
  const readme = fs.readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8');
  const [, section = ''] = readme.split('\n## In your own stack\n');
  const code = section.split('\n## ')[0].match(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``))?.[1];
  if (code === undefined) throw new Error(`README.md has no example in ${language} under "In your own stack"`);
  const lines = code.split('\n');
  const isImport = (line) => /^(import|from) /.test(line);
  return {
    imports: lines.filter(isImport).join('\n'),
    rest: lines.filter((line) => !isImport(line)).join('\n'),
  };
}
