import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { MigrationStatement } from './statement-ledger';

export const STACK = 'Faults';

/** The migrated database. */
export const DATABASE = 'faults';

/** Another database, in which a migration works too. */
const SIDE_DATABASE = `${DATABASE}_side`;

/** Logical id of the resource that comes after the migrations, and can be made to fail. */
export const SIBLING = 'Sibling';

/** The JavaScript migration with DDL whose down does not say that it may be repeated: it may end in `needs-repair`. */
export const UNREPEATABLE = '0008_unrepeatable';

/** Migrations by file name. */
export type Files = Readonly<Record<string, string>>;

const FIRST: Files = {
  '0001_account.sql': `-- migrate:up
CREATE TABLE account (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL, balance INT NOT NULL DEFAULT 0);
INSERT INTO account VALUES (1, 'Åsa', 100), (2, 'Bo', 200), (3, '表', 300);
-- migrate:down
DROP TABLE account;
`,
};

/** DDL in steps, DML that must not run twice, session statements, a trigger, JavaScript with and without DDL, tables made together. */
const SECOND: Files = {
  ...FIRST,
  '0002_audit.sql': `-- migrate:up
ALTER TABLE account ADD COLUMN email VARCHAR(190) NULL;
CREATE TABLE audit (id INT PRIMARY KEY, account INT NOT NULL, note VARCHAR(100) NOT NULL);
ALTER TABLE audit ADD INDEX audit_note (note), ADD CONSTRAINT audit_account FOREIGN KEY (account) REFERENCES account (id);
-- migrate:down
DROP TABLE audit;
ALTER TABLE account DROP COLUMN email;
`,
  '0003_rows.sql': `-- migrate:up
UPDATE account SET balance = balance + 10;
INSERT INTO audit (id, account, note) SELECT id, id, 'opened' FROM account;
-- migrate:down
DELETE FROM audit WHERE note = 'opened';
UPDATE account SET balance = balance - 10;
`,
  // In one transaction with the one before it.
  '0003_rows_doubled.sql': `-- migrate:up
UPDATE account SET balance = balance * 2 WHERE id = 2;
-- migrate:down
UPDATE account SET balance = balance / 2 WHERE id = 2;
`,
  '0004_session.sql': `-- migrate:up
SET foreign_key_checks = 0;
USE ${SIDE_DATABASE};
CREATE TABLE report (id INT PRIMARY KEY, total INT NOT NULL);
INSERT INTO report VALUES (1, 600);
UPDATE report SET total = total + 1;
-- migrate:down
USE ${SIDE_DATABASE};
UPDATE report SET total = total - 1;
DELETE FROM report WHERE id = 1;
DROP TABLE report;
`,
  '0005_trigger.sql': `-- migrate:up
DELIMITER //
CREATE TRIGGER account_changed AFTER UPDATE ON account FOR EACH ROW
BEGIN
  UPDATE audit SET note = CONCAT(note, '.') WHERE account = NEW.id;
END//
DELIMITER ;
UPDATE account SET balance = balance + 1 WHERE id = 3;
-- migrate:down
DROP TRIGGER account_changed;
UPDATE account SET balance = balance - 1 WHERE id = 3;
`,
  '0006_rows_by_script.js': `export const up = async ({ query }) => {
  const rows = await query('SELECT id FROM account ORDER BY id');
  for (const { id } of rows) await query('UPDATE account SET balance = balance + ? WHERE id = ?', [Number(id), id]);
};
export const down = async ({ query }) => {
  await query('UPDATE account SET balance = balance - id');
};
`,
  '0007_repeatable.js': `export const idempotentDown = true;
export const up = async ({ query }) => {
  await query('CREATE TABLE tag (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL)');
  await query('INSERT INTO tag VALUES (?, ?)', [1, 'new']);
};
export const down = async ({ query }) => {
  await query('DROP TABLE IF EXISTS tag');
};
`,
  [`${UNREPEATABLE}.js`]: `export const up = async ({ query }) => {
  await query('CREATE TABLE badge (id INT PRIMARY KEY)');
  await query('INSERT INTO badge VALUES (1)');
};
export const down = async ({ query }) => {
  await query('DELETE FROM badge');
  await query('DROP TABLE badge');
};
`,
  '0009_last.sql': `-- migrate:up
ALTER TABLE tag ADD COLUMN color INT NOT NULL DEFAULT 7;
UPDATE tag SET color = color + 1;
-- migrate:down
ALTER TABLE tag DROP COLUMN color;
`,
  // Sent in one packet.
  ...Object.fromEntries(
    ['paid', 'seen', 'sent'].map((table) => [
      `0009_${table}.sql`,
      `-- migrate:up\nCREATE TABLE ${table} (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE ${table};\n`,
    ]),
  ),
};

/** The second release with a migration more, whose last step fails: the run reverts all of it by itself. */
const BROKEN: Files = {
  ...SECOND,
  '0010_broken.sql': `-- migrate:up
CREATE TABLE extra (id INT PRIMARY KEY);
UPDATE account SET balance = balance + 1000;
INSERT INTO account (id, name) VALUES (1, 'twice');
-- migrate:down
DELETE FROM account WHERE name = 'twice';
UPDATE account SET balance = balance - 1000;
DROP TABLE extra;
`,
};

/** The releases, by name. */
export const RELEASES = { first: FIRST, second: SECOND, broken: BROKEN } as const;
export type ReleaseName = keyof typeof RELEASES;

/** Reads the statements of a synthesized release's migrations as the function sends them. */
export function migrationStatements(assembly: string): readonly MigrationStatement[] {
  const asset = readdirSync(assembly).find((name) => name.startsWith('asset.') && !path.extname(name).endsWith('zip'));
  const statements: MigrationStatement[] = [];
  for (const file of Object.keys(BROKEN)) {
    const migration = path.parse(file).name;
    const form = file.endsWith('.js') ? 'module' : 'sql';
    const texts = form === 'module' ? textsOfModule(BROKEN[file]!) : textsOfScript(assembly, asset ?? '', migration);
    for (const direction of ['up', 'down'] as const) {
      statements.push(...texts[direction].map((text) => ({ migration, form, direction, text }) as const));
    }
  }
  return statements;
}

interface Texts {
  readonly up: readonly string[];
  readonly down: readonly string[];
}

function textsOfScript(assembly: string, asset: string, migration: string): Texts {
  return JSON.parse(readFileSync(path.join(assembly, asset, 'scripts', `${migration}.json`), 'utf8')) as Texts;
}

function textsOfModule(source: string): Texts {
  const [up = '', down = ''] = source.split('export const down');
  const texts = (part: string): readonly string[] => [...part.matchAll(/query\('([^']*)'/g)].map(([, text]) => text!);
  return { up: texts(up), down: texts(down) };
}
