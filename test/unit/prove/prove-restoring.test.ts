import { restoringScript, restoringStatements } from '../../../cli/prove/restoring-statements';

/** What would make the first of two definitions of the table `t` of the second one. */
function restore(before: readonly string[], now: readonly string[]): readonly string[] | null {
  return restoringStatements({ label: 'table t', before: table(before), now: table(now) });
}

function table(lines: readonly string[], options = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4'): string {
  return `CREATE TABLE \`t\` (\n${lines.map((line) => `  ${line}`).join(',\n')}\n) ${options}`;
}

const [A, B, C] = ['`a` int NOT NULL', '`b` int DEFAULT NULL', '`c` int DEFAULT NULL'] as const;

test.each([
  ['a column too many is dropped', [A], [A, B], ['DROP COLUMN `b`']],
  ['a column that is missing comes back at its place', [A, B, C], [A, C], [`ADD COLUMN ${B} AFTER \`a\``]],
  ['the first column comes back at the front', [A, B], [B], [`ADD COLUMN ${A} FIRST`]],
  ['a column that is another one is what it was', [A, B], [A, '`b` text'], [`MODIFY COLUMN ${B}`]],
  ['a column at the end goes back to its place', [A, B, C], [A, C, B], [`MODIFY COLUMN ${C} AFTER \`b\``]],
  ['a column at the front goes back to its place', [A, B, C], [C, A, B], [`MODIFY COLUMN ${C} AFTER \`b\``]],
  ['a key too many is dropped', [A], [A, 'KEY `k` (`a`)'], ['DROP KEY `k`']],
  ['a primary key comes back', [A, 'PRIMARY KEY (`a`)'], [A], ['ADD PRIMARY KEY (`a`)']],
  ['a check too many is dropped', [A], [A, 'CONSTRAINT `k` CHECK (`a` > 0)'], ['DROP CONSTRAINT `k`']],
] as const)('%s', (_name, before, now, changes) => {
  expect(restore(before, now)).toEqual([`ALTER TABLE \`t\` ${changes.join(', ')}`]);
});

test('a foreign key that is another one is dropped before it is made', () => {
  const key = (action: string): string => `CONSTRAINT \`k\` FOREIGN KEY (\`a\`) REFERENCES \`p\` (\`id\`)${action}`;
  expect(restore([A, key('')], [A, key(' ON DELETE CASCADE')])).toEqual([
    'ALTER TABLE `t` DROP FOREIGN KEY `k`',
    `ALTER TABLE \`t\` ADD ${key('')}`,
  ]);
});

test('a table gets its character set back before its columns', () => {
  const label = 'table t';
  const now = table(['`a` text CHARACTER SET utf8mb4'], 'ENGINE=InnoDB DEFAULT CHARSET=latin1');
  expect(restoringStatements({ label, before: table(['`a` text']), now })).toEqual([
    'ALTER TABLE `t` DEFAULT CHARSET=utf8mb4',
    'ALTER TABLE `t` MODIFY COLUMN `a` text',
  ]);
});

test('keys in another order are made again in theirs', () => {
  const [first, second] = ['KEY `k` (`a`)', 'KEY `l` (`a`)'] as const;
  expect(restore([A, first, second], [A, second, first])).toEqual([
    'ALTER TABLE `t` DROP KEY `k`, DROP KEY `l`',
    `ALTER TABLE \`t\` ADD ${first}, ADD ${second}`,
  ]);
});

test('of partitions nothing is said', () => {
  const [before, now] = [`${table([A])}\n PARTITION BY HASH (a)`, table([A])];
  expect(restoringStatements({ label: 'table t', before, now })).toBeNull();
});

test('other objects are dropped and made again, without their definer', () => {
  const made = 'CREATE DEFINER=`root`@`localhost` TRIGGER `x` BEFORE INSERT ON `t` FOR EACH ROW SET @a = 1';
  const before = `${made}\ndatabase collation utf8mb4_bin`;
  expect(restoringStatements({ label: 'trigger x', before, now: null })).toEqual([
    'CREATE TRIGGER `x` BEFORE INSERT ON `t` FOR EACH ROW SET @a = 1',
  ]);
  expect(restoringStatements({ label: 'trigger x', before: null, now: before })).toEqual(['DROP TRIGGER `x`']);
  expect(restoringStatements({ label: 'database d', before: 'one', now: 'other' })).toBeNull();
});

test('a program is made with its own sql_mode, where it would get another one', () => {
  const made = (mode: string): string =>
    `CREATE PROCEDURE \`p\`()\nSELECT 1\n-- sql_mode ${mode}\ndatabase collation utf8mb4_bin`;
  const restore = (before: string, now: string | null): readonly string[] | null =>
    restoringStatements({ label: 'procedure p', before, now }, 'OWN');
  const create = 'CREATE PROCEDURE `p`()\nSELECT 1';

  expect(restore(made('OLD'), null)).toEqual(["SET sql_mode = 'OLD'", create]);
  expect(restore(made('OLD'), made('OWN'))).toEqual(['DROP PROCEDURE `p`', "SET sql_mode = 'OLD'", create]);
  expect(restore(made('OWN'), made('OTHER'))).toEqual(['DROP PROCEDURE `p`', "SET sql_mode = 'OWN'", create]);
  expect(restore(made('OWN'), null)).toEqual([create]);
  expect(restore(made(''), null)).toEqual(["SET sql_mode = ''", create]);
});

test('a mode is set for what needs it, and for nothing else', () => {
  const [a, b] = [
    ['DROP a', 'SET sql_mode = 1', 'CREATE a'],
    ['SET sql_mode = 1', 'CREATE b'],
  ];
  expect(restoringScript([a, null, ['CREATE c'], b])).toEqual([
    ...['CREATE c', 'DROP a', 'SET sql_mode = 1', 'CREATE a', 'CREATE b'],
  ]);
});
