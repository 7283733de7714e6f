import path from 'node:path';
import type { Files } from '../fault-releases';
import { synthesizeRelease } from '../synthesize-release';

/** Each release has the migrations of the ones before it and one more. */
const MIGRATIONS: readonly (readonly [file: string, text: string])[] = [
  [
    '0001_account.sql',
    `-- migrate:up
CREATE TABLE account (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL, balance INT NOT NULL DEFAULT 0);
INSERT INTO account VALUES (1, 'Åsa', 100), (2, 'Bo', 200), (3, '表', 300);
-- migrate:down
DROP TABLE account;
`,
  ],
  [
    '0002_audit.sql',
    `-- migrate:up
CREATE TABLE audit (id INT PRIMARY KEY, note VARCHAR(200) NOT NULL);
ALTER TABLE account ADD COLUMN email VARCHAR(190) NULL, ADD INDEX account_email (email);
INSERT INTO audit SELECT id, 'opened' FROM account;
UPDATE account SET balance = balance + 10;
-- migrate:down
UPDATE account SET balance = balance - 10;
ALTER TABLE account DROP COLUMN email;
DROP TABLE audit;
`,
  ],
  [
    '0003_trigger.sql',
    `-- migrate:up
CREATE TRIGGER account_changed AFTER UPDATE ON account FOR EACH ROW UPDATE audit SET note = CONCAT(note, '.') WHERE id = NEW.id;
-- migrate:down
DROP TRIGGER account_changed;
`,
  ],
  [
    '0004_rows_by_script.js',
    `export const up = async ({ query }) => {
  for (const { id } of await query('SELECT id FROM account ORDER BY id'))
    await query('UPDATE account SET name = CONCAT(name, ?) WHERE id = ?', ['!', id]);
  await query('INSERT INTO audit VALUES (?, ?)', [9, 'script']);
};
export const down = async ({ query }) => {
  await query('DELETE FROM audit WHERE id = 9');
  await query("UPDATE account SET name = LEFT(name, CHAR_LENGTH(name) - 1)");
  await query("UPDATE audit SET note = TRIM(TRAILING '.' FROM note)");
};
`,
  ],
  [
    '0005_tag.js',
    `export const idempotentDown = true;
export const up = async ({ query }) => {
  await query('CREATE TABLE tag (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL)');
  await query('INSERT INTO tag VALUES (?, ?)', [1, 'new']);
};
export const down = async ({ query }) => {
  await query('DROP TABLE IF EXISTS tag');
};
`,
  ],
  [
    '0006_last.sql',
    `-- migrate:up
SET foreign_key_checks = 0;
ALTER TABLE tag ADD COLUMN account INT NOT NULL DEFAULT 1;
ALTER TABLE tag ADD CONSTRAINT tag_account FOREIGN KEY (account) REFERENCES account (id);
UPDATE tag SET name = CONCAT(name, '?');
-- migrate:down
UPDATE tag SET name = LEFT(name, CHAR_LENGTH(name) - 1);
ALTER TABLE tag DROP FOREIGN KEY tag_account;
ALTER TABLE tag DROP COLUMN account;
`,
  ],
];

/** Touches nothing that a trigger of another migration answers to: its down could not revert that. */
const BROKEN = `-- migrate:up
CREATE TABLE extra (id INT PRIMARY KEY);
INSERT INTO account (id, name) VALUES (7, 'extra');
INSERT INTO nowhere VALUES (1);
-- migrate:down
DELETE FROM nowhere;
DELETE FROM account WHERE id = 7;
DROP TABLE extra;
`;

/** A release and its counterpart with a migration more, which fails. */
export interface SoakRelease {
  readonly good: string;
  readonly broken: string;
}

/** Synthesizes the releases, the one with the fewest migrations first. */
export function synthesizeSoakReleases(database: string, folder: string): readonly SoakRelease[] {
  return MIGRATIONS.map((_, index) => {
    const files: Files = Object.fromEntries(MIGRATIONS.slice(0, index + 1));
    const synthesize = (name: string, all: Files): string =>
      synthesizeRelease(name, database, all, path.join(folder, name));
    return {
      good: synthesize(`release-${index}`, files),
      broken: synthesize(`broken-${index}`, {
        ...files,
        [`${String(index + 1).padStart(4, '0')}_zz_broken.sql`]: BROKEN,
      }),
    };
  });
}
