import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const inFolder = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name));

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...inFolder('docs'),
  ...inFolder('examples'),
];

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(path.join(ROOT, document), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(
    ([, file = '', heading]) => ({
      file: file === '' ? document : path.join(path.dirname(document), file),
      heading,
    }),
  );

  test('has no link to what is not there', () => {
    expect(links.filter(({ file }) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  test('has no link to a heading that is not there', () => {
    const missing = links.filter(
      ({ file, heading }) =>
        heading !== undefined && existsSync(path.join(ROOT, file)) && !headingsOf(file).includes(heading),
    );

    expect(missing).toEqual([]);
  });
});

test('links are found', () => {
  expect(readFileSync(path.join(ROOT, 'README.md'), 'utf8')).toContain('](docs/');
});

/** Names of a document's headings as GitHub makes them. */
function headingsOf(file: string): readonly string[] {
  return [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}
