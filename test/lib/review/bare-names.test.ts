import { readMigrations } from '../../../lib/source/migration-source';
import { readableStatement } from '../../../lib/review/tables/readable-statement';
import { RESERVED_WORDS } from '../../../lib/review/tables/reserved-words';
import { readTableStatement } from '../../../lib/review/tables/table-statement-reader';
import { BARE_WORDS } from './bare-words';
import { migrationFolder } from '../source/migration-folder';

/** Wherever a statement that is reviewed has a name. */
function statementsWith(name: string): readonly string[] {
  return [
    `ALTER TABLE a ADD ${name} INT`,
    `ALTER TABLE a ADD COLUMN ${name} INT FIRST`,
    `ALTER TABLE a ADD (${name} INT, b INT)`,
    `ALTER TABLE a ADD b INT AFTER ${name}`,
    `ALTER TABLE a ADD b INT AS (${name} + 1) STORED`,
    `ALTER TABLE a DROP ${name}`,
    `ALTER TABLE a DROP COLUMN ${name}`,
    `ALTER TABLE a MODIFY ${name} VARCHAR(9)`,
    `ALTER TABLE a CHANGE ${name} ${name} VARCHAR(9)`,
    `ALTER TABLE a RENAME COLUMN ${name} TO ${name}`,
    `ALTER TABLE a ALTER ${name} SET DEFAULT 1`,
    `ALTER TABLE a ADD INDEX ${name} (${name} DESC, b)`,
    `ALTER TABLE a ADD UNIQUE (${name}(9))`,
    `ALTER TABLE a ADD PRIMARY KEY (b, ${name})`,
    `ALTER TABLE a DROP INDEX ${name}`,
    `ALTER TABLE a RENAME INDEX ${name} TO ${name}`,
    `ALTER TABLE a ADD CONSTRAINT ${name} FOREIGN KEY ${name} (${name}) REFERENCES ${name} (${name}) ON DELETE CASCADE`,
    `ALTER TABLE a ADD CONSTRAINT ${name} CHECK (${name} > 1)`,
    `ALTER TABLE a DROP FOREIGN KEY ${name}`,
    `ALTER TABLE a DROP CONSTRAINT ${name}`,
    `ALTER TABLE a RENAME TO ${name}`,
    `ALTER TABLE ${name} ADD b INT`,
    `ALTER TABLE ${name}.${name} ADD b INT`,
    `CREATE INDEX ${name} ON ${name} (${name})`,
  ];
}

function reading(sql: string): unknown {
  const readable = readableStatement(sql);
  return readable === undefined ? undefined : readTableStatement(readable);
}

test('each keyword that a server takes for a name is read as if it stood in backticks', () => {
  const quoted = statementsWith('`b`').map((sql) => reading(sql));
  expect(quoted).not.toContain(undefined);
  const failing = BARE_WORDS.flatMap((word) => {
    const expected = statementsWith(`\`${word}\``).map(readableStatement);
    return statementsWith(word.toLowerCase()).filter(
      (sql, index) => readableStatement(sql)?.toUpperCase() !== expected[index]?.toUpperCase(),
    );
  });
  expect(failing).toEqual([]);
});

test.each(['type', 'status', 'key_block_size', 'rank', 'offset', 'period', 'names', 'general'])(
  '%s is parsed wherever it stands',
  (word) => {
    expect(statementsWith(word).filter((sql) => reading(sql) === undefined)).toEqual([]);
  },
);

test('a reserved word is no name, as the servers have it', () => {
  const words = [...RESERVED_WORDS].filter((word) => !['PARTITION', 'CONSTRAINT', 'COLUMN'].includes(word));
  const read = words.filter((word) => reading(`ALTER TABLE a MODIFY ${word} INT`) !== undefined);
  expect(read).toEqual([]);
  expect(BARE_WORDS.filter((word) => RESERVED_WORDS.has(word))).toEqual([]);
});

describe('what only MariaDB has is read where it does not change the cost', () => {
  test.each([
    ['ALTER TABLE a ADD COLUMN IF NOT EXISTS b INT', 'ALTER TABLE a ADD COLUMN b INT'],
    ['ALTER TABLE a ADD COLUMN IF NOT EXISTS (b INT, c INT)', 'ALTER TABLE a ADD b INT, ADD c INT'],
    ['ALTER TABLE a DROP COLUMN IF EXISTS b', 'ALTER TABLE a DROP COLUMN b'],
    ['ALTER TABLE a DROP b CASCADE', 'ALTER TABLE a DROP b'],
    ['ALTER TABLE a MODIFY COLUMN IF EXISTS b BIGINT', 'ALTER TABLE a MODIFY b BIGINT'],
    ['ALTER TABLE a CHANGE IF EXISTS b c BIGINT', 'ALTER TABLE a CHANGE b c BIGINT'],
    ['ALTER TABLE a ALTER COLUMN IF EXISTS b SET DEFAULT 1', 'ALTER TABLE a ALTER b SET DEFAULT 1'],
    ['ALTER TABLE a ADD INDEX IF NOT EXISTS i (b)', 'ALTER TABLE a ADD INDEX i (b)'],
    ['ALTER TABLE a DROP INDEX IF EXISTS i', 'ALTER TABLE a DROP INDEX i'],
    ['ALTER TABLE a ADD CONSTRAINT IF NOT EXISTS c CHECK (b > 0)', 'ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)'],
    [
      'ALTER TABLE a ADD FOREIGN KEY IF NOT EXISTS f (b) REFERENCES c (d)',
      'ALTER TABLE a ADD FOREIGN KEY f (b) REFERENCES c (d)',
    ],
    ['ALTER TABLE a DROP FOREIGN KEY IF EXISTS f', 'ALTER TABLE a DROP FOREIGN KEY f'],
    ['ALTER TABLE a RENAME COLUMN IF EXISTS b TO c', 'ALTER TABLE a RENAME COLUMN b TO c'],
    ['ALTER TABLE a RENAME KEY IF EXISTS i TO j', 'ALTER TABLE a RENAME KEY i TO j'],
    ['ALTER ONLINE IGNORE TABLE IF EXISTS a WAIT 5 ADD b INT', 'ALTER TABLE a ADD b INT'],
    ['ALTER TABLE a NOWAIT ADD b INT', 'ALTER TABLE a ADD b INT'],
    ['ALTER TABLE a ADD b INT AS (c) PERSISTENT', 'ALTER TABLE a ADD b INT AS (c) STORED'],
    ['ALTER TABLE a ALTER INDEX i NOT IGNORED', 'ALTER TABLE a ALTER INDEX i VISIBLE'],
    ['CREATE OR REPLACE UNIQUE INDEX i ON a NOWAIT (b)', 'CREATE UNIQUE INDEX i ON a (b)'],
    ['CREATE INDEX IF NOT EXISTS i ON a (b)', 'CREATE INDEX i ON a (b)'],
  ])('%s', (sql, plain) => {
    expect(reading(sql)).toEqual(reading(plain));
    expect(reading(sql)).toBeDefined();
  });
});

describe('the warnings', () => {
  function codesFor(up: string, down: string): readonly string[] {
    const { problems, warnings } = readMigrations(
      migrationFolder({ '0001_a.sql': `-- migrate:up\n${up};\n-- migrate:down\n${down};\n` }),
    );
    expect(problems).toEqual([]);
    return warnings.map(({ code }) => code);
  }

  test.each([
    [
      'ALTER TABLE a ADD type INT NULL, ADD active BOOL NOT NULL DEFAULT TRUE',
      'ALTER TABLE a DROP type, DROP active',
      [],
    ],
    ['ALTER TABLE a MODIFY type BIGINT', 'ALTER TABLE a MODIFY type INT', ['table-copy']],
    ['ALTER TABLE a MODIFY COLUMN IF EXISTS status VARCHAR(20)', 'ALTER TABLE a MODIFY status VARCHAR(10)', []],
    ['ALTER TABLE IF EXISTS a DROP PRIMARY KEY', 'ALTER TABLE a ADD PRIMARY KEY (id)', ['table-copy']],
    ['ALTER ONLINE TABLE a FORCE', 'DO 1', ['table-rebuild']],
    ['CREATE OR REPLACE FULLTEXT INDEX i ON a (b)', 'DROP INDEX i ON a', ['table-lock']],
    ['CREATE OR REPLACE TABLE a (id INT)', 'DROP TABLE a', ['destructive-statement']],
    ['CREATE TABLE b (id INT); CREATE OR REPLACE TABLE b (id INT)', 'DROP TABLE b', []],
    ['ALTER TABLE a ADD c DATETIME ON UPDATE CURRENT_TIMESTAMP', 'ALTER TABLE a DROP c', []],
    [
      'ALTER TABLE a PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN MAXVALUE)',
      'ALTER TABLE a REMOVE PARTITIONING',
      ['table-copy'],
    ],
    [
      'ALTER TABLE a PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN (9))',
      'ALTER TABLE a REMOVE PARTITIONING',
      ['table-copy'],
    ],
    ['ALTER TABLE a PARTITION BY HASH (id) PARTITIONS 4', 'ALTER TABLE a REMOVE PARTITIONING', ['table-copy']],
    ['ALTER TABLE a ADD SYSTEM VERSIONING', 'ALTER TABLE a DROP SYSTEM VERSIONING', ['unreviewed-statement']],
  ])('of %s', (up, down, codes) => {
    expect(codesFor(up, down)).toEqual(codes);
  });
});
