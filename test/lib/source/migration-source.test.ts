import * as path from 'node:path';
import { describe as describeProblem } from '../../../lib/review/migration-problem';
import { readMigrations } from '../../../lib/source/migration-source';
import { checksumOf, sha256 } from '../../../lambda/manifest/checksum';
import { digestOf, versionOf } from '../../../lambda/manifest/manifest';
import { CREATE_USER, migrationFolder } from './migration-folder';
import { type Files, problemsOf, read, scriptsOf } from './read-migrations';

const MODULE = 'export async function up({ query }) { await query("SELECT 1"); }\nexport async function down() {}\n';

describe('what is read', () => {
  test('a file with sections, a pair of files and modules become scripts in the order of their names', () => {
    const set = read({
      '0002_b.down.sql': 'DROP TABLE b;',
      '0002_b.up.sql': 'CREATE TABLE b (id INT);\nINSERT INTO b VALUES (1);',
      '0001_a.sql': CREATE_USER,
      '0010_d.cjs': 'exports.up = async () => {}; exports.irreversible = true;',
      '0003_c.ts': 'export const up = async (): Promise<void> => {}; export const down = up;',
      '0009_e.sql': '-- migrate:up\nDROP TABLE b;\n-- migrate:irreversible\n',
    });

    expect(Object.keys(scriptsOf(set))).toEqual(['0001_a', '0002_b', '0003_c', '0009_e', '0010_d']);
    expect(scriptsOf(set)).toEqual({
      '0001_a': { v: 1, up: ['CREATE TABLE user (id INT)'], down: ['DROP TABLE user'] },
      '0002_b': { v: 1, up: ['CREATE TABLE b (id INT)', 'INSERT INTO b VALUES (1)'], down: ['DROP TABLE b'] },
      '0003_c': { v: 1, module: expect.stringContaining('async') },
      '0009_e': { v: 1, up: ['DROP TABLE b'], down: [], irreversible: true },
      '0010_d': { v: 1, module: expect.any(String), irreversible: true },
    });
    expect(set.manifest.migrations.map(({ file, steps, irreversible }) => [file, steps, irreversible])).toEqual([
      ['0001_a.sql', 1, false],
      ['0002_b.up.sql', 2, false],
      ['0003_c.ts', 1, false],
      ['0009_e.sql', 1, true],
      ['0010_d.cjs', 1, true],
    ]);
    expect(versionOf(set.manifest)).toBe('0010_d');
  });

  test('names are ordered by bytes, not by numbers or a language', () => {
    const set = read({
      '10_a.sql': CREATE_USER,
      '9_a.sql': CREATE_USER,
      '0_Z.sql': CREATE_USER,
      '0_a.sql': CREATE_USER,
    });

    expect(Object.keys(scriptsOf(set))).toEqual(['0_Z', '0_a', '10_a', '9_a']);
  });

  test('the sha256 is over exactly the stored text, the checksum over the own files, the digest over both in order', () => {
    const up = 'CREATE TABLE b (id INT);';
    const down = 'DROP TABLE b;';

    const { manifest, scripts } = read({ '0001_b.up.sql': up, '0001_b.down.sql': down });

    const json = '{"v":1,"up":["CREATE TABLE b (id INT)"],"down":["DROP TABLE b"]}';
    expect(scripts.get('0001_b.json')).toBe(json);
    expect(manifest.migrations[0]).toMatchObject({ sha256: sha256(json), checksum: checksumOf(up, down) });
    expect(manifest.digest).toBe(digestOf(manifest.migrations));
  });

  test.each([
    ['a few large rows', 5, 1024 * 1024],
    ['many rows that are short', 50_000, 60],
  ])('an up too large for the database is kept apart, and its hash in the script: %s', (_what, length, digits) => {
    const rows = Array.from(
      { length },
      (_row, row) => `INSERT INTO a VALUES ('${'x'.repeat(digits)} ${row}', 1, 2, 3, 4, 5, 6, 7)`,
    );

    const { manifest, scripts } = read({
      '0001_a.up.sql': `${rows.join(';\n')};\n`,
      '0001_a.down.sql': 'DELETE FROM a;',
    });

    const up = JSON.stringify(rows);
    expect(sha256(scripts.get('0001_a.up.json') ?? '')).toBe(sha256(up));
    expect(scripts.get('0001_a.json')).toBe(
      `{"v":1,"up":[],"upSha256":"${sha256(up)}","upOutline":${JSON.stringify(rows.map(() => 'INSERT INTO `a`'))},"down":["DELETE FROM a"]}`,
    );
    expect(manifest.migrations).toMatchObject([{ steps: length, sha256: sha256(scripts.get('0001_a.json')!) }]);
  });

  test('a byte order mark and the line ends of Windows change nothing', () => {
    const plain = read({ '0001_a.sql': CREATE_USER, '0002_b.ts': MODULE });
    const windows = read({
      '0001_a.sql': `\uFEFF${CREATE_USER.replaceAll('\n', '\r\n')}`,
      '0002_b.ts': `\uFEFF${MODULE.replaceAll('\n', '\r\n')}`,
    });

    expect(windows).toEqual(plain);
  });

  test('notes, settings, compiler output, hidden files and subdirectories are left alone', () => {
    const set = read({
      '0001_a.sql': CREATE_USER,
      'README.md': '',
      '.gitkeep': '',
      '0001_a.d.ts': '',
      '0001_a.js.map': '',
      'package.json': '{}',
      'migration_lock.toml': '',
      'atlas.sum': '',
      'shared/words.ts': '',
      '20260101_data/rows.sql': '',
    });

    expect(Object.keys(scriptsOf(set))).toEqual(['0001_a']);
  });

  test('table locks of a dump are skipped with a warning', () => {
    const { found, warnings } = readMigrations(
      migrationFolder({
        '0001_a.sql': `-- migrate:up\nCREATE TABLE a (id INT);\nLOCK TABLES a WRITE;\nINSERT INTO a VALUES (1);\nUNLOCK TABLES;\n-- migrate:down\nDROP TABLE a;\n`,
      }),
    );

    expect(scriptsOf(found!)['0001_a']).toMatchObject({ up: ['CREATE TABLE a (id INT)', 'INSERT INTO a VALUES (1)'] });
    expect(warnings.map(describeProblem)).toEqual([
      expect.stringMatching(
        /^0001_a.sql:3: LOCK TABLES is skipped.*\. So it is with 1 more of its kind \(line 5\) \(table-lock-skipped\)$/,
      ),
    ]);
  });
});

describe('what cannot be used', () => {
  test.each<[string, Files, readonly RegExp[]]>([
    ['an empty directory', {}, [/: it holds no migration: add one.* \(directory-empty\)$/]],
    ['only notes', { 'README.md': '' }, [/directory-empty/]],
    [
      'a subdirectory for each migration, as Prisma has it',
      { 'migration_lock.toml': '', '20260101_a/migration.sql': 'DO 1', '20260102_b/migration.sql': 'DO 1' },
      [
        /^20260101_a\/migration.sql: each migration has a subdirectory of its own \(this one and 1 more\), .* make 20260101_a.up.sql of it, and .* \(folder-each\)$/,
      ],
    ],
    [
      'a subdirectory for each migration, as diesel has it',
      { 'seed.sh': '', '2026-01-01-120000_a/up.sql': 'DO 1', '2026-01-01-120000_a/down.sql': 'DO 1' },
      [
        /^2026-01-01-120000_a\/up.sql: .* make 20260101120000_a.up.sql of it, 20260101120000_a.down.sql of its down.sql/,
        /^seed.sh: .*unknown-file/,
      ],
    ],
    [
      'two forms of one name',
      { '0001_a.sql': CREATE_USER, '0001_a.up.sql': 'DO 1' },
      [/^0001_a.sql, 0001_a.up.sql: all are the migration 0001_a.* \(duplicate-name\)$/],
    ],
    [
      'names that differ in capitals only',
      { '0001_A.sql': CREATE_USER, '0001_a.sql': CREATE_USER },
      [/^0001_A.sql, 0001_a.sql: .* \(duplicate-name\)$/],
    ],
    [
      'a compiled module beside its source',
      { '0001_a.js': MODULE, '0001_a.ts': MODULE },
      [/exclude the directory in tsconfig.json.*\(duplicate-name\)$/],
    ],
    ['a pair that differs in capitals', { '0001_A.up.sql': 'DO 1', '0001_a.down.sql': 'DO 1' }, [/duplicate-name/]],
    [
      'an up without down',
      { '0001_a.up.sql': 'DO 1' },
      [/^0001_a.up.sql: it has no 0001_a.down.sql beside it: .* \(down-missing\)$/],
    ],
    [
      'a down without up',
      { '0001_a.down.sql': 'DO 1' },
      [/^0001_a.down.sql: it has no 0001_a.up.sql beside it: .* \(up-missing\)$/],
    ],
    [
      'sections without down',
      { '0001_a.sql': '-- migrate:up\nDO 1;' },
      [/^0001_a.sql: it has no "-- migrate:down": .* \(down-missing\)$/],
    ],
    [
      'a file without sections',
      { '0001_a.sql': 'DO 1;' },
      [/^0001_a.sql:1: .*0001_a.up.sql and 0001_a.down.sql \(section-missing\)$/],
    ],
    [
      'sections in one of a pair',
      { '0001_a.up.sql': CREATE_USER, '0001_a.down.sql': 'DO 1' },
      [/^0001_a.up.sql: .* \(section-misplaced\)$/],
    ],
    [
      'a misspelt phase in one of a pair',
      { '0001_a.up.sql': '-- migrate:phase contrat\nDO 1;', '0001_a.down.sql': 'DO 1' },
      [/^0001_a.up.sql:1: "migrate:phase contrat" is not a marker, .* \(unreadable-sql\)$/],
    ],
    [
      'an up without statements',
      { '0001_a.sql': '-- migrate:up\n-- soon\n-- migrate:down\nDO 1;' },
      [/^0001_a.sql:2: its up has no statement/],
    ],
    ['an up of table locks only', { '0001_a.up.sql': 'UNLOCK TABLES;', '0001_a.down.sql': 'DO 1' }, [/\(up-empty\)$/]],
    [
      'a down without statements',
      { '0001_a.sql': '-- migrate:up\nDO 1;\n-- migrate:down\n' },
      [/^0001_a.sql:4: its down has no statement.* \(down-empty\)$/],
    ],
    [
      'irreversible with a down',
      { '0001_a.up.sql': '-- migrate:irreversible\nDO 1;', '0001_a.down.sql': 'DO 1' },
      [/^0001_a.down.sql:1: .* \(irreversible-with-down\)$/],
    ],
    [
      'an open quote',
      { '0001_a.sql': "-- migrate:up\nDO 1;\nDO 'x;\n-- migrate:down\nDO 1;" },
      [/^0001_a.sql:3: the string that opens here with ' is never closed \(unreadable-sql\)$/],
    ],
    [
      'an open quote in the down',
      { '0001_a.sql': '-- migrate:up\nDO 1;\n-- migrate:down\n\nDO "x;' },
      [/^0001_a.sql:5: .*unreadable-sql/],
    ],
    [
      'a body without an end',
      {
        '0001_a.up.sql': 'CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW\nBEGIN\n  SET NEW.x = 1;\n',
        '0001_a.down.sql': 'DROP TRIGGER t',
      },
      [/^0001_a.up.sql:1: the end of the body that begins here is not found/],
    ],
    [
      'invalid UTF-8',
      { '0001_a.sql': Buffer.concat([Buffer.from('-- migrate:up\n-- é '), Buffer.from([0xe9, 0x0a])]) },
      [/^0001_a.sql:2: byte 0xe9 at offset 20 is not UTF-8: .* \(invalid-utf8\)$/],
    ],
    [
      'a cut character at the end',
      { '0001_a.ts': Buffer.concat([Buffer.from('//'), Buffer.from([0xe2, 0x82])]) },
      [/^0001_a.ts:1: byte 0xe2 at offset 2 /],
    ],
    ['UTF-16', { '0001_a.sql': Buffer.from(`\uFEFF${CREATE_USER}`, 'utf16le') }, [/byte 0xff at offset 0 /]],
    [
      'an unknown file',
      { '0001_a.sql': CREATE_USER, '0001_a.sql.bak': '', Makefile: '' },
      [/^0001_a.sql.bak: it is no migration.* \(unknown-file\)$/, /^Makefile: /],
    ],
    [
      'a bad name',
      { 'create_user.sql': CREATE_USER, '0001 a.sql': CREATE_USER, '0001_a.up.ts': MODULE },
      [/^0001 a.sql: .* \(bad-name\)$/, /^0001_a.up.ts: .* \(bad-name\)$/, /^create_user.sql: .* \(bad-name\)$/],
    ],
  ])('%s', (_, files, problems) => {
    expect(problemsOf(files)).toEqual(problems.map((problem) => expect.stringMatching(problem) as unknown));
  });

  test.each(['START TRANSACTION', 'BEGIN', 'COMMIT', 'ROLLBACK', 'SET autocommit = 0', 'SELECT RELEASE_ALL_LOCKS()'])(
    '%s, because transactions are the journal’s',
    (statement) => {
      expect(problemsOf({ '0001_a.sql': `-- migrate:up\nDO 1;\n${statement};\n-- migrate:down\nDO 1;` })).toEqual([
        expect.stringMatching(/^0001_a.sql:3: .* is not allowed: .* \(transaction-control\)$/),
      ]);
    },
  );

  test('a directory that is not there, or is a file, is named with its whole path', () => {
    const folder = migrationFolder({ '0001_a.sql': CREATE_USER });
    const missing = path.join(folder, 'nowhere');

    expect(readMigrations(missing).problems.map(describeProblem)).toEqual([
      `${missing}: it is not a directory: create it, or name the one that holds your migrations (directory-missing)`,
    ]);
    expect(readMigrations(path.join(folder, '0001_a.sql')).problems).toMatchObject([
      { code: 'directory-missing', problem: 'it is not a directory, but a file: name the directory that holds it' },
    ]);
  });

  test('all problems are told together, in the order of files and lines', () => {
    const problems = problemsOf({
      '0003_c.ts': 'export const up = 1;',
      '0002_b.sql': '-- migrate:up\nCOMMIT;\nDO 1;\nROLLBACK;\n-- migrate:down\n',
      '0001_a.sql': Buffer.from([0xff]),
      notes: '',
    });

    expect(problems.map((problem) => problem.replace(/: .*\(/, ' '))).toEqual([
      '0001_a.sql:1 invalid-utf8)',
      '0002_b.sql:2 transaction-control)',
      '0002_b.sql:4 transaction-control)',
      '0002_b.sql:6 down-empty)',
      '0003_c.ts up-missing)',
      'notes unknown-file)',
    ]);
  });
});
