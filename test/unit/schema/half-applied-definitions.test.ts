import type { SchemaSnapshot } from '../../../lambda/schema/inventory';
import { checkAll } from './half-applied-cases';

/** A table of these lines, as SHOW CREATE prints it. */
function snapshot(lines: string, end = ''): SchemaSnapshot {
  const elements = lines.split('; ').map((line) => `  ${line}`);
  return {
    objects: [
      { kind: 'table', name: 't', definition: `CREATE TABLE \`t\` (\n${elements.join(',\n')}\n) ENGINE=InnoDB${end}` },
    ],
  };
}

const LATIN = ' DEFAULT CHARSET=latin1';

checkAll([
  {
    name: 'columns of text are altered where their table is converted, others are not',
    up: ['ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4', 'SELECT broken'],
    before: snapshot('`a` varchar(9) DEFAULT NULL; `b` int DEFAULT NULL', LATIN),
    now: snapshot('`a` varchar(9) DEFAULT NULL; `b` bigint DEFAULT NULL', ' DEFAULT CHARSET=utf8mb4'),
    down: { 'ALTER TABLE t MODIFY b INT': 'not-done', 'ALTER TABLE t MODIFY a VARCHAR(9)': 'run' },
  },
  {
    name: 'a character set that only the printing shows alters nothing',
    up: ['ALTER TABLE t DEFAULT CHARACTER SET utf8mb4', 'ALTER TABLE t DROP COLUMN a'],
    before: snapshot('`a` varchar(9) DEFAULT NULL', LATIN),
    now: snapshot('`a` varchar(9) CHARACTER SET latin1 DEFAULT NULL', ' DEFAULT CHARSET=utf8mb4'),
    down: { 'ALTER TABLE t ADD a VARCHAR(9)': 'not-done', 'ALTER TABLE t DEFAULT CHARACTER SET latin1': 'run' },
  },
  {
    name: 'a line is not another one for the new name of a column in it',
    up: ['ALTER TABLE t RENAME COLUMN a TO c, RENAME COLUMN b TO a', 'ALTER TABLE t DROP INDEX k'],
    before: snapshot('`a` int DEFAULT NULL; `b` int DEFAULT NULL; KEY `k` (`a`,`b`)'),
    now: snapshot('`c` int DEFAULT NULL; `a` int DEFAULT NULL; KEY `k` (`c`,`a`)'),
    down: {
      'ALTER TABLE t ADD INDEX k (c, a)': 'not-done',
      'ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN c TO a': 'run',
    },
  },
  {
    name: 'what another migration has altered before is not taken for the work of this one',
    up: ['ALTER TABLE t ADD d INT', 'ALTER TABLE t DROP COLUMN a'],
    before: snapshot('`a` int DEFAULT NULL'),
    now: snapshot('`a` bigint DEFAULT NULL; `d` int DEFAULT NULL'),
    down: { 'ALTER TABLE t ADD a BIGINT': 'not-done', 'ALTER TABLE t DROP d': 'run' },
  },
  {
    name: 'a column that is left as not dropped must not stay altered',
    up: ['ALTER TABLE t MODIFY a BIGINT', 'ALTER TABLE t DROP COLUMN a'],
    before: snapshot('`a` int DEFAULT NULL'),
    now: snapshot('`a` bigint DEFAULT NULL'),
    down: { 'ALTER TABLE t ADD a INT': 'cannot-be-paired' },
  },
  {
    name: 'it may be altered back by another statement',
    up: ['ALTER TABLE t MODIFY a BIGINT', 'ALTER TABLE t DROP COLUMN a'],
    before: snapshot('`a` int DEFAULT NULL'),
    now: snapshot('`a` bigint DEFAULT NULL'),
    down: { 'ALTER TABLE t ADD a BIGINT': 'not-done', 'ALTER TABLE t MODIFY a INT': 'run' },
  },
  {
    name: 'where nobody has noted how it was, an altered column may have lost values',
    up: ['ALTER TABLE t MODIFY a BIGINT', 'UPDATE t SET a = a * 10'],
    before: null,
    now: snapshot('`a` bigint DEFAULT NULL'),
    down: { 'UPDATE t SET a = a / 10': 'cannot-be-paired', 'ALTER TABLE t MODIFY a INT': 'run' },
  },
]);
