import { Lazy, Stack } from 'aws-cdk-lib';
import { AuroraMigrations, DatabaseTarget } from '../../../lib';
import { describe as describeProblem } from '../../../lib/review/migration-problem';
import { readMigrations } from '../../../lib/source/migration-source';
import { fakePackage } from '../fake-package';
import { migrationFolder } from './migration-folder';
import { problemsOf, type Files } from './read-migrations';
import { database, emptyApp } from '../stack-under-test';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const DUMP = `-- migrate:up
CREATE TABLE a (id INT);

DROP TABLE IF EXISTS \`migration\`;
CREATE TABLE \`migration\` (
  version VARCHAR(180)
);
LOCK TABLES \`migration\` WRITE;
INSERT INTO \`migration\` VALUES ('x');
UNLOCK TABLES;
-- migrate:down
DELETE FROM migration;
DROP TABLE a;
`;

test('each statement that touches the journal is an error by file and line, in an up and in a down', () => {
  expect(problemsOf({ '0001_a.sql': DUMP })).toEqual([
    expect.stringMatching(/^0001_a\.sql:4: DROP TABLE migration is refused: .*journal.* \(journal-touched\)$/),
    expect.stringMatching(/^0001_a\.sql:5: CREATE TABLE migration is refused: /),
    expect.stringMatching(/^0001_a\.sql:9: INSERT migration is refused: /),
    expect.stringMatching(/^0001_a\.sql:12: DELETE migration is refused: /),
  ]);
  expect(problemsOf({ '0001_a.up.sql': 'DO 0;', '0001_a.down.sql': '\n\nDROP TABLE migration_deployment;' })).toEqual([
    expect.stringMatching(/^0001_a\.down\.sql:3: DROP TABLE migration_deployment is refused: /),
  ]);
});

test('a body between delimiters, an executable comment and a prepared text are read', () => {
  const up = [
    'DELIMITER //',
    'CREATE PROCEDURE p() BEGIN DELETE FROM migration; END//',
    'DELIMITER ;',
    '/*!50001 DROP TABLE migration */;',
    "PREPARE s FROM 'TRUNCATE migration';",
  ].join('\n');
  expect(problemsOf({ '0001_a.up.sql': up, '0001_a.down.sql': 'DO 0;' })).toEqual([
    expect.stringContaining('0001_a.up.sql:2: CREATE PROCEDURE with DELETE migration'),
    expect.stringContaining('0001_a.up.sql:4: DROP TABLE migration'),
    expect.stringContaining('0001_a.up.sql:5: TRUNCATE migration'),
  ]);
});

test('a name in other letters is a warning: whether it is the journal is up to the server', () => {
  const { problems, warnings } = readMigrations(
    migrationFolder({
      '0001_a.up.sql': 'CREATE TABLE Migration (id INT);',
      '0001_a.down.sql': 'DROP TABLE Migration;',
    }),
  );
  expect(problems).toEqual([]);
  expect(warnings.filter(({ code }) => code === 'journal-touched').map(describeProblem)).toEqual([
    expect.stringMatching(/^0001_a\.up\.sql:1: .*lower_case_table_names.* CREATE TABLE Migration is refused/),
    expect.stringMatching(/^0001_a\.down\.sql:1: /),
  ]);
});

/** Makes a construct for a database of that name. */
function construct(files: Files, databaseName?: string): void {
  const stack = new Stack(emptyApp(), 'Stack', { env: { account: '111122223333', region: 'eu-central-1' } });
  const { cluster } = database(stack);
  const directory = migrationFolder(files);
  new AuroraMigrations(stack, 'Migrations', { database: DatabaseTarget.cluster(cluster, { databaseName }), directory });
}

test('the migrated database is known by its name, and must not be dropped', () => {
  const files = {
    '0001_a.sql': '-- migrate:up\nDROP DATABASE shop;\nDROP TABLE shop.migration;\n-- migrate:irreversible\n',
  };
  expect(String(thrownBy(() => construct(files, 'shop')))).toMatch(
    /0001_a\.sql:2: DROP DATABASE shop .*\n.*0001_a\.sql:3: DROP TABLE migration/,
  );
  expect(() => construct(files, 'other')).not.toThrow();
});

test('where its name is not known before the deployment, names without a database are still refused', () => {
  const name = Lazy.string({ produce: () => 'shop' });
  expect(() =>
    construct({ '0001_a.sql': '-- migrate:up\nDROP TABLE shop.migration;\n-- migrate:irreversible' }, name),
  ).not.toThrow();
  expect(String(thrownBy(() => construct({ '0001_a.sql': DUMP }, name)))).toContain('(journal-touched)');
});
