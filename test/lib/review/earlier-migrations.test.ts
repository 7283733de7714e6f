import { readMigrations } from '../../../lib/source/migration-source';
import { migrationFolder } from '../source/migration-folder';

/** What is said of the costs of the last of these migrations, none of which has a down. */
function costsOf(...ups: readonly string[]): readonly string[] {
  const files = ups.map((up, at): [string, string] => [`000${at + 1}_m.up.sql`, `-- migrate:irreversible\n${up};\n`]);
  const { warnings, problems } = readMigrations(migrationFolder(Object.fromEntries(files)));
  expect(problems).toEqual([]);
  return warnings
    .filter(({ code, migration }) => code.startsWith('table-') && migration === `000${ups.length}_m`)
    .map(({ code, problem }) => `${code}: ${problem}`);
}

const TABLE = "CREATE TABLE t (id INT(11) PRIMARY KEY, `a` VARCHAR(20) NOT NULL DEFAULT '', e ENUM('x'), KEY (a))";

describe('what earlier migrations made of a column tells what a MODIFY costs', () => {
  test.each([
    ['a longer VARCHAR', [TABLE, "ALTER TABLE t MODIFY a VARCHAR(30) NOT NULL DEFAULT ''"]],
    ['more members', [TABLE, "ALTER TABLE t MODIFY e ENUM('x', 'y')"]],
    ['the same, shown in another width', [TABLE, 'ALTER TABLE t MODIFY id INTEGER NOT NULL']],
    [
      'of the last that changed it',
      [TABLE, 'ALTER TABLE t MODIFY a VARCHAR(300)', 'ALTER TABLE t MODIFY a VARCHAR(400)'],
    ],
    ['of one that was added', [TABLE, 'ALTER TABLE t ADD b TEXT', 'DO 0', 'ALTER TABLE t CHANGE b c TEXT']],
    ['behind what changes no column', [TABLE, 'GRANT SELECT ON t TO u', "ALTER TABLE t MODIFY e ENUM('x', 'y')"]],
  ] as const)('nothing: %s', (_, ups) => {
    expect(costsOf(...ups)).toEqual([]);
  });

  test.each([
    ['another type', [TABLE, 'ALTER TABLE t MODIFY a INT NOT NULL'], "table-copy: .*: changing a column's type copies"],
    ['another NULL', [TABLE, "ALTER TABLE t MODIFY a VARCHAR(20) DEFAULT ''"], 'table-rebuild: .*NULL or NOT NULL'],
  ] as const)('%s', (_, ups, said) => {
    expect(costsOf(...ups)).toEqual([expect.stringMatching(said)]);
  });

  const MODIFY = "ALTER TABLE t MODIFY a VARCHAR(20) NOT NULL DEFAULT ''";
  test.each([
    ['no migration has made the table', ['DO 0', MODIFY]],
    ['it may have stood there', [TABLE.replace('TABLE', 'TABLE IF NOT EXISTS'), MODIFY]],
    ['it was made like another', ['CREATE TABLE t LIKE u', MODIFY]],
    ['it is another table by now', [TABLE, 'DROP TABLE t; RENAME TABLE u TO t', MODIFY]],
    ['its character set has changed', [TABLE, 'ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4', MODIFY]],
    ['nobody knows what was done since', [TABLE, 'CALL change_it()', MODIFY]],
  ] as const)('where %s, it says that it may', (_, ups) => {
    expect(costsOf(...ups)).toEqual([
      expect.stringMatching(
        /^table-copy: ".*": this may copy the whole table, .* neither the down nor an earlier migration says what that was\. Better: /,
      ),
    ]);
  });

  test.each([
    ['VARCHAR(64)', 'VARCHAR(255)', 'may copy the whole table, .* utf8mb4 has two from 64 characters on'],
    ['VARCHAR(255)', 'VARCHAR(1024)', 'may copy the whole table, .* utf8mb4 has two from 64 characters on'],
    ['VARCHAR(63)', 'VARCHAR(255)', "changing a column's type copies the whole table"],
    ['VARCHAR(255)', 'VARCHAR(64)', "changing a column's type copies the whole table"],
  ])('from %s to %s, it says what is known without the character set', (before, after, said) => {
    expect(costsOf(`CREATE TABLE t (a ${before})`, `ALTER TABLE t MODIFY a ${after}`)).toEqual([
      expect.stringMatching(`^table-copy: .*: (this )?${said}`),
    ]);
  });

  test('REFERENCES behind a column is a foreign key on some servers, and says so where it is checked', () => {
    const ADD = 'ALTER TABLE t ADD COLUMN a INT NULL REFERENCES u (id) ON DELETE SET NULL';
    expect(costsOf(ADD)).toEqual([
      expect.stringMatching(
        /^table-copy: .*: this may copy the whole table, .* MySQL 9 and MariaDB do, MySQL 8 reads over it\. /,
      ),
    ]);
    expect(costsOf(`SET foreign_key_checks = 0; ${ADD}`)).toEqual([]);
  });

  test('what may copy is not told beside what does', () => {
    const [said] = costsOf(
      'CREATE TABLE t (a VARCHAR(64), b INT)',
      'ALTER TABLE t MODIFY a VARCHAR(255), MODIFY b BIGINT, MODIFY unknown INT',
    );
    expect(said).toMatch(
      /: changing a column's type copies the whole table, .*\(COPY\)\. Better: add a new column, [^:]*$/,
    );
  });

  test.each([
    [
      'ADD FULLTEXT INDEX f (b)',
      'adding a FULLTEXT index, which also rebuilds the table if it is its first one makes writes to the table wait',
    ],
    ['MODIFY b INT NOT NULL', 'making a column NULL or NOT NULL rebuilds the whole table'],
  ])('beside what may copy, what %s costs in any case is told', (other, said) => {
    const [told] = costsOf('CREATE TABLE t (a VARCHAR(64), b INT)', `ALTER TABLE t MODIFY a VARCHAR(255), ${other}`);
    expect(told).toMatch(/^table-copy: .*: this may copy the whole table, /);
    expect(told).toContain(`. Even if it does not, ${said}`);
  });

  test('where it may not copy, it is told that writes wait', () => {
    const change = 'ALTER TABLE t MODIFY a VARCHAR(255), ADD FULLTEXT INDEX f (b), ALGORITHM=INPLACE';
    expect(costsOf('CREATE TABLE t (a VARCHAR(64), b TEXT)', change)).toEqual([
      expect.stringMatching(/^table-lock: .*: adding a FULLTEXT index.* makes writes to the table wait/),
    ]);
    expect(costsOf('CREATE TABLE t (a VARCHAR(64), b TEXT)', `${change}, LOCK=NONE`)).toEqual([]);
  });

  test('a migration in JavaScript may have changed any', () => {
    const { warnings } = readMigrations(
      migrationFolder({
        '0001_m.up.sql': `-- migrate:irreversible\n${TABLE};`,
        '0002_m.cjs': 'exports.up = async () => {}; exports.irreversible = true;',
        '0003_m.up.sql': `-- migrate:irreversible\n${MODIFY};`,
      }),
    );
    expect(warnings.map(({ code }) => code)).toContain('table-copy');
  });
});

test('what costs the same in one migration is told once', () => {
  const ups = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((table) => `ALTER TABLE ${table} DROP PRIMARY KEY`);
  expect(costsOf(ups.join(';\n'))).toEqual([
    expect.stringMatching(/^table-copy: "ALTER TABLE a .*So it is with 6 more of its kind \(line 3, 4, 5, 6, 7, …\)$/),
  ]);
});
