import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { migrationFolder } from '../../lib/source/migration-folder';
import { runProgram } from '../run-program';

const DOCUMENT = fs.readFileSync(path.join(__dirname, '../../../docs/from-other-tools.md'), 'utf8');

/** The first part of the document that begins so, in its section. */
function block(section: string, language: string, begin: string): string {
  const from = DOCUMENT.indexOf(`\n### ${section}`);
  const at = DOCUMENT.indexOf(`\`\`\`${language}\n${begin}`, from);
  expect([from, at].every((each) => each > 0)).toBe(true);
  return DOCUMENT.slice(at + language.length + 4, DOCUMENT.indexOf('\n```', at));
}

function shell(folder: string, script: string): void {
  const { stderr, status } = spawnSync('sh', ['-c', script], { cwd: folder });
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
}

function textsIn(folder: string): Readonly<Record<string, string>> {
  const files = fs.readdirSync(folder).filter((file) => file.endsWith('.sql'));
  return Object.fromEntries(files.map((file) => [file, fs.readFileSync(path.join(folder, file), 'utf8')]));
}

const CHANGELOG = `--liquibase formatted sql

--changeset ada:1
--comment: the first
--preconditions onFail:HALT
create table person (id int primary key)
--rollback drop table person;

--changeset ada:add index context:prod
CREATE INDEX i ON person (id);
CREATE INDEX j ON person (id);
--rollback DROP INDEX j ON person;
--rollback DROP INDEX i ON person
`;

const MORE = `-- liquibase formatted sql
-- changeset bob:3 endDelimiter:// splitStatements:true
CREATE PROCEDURE p() BEGIN DO 1; DO 2; END
//
CREATE PROCEDURE q() BEGIN DO 1; END
-- rollback DROP PROCEDURE q;
-- rollback DROP PROCEDURE p;
-- changeset bob:4
DELETE FROM person;
--rollback empty
-- changeset bob:5
ALTER TABLE person ADD COLUMN a INT;
/* liquibase rollback
   ALTER TABLE person DROP COLUMN a;
*/
`;

test('formatted SQL of Liquibase is named, once of many files', () => {
  const one = runProgram(migrationFolder({ 'db/001-a.sql': CHANGELOG }), ['lint', 'db']).stdout;
  expect(one.split('\n')).toEqual([
    expect.stringMatching(
      /^db\/001-a\.sql:1:1 unreadable-sql error: it has lines of Liquibase, .*docs\/from-other-tools\.md has the command$/,
    ),
    '1 migration in db: 1 error (unreadable-sql)',
    '',
  ]);
  const six = Object.fromEntries([1, 2, 3, 4, 5, 6].map((at) => [`db/00${at}-a.sql`, CHANGELOG]));
  expect(runProgram(migrationFolder(six), ['lint', 'db']).stdout).toMatch(
    /^db\/001-a\.sql:1:1 unreadable-sql error: 6 files, of which this is the first, have lines of Liquibase/,
  );
});

test('also where the markers of an up were added, and where its file is a pair by its name', () => {
  const marked = CHANGELOG.replace('formatted sql\n', 'formatted sql\n-- migrate:up\n');
  for (const file of ['001-a.sql', '001-a.up.sql']) {
    const text = file === '001-a.sql' ? marked : CHANGELOG;
    expect(runProgram(migrationFolder({ [file]: text }), ['lint', '.']).stdout).toContain('it has lines of Liquibase');
  }
});

test('the command of the document makes migrations of changesets, and lint reads them', () => {
  const folder = migrationFolder({ '001-a.sql': CHANGELOG, '002-b.sql': MORE });

  shell(folder, block('Liquibase', 'sh', 'mkdir'));

  expect(textsIn(folder)).toEqual({
    '0001_ada_1.sql': `-- migrate:up
-- comment: the first
-- preconditions onFail:HALT
create table person (id int primary key);

-- migrate:down
drop table person;
`,
    '0002_ada_add.sql': `-- migrate:up
CREATE INDEX i ON person (id);
CREATE INDEX j ON person (id);

-- migrate:down
DROP INDEX j ON person;
DROP INDEX i ON person;
`,
    '0003_bob_3.sql': `-- migrate:up
DELIMITER //
CREATE PROCEDURE p() BEGIN DO 1; DO 2; END
//
CREATE PROCEDURE q() BEGIN DO 1; END

//
DELIMITER ;

-- migrate:down
DROP PROCEDURE q;
DROP PROCEDURE p;
`,
    '0004_bob_4.sql': '-- migrate:up\nDELETE FROM person;\n\n-- migrate:irreversible\n',
    '0005_bob_5.sql': `-- migrate:up
ALTER TABLE person ADD COLUMN a INT;

-- migrate:down
   ALTER TABLE person DROP COLUMN a;
`,
  });
  expect(runProgram(folder, ['lint', '.'])).toMatchObject({ code: 0 });
});

test('the flat folder of drizzle-kit', () => {
  const text = 'CREATE TABLE a (id INT);\n--> statement-breakpoint\nCREATE TABLE b (id INT);\n';
  const folder = migrationFolder({ '0000_public_warstar.sql': text, 'meta/_journal.json': '{}' });
  const [, command = ''] = /it is `(for file in \[0-9\]\*\.sql;[^`]+)`/.exec(DOCUMENT) ?? [];
  const [, line = ''] = /the line is enough: `([^`]+)`/.exec(DOCUMENT) ?? [];

  shell(folder, `${command}; ${line}`);

  expect(runProgram(folder, ['lint', '.'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 migration in .: 1 warning (irreversible-migration)') as string,
  });
});

describe('modules', () => {
  const TYPEORM = `import { MigrationInterface, QueryRunner } from 'typeorm';
export class Initialize1623566004495 implements MigrationInterface {
  name = 'Initialize1623566004495';
  public async up(queryRunner: QueryRunner): Promise<void> { await queryRunner.query('DO ?', ["it's"]); }
  public async down(queryRunner: QueryRunner): Promise<void> { await queryRunner.query('DO 0'); }
}
`;

  test.each([
    ['TypeORM', '1623566004495-Initialize.ts', TYPEORM],
    [
      'TypeORM',
      '1623566004495-Initialize.js',
      "module.exports = class Initialize1623566004495 { async up(queryRunner) { await queryRunner.query('DO 1'); } async down(queryRunner) {} };",
    ],
    [
      'MikroORM',
      '0001_person.ts',
      "import { Migration } from '@mikro-orm/migrations';\nexport class Migration20230101 extends Migration { async up(): Promise<void> { this.addSql('DO 1;'); } }",
    ],
  ])('a class of %s is refused, in %s', (tool, file, source) => {
    const { stdout, code } = runProgram(migrationFolder({ [file]: source }), ['lint', '.']);
    expect({ stdout, code }).toEqual({
      code: 2,
      stdout: expect.stringMatching(
        new RegExp(`^\\S+ foreign-module error: it is a class of ${tool}, .*\\n1 migration in \\.: 1 error .*\\n$`),
      ) as string,
    });
  });

  test('what imports Kysely is told, also where that is not there to be bundled', () => {
    const up = 'export async function up(db: Kysely<any>) { await db.schema.createTable("a").execute(); }';
    const down = 'export async function down(db: Kysely<any>) { await db.schema.dropTable("a").execute(); }';
    const types = runProgram(migrationFolder({ '0001_a.ts': `import { Kysely } from 'kysely';\n${up}\n${down}` }), [
      'lint',
      '.',
    ]).stdout;
    expect(types).toMatch(/foreign-module warning: it is written for Kysely, and its up is given \{ query \} here/);
    const { stdout } = runProgram(
      migrationFolder({ '0001_a.ts': `import { sql, Kysely } from 'kysely';\n${up}\n${down}\nsql\`\`;` }),
      ['lint', '.'],
    );
    expect(stdout).toMatch(/module-not-bundled error: .*kysely.*; it is written for Kysely/);
  });

  test.each(['typeorm', 'kysely'])('the script of the document for %s can be read', (tool) => {
    const begin = tool === 'typeorm' ? "import { format } from 'mysql2'" : 'import { DummyDriver';
    const folder = migrationFolder({ 'a.mjs': block('TypeORM, Kysely', 'js', begin) });
    shell(folder, `"${process.execPath}" --check a.mjs`);
  });

  test('the script of the document prints what TypeORM would send', () => {
    const script = block('TypeORM, Kysely', 'js', "import { format } from 'mysql2'").replace(
      "'mysql2'",
      JSON.stringify(require.resolve('mysql2')),
    );
    const source = `exports.A = class { async up(runner) { await runner.query('DO ?', ["it's"]); } async down(runner) { await runner.query('DO 0'); } };`;
    const folder = migrationFolder({ 'a.mjs': script, '1623566004495-A.cjs': source });

    shell(folder, `"${process.execPath}" a.mjs "$PWD/1623566004495-A.cjs" > 1623566004495-A.sql`);

    expect(textsIn(folder)).toEqual({
      '1623566004495-A.sql': "-- migrate:up\nDO 'it\\'s';\n-- migrate:down\nDO 0;\n",
    });
  });
});

test('that many migrations are irreversible is said once', () => {
  const text = '-- migrate:irreversible\nCREATE TABLE t (id INT PRIMARY KEY);\n';
  const folder = (count: number): string =>
    migrationFolder(Object.fromEntries(Array.from({ length: count }, (_, at) => [`000${at}_t.up.sql`, text])));

  expect(runProgram(folder(5), ['lint', '.']).stdout).toContain('5 warnings (irreversible-migration 5×)');
  const many = runProgram(folder(6), ['lint', '.']).stdout;
  expect(many).toMatch(
    /^0000_t\.up\.sql:1:1 irreversible-migration warning: 6 migrations, of which this is the first, .*--review-after NAME/,
  );
  expect(many).toContain('6 migrations in .: 1 warning (irreversible-migration)');
});

test('folders of versions become one folder, in the order of the versions, and names get what a name may have', () => {
  const folder = migrationFolder({
    'v1.10/new.sql': 'DO 3;',
    'v1.2/01__first one.sql': 'DO 1;',
    'v1.2/02.sql': 'DO 2;',
  });
  shell(folder, block('Several databases', 'sh', 'count='));
  expect(textsIn(folder)).toEqual({
    '0001_first_one.up.sql': 'DO 1;',
    '0002_base.up.sql': 'DO 2;',
    '0003_new.up.sql': 'DO 3;',
  });
  const each = migrationFolder({ '2026-01-01-120000_add a table/up.sql': 'DO 1;' });
  shell(each, block('Prisma', 'sh', 'for folder'));
  expect(textsIn(each)).toEqual({ '20260101120000_add_a_table.up.sql': 'DO 1;' });
});
