import { execFileSync } from 'node:child_process';
import { readMigrations } from '../../../lib/source/migration-source';
import { migrationFolder } from './migration-folder';
import { problemsOf, read, scriptsOf } from './read-migrations';

const UP = 'CREATE TABLE a (id INT);';
const DOWN = 'DROP TABLE a;';

test('a folder with files for several databases is told once, and the command leaves those of MySQL', () => {
  const folder = migrationFolder({
    '0001_a.cockroach.up.sql': 'CREATE TABLE a (id UUID);',
    '0001_a.mysql.up.sql': UP,
    '0001_a.postgres.down.sql': 'DROP TABLE a CASCADE;',
    '0001_a.down.sql': DOWN,
    '0002_b.up.sql': 'ALTER TABLE a ALTER COLUMN id TYPE TEXT;',
    '0002_b.down.sql': '',
    '0002_b.mysql.up.sql': 'ALTER TABLE a MODIFY id BIGINT;',
    '0002_b.mysql.down.sql': 'ALTER TABLE a MODIFY id INT;',
    '0002_b.sqlite3.up.sql': '',
    '0003_c.up.sql': 'CREATE TABLE c (id INT);',
    '0003_c.down.sql': 'DROP TABLE c;',
  });
  const { problems } = readMigrations(folder);
  expect(problems).toEqual([
    {
      code: 'bad-name',
      file: '0001_a.cockroach.up.sql',
      problem: expect.stringMatching(
        /^it is for another database, by its name \(this file and 2 more\), and would be /,
      ),
    },
  ]);
  const [, command = ''] = /`(.+)`/.exec(problems[0]?.problem ?? '') ?? [];
  execFileSync('sh', ['-c', command], { cwd: folder });
  const { found, problems: left } = readMigrations(folder);
  expect(left).toEqual([]);
  expect(found && scriptsOf(found)).toEqual({
    '0001_a': { v: 1, up: ['CREATE TABLE a (id INT)'], down: ['DROP TABLE a'] },
    '0002_b': { v: 1, up: ['ALTER TABLE a MODIFY id BIGINT'], down: ['ALTER TABLE a MODIFY id INT'] },
    '0003_c': { v: 1, up: ['CREATE TABLE c (id INT)'], down: ['DROP TABLE c'] },
  });
});

test('where only a name speaks of another database, it is a migration', () => {
  const set = read({
    '0001_copy_from.postgres.up.sql': UP,
    '0001_copy_from.postgres.down.sql': DOWN,
    '0002_drop.h2.sql': `-- migrate:up\n${UP}\n-- migrate:down\n${DOWN}\n`,
  });
  expect(Object.keys(scriptsOf(set))).toEqual(['0001_copy_from.postgres', '0002_drop.h2']);
});

test.each<[string, Readonly<Record<string, string>>, readonly RegExp[]]>([
  [
    'a subdirectory for each version, with names of their own',
    { 'LATEST.sql': 'DO 1', 'v0.1/base.sql': 'DO 1', 'v0.2/01__blob size.sql': 'DO 1', 'v0.2/manifest.json': '' },
    [
      /^LATEST.sql: .*\. What is no migration goes elsewhere, or into a subdirectory \(bad-name\)$/,
      /^v0.1\/base.sql: it lies in a subdirectory, as 1 more of .sql, and these are not read: .* as 0001_base.up.sql \(folder-each\)$/,
    ],
  ],
  [
    'one file in a subdirectory, whose name is no word',
    { 'v0.2/01.sql': 'DO 1' },
    [/^v0.2\/01.sql: it lies in a subdirectory, and these are not read: .* as 0001_base.up.sql \(folder-each\)$/],
  ],
  [
    'an up without a statement beside a down that has some',
    { '0001_a.up.sql': '', '0001_a.down.sql': 'DROP TABLE a' },
    [/^0001_a.up.sql:1: its up has no statement, so that those of its down would revert .* \(up-empty\)$/],
  ],
])('%s is told with what to do', (_, files, problems) => {
  expect(problemsOf(files)).toEqual(problems.map((problem) => expect.stringMatching(problem) as unknown));
});
