import { digestOf } from '../../../lambda/manifest/manifest';
import { read } from '../source/read-migrations';

/** Whether a migration is marked in the manifest, for a snapshot before it. */
function isMarked(up: string, down = 'DROP TABLE b'): boolean {
  const { manifest } = read({ '0001_a.sql': `-- migrate:up\n${up};\n-- migrate:down\n${down};\n` });
  return manifest.migrations[0]!.destructive === true;
}

const NEW = 'CREATE TABLE n (id INT)';
const SWAP = 'RENAME TABLE a TO x, n TO a, x TO n';

test.each([
  ['drops a table', 'DROP TABLE a'],
  ['drops a column', 'ALTER TABLE a DROP COLUMN b'],
  ['empties a table', 'TRUNCATE TABLE a'],
  ['drops what it swapped by way of its own', `${NEW}; RENAME TABLE n TO x, a TO n, x TO a; DROP TABLE n`],
  ['drops what it swapped', `${NEW}; ${SWAP}; DROP TABLE n`],
  [
    'drops what it swapped, and may have made',
    `${NEW}; ${SWAP}; ${NEW.replace('TABLE', 'TABLE IF NOT EXISTS')}; DROP TABLE n`,
  ],
  ['changes rows that its down leaves changed', "UPDATE a SET b = 'c' WHERE id = 1"],
  ['calls what nobody can look into', 'CALL clean_up()'],
  ['drops a table, and says that it is meant', '-- review:ignore destructive-statement\nDROP TABLE a'],
])('a migration that %s is marked', (_, up) => {
  expect(isMarked(up)).toBe(true);
});

test.each([
  ['makes a table', 'CREATE TABLE b (id INT)'],
  ['drops a table that it made itself', 'CREATE TABLE b (id INT); DROP TABLE b'],
  ['empties its own, by way of it', `${NEW}; RENAME TABLE n TO x, a TO n, x TO a; TRUNCATE TABLE a`],
  ['empties its own', `${NEW}; ${SWAP}; TRUNCATE TABLE a`],
  ['adds a column', 'ALTER TABLE a ADD COLUMN b INT NULL'],
])('a migration that %s is not', (_, up) => {
  expect(isMarked(up)).toBe(false);
});

test('what cannot be told, and what cannot be reverted, is marked', () => {
  const { manifest } = read({
    '0001_a.js': 'exports.up = async () => {}; exports.down = async () => {};',
    '0002_b.sql': '-- migrate:up\nCREATE TABLE b (id INT);\n-- migrate:irreversible\n',
  });
  expect(manifest.migrations.map(({ destructive }) => destructive)).toEqual([true, true]);
});

test('the mark is no part of the digest', () => {
  const { manifest } = read({
    '0001_a.sql': '-- migrate:up\nDROP TABLE a;\n-- migrate:down\nCREATE TABLE a (id INT);\n',
  });
  const without = manifest.migrations.map(({ destructive, ...entry }) => (expect(destructive).toBe(true), entry));
  expect(digestOf(without)).toBe(manifest.digest);
});
