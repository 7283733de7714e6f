import { servers } from '../../servers';
import { checkHalves } from './half-applied-cases';

const A =
  'CREATE TABLE a (id INT PRIMARY KEY, x INT, KEY kx (x), CONSTRAINT ca CHECK (id < 1000), CONSTRAINT fx FOREIGN KEY (x) REFERENCES b (id))';
const STANDS = [
  'CREATE TABLE b (id INT PRIMARY KEY)',
  'INSERT INTO b VALUES (7)',
  A,
  'INSERT INTO a VALUES (1, 7)',
  'CREATE TABLE r (id INT PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (100))',
  'INSERT INTO r VALUES (50)',
];

/** Only it has these guards. */
const MARIADB = servers().filter(({ kind }) => kind === 'mariadb');

/** What finds nothing to do, and would be reverted by touching what stands there. */
const CASES = [
  ['RENAME TABLE IF EXISTS nope TO b', 'RENAME TABLE IF EXISTS b TO nope'],
  ['ALTER TABLE IF EXISTS nope RENAME TO b', 'ALTER TABLE IF EXISTS b RENAME TO nope'],
  ['ALTER TABLE a CHANGE COLUMN IF EXISTS nope x INT', 'ALTER TABLE a CHANGE COLUMN IF EXISTS x nope INT'],
  ['ALTER TABLE a RENAME COLUMN IF EXISTS nope TO x', 'ALTER TABLE a RENAME COLUMN IF EXISTS x TO nope'],
  ['ALTER TABLE a RENAME INDEX IF EXISTS nope TO kx', 'ALTER TABLE a RENAME INDEX IF EXISTS kx TO nope'],
  ['ALTER TABLE a ADD COLUMN IF NOT EXISTS x INT', 'ALTER TABLE a DROP COLUMN IF EXISTS x'],
  ['ALTER TABLE a ADD CONSTRAINT IF NOT EXISTS ca CHECK (id < 9)', 'ALTER TABLE a DROP CONSTRAINT IF EXISTS ca'],
  [
    'ALTER TABLE a ADD CONSTRAINT fx FOREIGN KEY IF NOT EXISTS (x) REFERENCES b (id)',
    'ALTER TABLE a DROP FOREIGN KEY IF EXISTS fx',
  ],
  [
    'ALTER TABLE r ADD PARTITION IF NOT EXISTS (PARTITION p1 VALUES LESS THAN (100))',
    'ALTER TABLE r DROP PARTITION IF EXISTS p1',
  ],
] as const;

checkHalves(
  'a guarded step that does nothing',
  CASES.map(([done, down]) => ({
    name: done,
    stands: STANDS,
    done: `${done};\nALTER TABLE b ADD COLUMN q INT`,
    down: `ALTER TABLE b DROP COLUMN q;\n${down}`,
    ends: 'as it was',
  })),
  MARIADB,
);

checkHalves(
  'a guarded step that does half of it',
  [
    {
      name: 'RENAME TABLE IF EXISTS',
      stands: STANDS,
      done: 'RENAME TABLE IF EXISTS r TO r9, nope TO b',
      down: 'RENAME TABLE IF EXISTS b TO nope, r9 TO r',
      ends: 'asked',
    },
  ],
  MARIADB,
);

checkHalves(
  'a guarded step that does something',
  [
    [
      'ALTER TABLE IF EXISTS b RENAME TO c; ALTER TABLE c ADD COLUMN q INT',
      'ALTER TABLE c DROP COLUMN q; RENAME TABLE IF EXISTS c TO b',
    ],
    ['ALTER TABLE b CHANGE COLUMN IF EXISTS id no INT', 'ALTER TABLE b CHANGE COLUMN IF EXISTS no id INT NOT NULL'],
  ].map(([done = '', down = '']) => ({ name: done, stands: STANDS.slice(0, 2), done, down, ends: 'as it was' })),
  MARIADB,
);
