import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');

/** What users read, and what it is made of. */
const WHERE = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'API.md', 'package.json', 'action.yml'],
  ...['docs', 'examples', 'lib', 'cli', 'rehearsal', 'certify', 'lambda'],
];

/** Words for what is called revert: of a migration, as `down` does it. */
const OTHERS = /\bundo(?:es|ing|ne)?\b|\bundid\b|\b(?:take[sn]?|taking|took) (?!for )(?:[\w']+ ){0,3}back\b/i;

/** Those of others: Flyway's, MyBatis', Postgrator's, the server's. */
const THEIRS = /[Ff]lyway|@undo|UNDO\b|undo tablespaces|near-markers\.ts|pair-names\.ts|other-words\.ts/;

/** Left undone is not done, and says nothing of a migration. */
const LEFT = /(?:left|leaving) (?:\w+ )?undone/;

test('what a down does is called a revert, wherever a user reads of it', () => {
  const lines = WHERE.flatMap(filesIn).flatMap((file) =>
    readFileSync(path.join(ROOT, file), 'utf8')
      .split('\n')
      .map((line) => `${file}: ${line}`),
  );
  expect(lines.length).toBeGreaterThan(10_000);
  expect(lines.filter((line) => OTHERS.test(line) && !THEIRS.test(line) && !LEFT.test(line))).toEqual([]);
});

function filesIn(name: string): readonly string[] {
  if (!statSync(path.join(ROOT, name)).isDirectory()) return [name];
  return readdirSync(path.join(ROOT, name), { recursive: true, encoding: 'utf8' })
    .map((file) => path.join(name, file))
    .filter((file) => /\.(?:md|[cm]?js|ts|sql|json)$/.test(file) && !file.includes('node_modules'));
}
