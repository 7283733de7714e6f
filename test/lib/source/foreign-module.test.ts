import { foreignModule } from '../../../lib/source/other-tools/foreign-module';
import { readMigrations } from '../../../lib/source/migration-source';
import { migrationFolder } from './migration-folder';

test.each([
  ['Sequelize', "module.exports = { up: (queryInterface) => queryInterface.sequelize.query('DO 1'), down: () => {} };"],
  ['TypeORM', "export class A implements MigrationInterface { up(queryRunner) { return queryRunner.query('DO 1'); } }"],
  ['knex', "exports.up = (knex) => knex.schema.createTable('a', () => {});"],
  ['knex', "exports.up = function (knex, Promise) { return knex('a').insert({}); };"],
  ['node-pg-migrate', "exports.up = (pgm) => { pgm.createTable('a', {}); };"],
  ['db-migrate', "exports.up = (db) => db.createTable('a', {});"],
  [
    'Kysely',
    "import type { Kysely } from 'kysely';\nexport async function up(db: Kysely<any>) { await db.schema.createTable('a').execute(); }",
  ],
  [
    'MikroORM',
    "import { Migration } from '@mikro-orm/migrations';\nexport class A extends Migration { up() { this.addSql('DO 1'); } }",
  ],
  ['knex', 'export async function up(k: Knex): Promise<void> { await k.schema.dropTable("a"); }'],
])('a module of %s is told by what it is given: %s', (tool, source) => {
  expect(foreignModule('a.js', source)).toEqual([
    {
      code: 'foreign-module',
      file: 'a.js',
      problem: expect.stringContaining(`it is written for ${tool}, and its up is given { query } here`) as string,
    },
  ]);
});

test.each([
  "export async function up({ query }) { await query('DO 1'); }",
  "// It was of knex.\nexport const up = async (context) => { await context.query('DO 1'); };",
  "import * as fs from 'fs'; export const up = async () => {};",
  "import { db } from './kysely';\nexport const up = async ({ query }) => { const q = db.compile(); await query(q.sql, q.parameters); };",
])('a module of ours is not: %s', (source) => {
  expect(foreignModule('a.js', source)).toEqual([]);
});

test('it is a warning, which the file may acknowledge', () => {
  const source = 'exports.up = (knex) => knex.schema;\nexports.down = (knex) => knex.schema;\n';
  const folder = migrationFolder({ '0001_a.js': source, '0002_b.js': `// review:ignore foreign-module\n${source}` });
  const { problems, warnings } = readMigrations(folder);
  expect(problems).toEqual([]);
  expect(warnings.map(({ code, file }) => [code, file])).toEqual([['foreign-module', '0001_a.js']]);
});
