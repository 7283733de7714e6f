import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nameOf, releaseOf } from './bench-release';

/** Migrations of one statement each, in the form of every tool, below one folder. */
export interface BenchFolder {
  /** The function's asset. */
  readonly ours: string;
  readonly sql: string;
  readonly dbmate: string;
  readonly knex: string;
  readonly sequelize: string;
  readonly drizzle: string;
  readonly digest: string;
}

/** Writes them. */
export function writeBenchFolder(
  folder: string,
  migrations: number,
  statement: (index: number) => string,
): BenchFolder {
  const { manifest, scripts } = releaseOf(migrations, statement);
  const of = (tool: string, files: ReadonlyMap<string, string>): string => {
    for (const [name, text] of files) {
      const file = path.join(folder, tool, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return path.join(folder, tool);
  };
  const each = (form: (name: string, sql: string) => readonly [string, string]): Map<string, string> =>
    new Map(Array.from({ length: migrations }, (_, index) => form(nameOf(index), statement(index))));
  return {
    digest: manifest.digest,
    ours: of(
      'ours',
      new Map([
        ['manifest.json', JSON.stringify(manifest)],
        ...[...scripts].map(([name, text]): [string, string] => [`scripts/${name}.json`, text]),
      ]),
    ),
    sql: of(
      'sql',
      each((name, sql) => [`${name}.sql`, sql]),
    ),
    dbmate: of(
      'dbmate',
      each((name, sql) => [`${name}.sql`, `-- migrate:up\n${sql};\n-- migrate:down\nSELECT 1;\n`]),
    ),
    knex: of(
      'knex',
      each((name, sql) => [
        `${name}.js`,
        `exports.up = (knex) => knex.raw(${JSON.stringify(sql)});\nexports.down = async () => {};\n`,
      ]),
    ),
    sequelize: of(
      'sequelize',
      each((name, sql) => [
        `${name}.js`,
        `module.exports = { up: (query) => query.sequelize.query(${JSON.stringify(sql)}), down: async () => {} };\n`,
      ]),
    ),
    drizzle: of(
      'drizzle',
      new Map([['meta/_journal.json', journalOfDrizzle(migrations)], ...each((name, sql) => [`${name}.sql`, sql])]),
    ),
  };
}

function journalOfDrizzle(migrations: number): string {
  const entries = Array.from({ length: migrations }, (_, index) => ({
    idx: index,
    version: '5',
    when: 1_700_000_000_000 + index,
    tag: nameOf(index),
    breakpoints: true,
  }));
  return JSON.stringify({ version: '7', dialect: 'mysql', entries });
}
