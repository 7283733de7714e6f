import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');

/** Documents that name tests as `file`: "title". */
const DOCUMENTS = ['docs/threat-model.md'];

const NAMED = /`(test\/[\w./-]+\.test\.ts)`: "([^"]+)"/g;

describe.each(DOCUMENTS)('%s', (document) => {
  const named = [...readFileSync(path.join(ROOT, document), 'utf8').matchAll(NAMED)].map(
    ([, file = '', title = '']) => ({
      file,
      title,
    }),
  );

  test('names tests', () => {
    expect(named.length).toBeGreaterThan(5);
  });

  test('names none that is not there', () => {
    const missing = named.filter(({ file, title }) => {
      const at = path.join(ROOT, file);
      return !existsSync(at) || !readFileSync(at, 'utf8').includes(`'${title}'`);
    });

    expect(missing).toEqual([]);
  });
});
