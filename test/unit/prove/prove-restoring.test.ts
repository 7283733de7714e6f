import { restoringScript } from '../../../cli/prove/restore/restoring-script';
import { restoringStatements as restoring } from '../../../cli/prove/restore/restoring-statements';
import { schemaDifferences } from '../../../cli/prove/restore/schema-difference';
import type { SchemaDetail, SchemaObject, SchemaSnapshot } from '../../../lambda/schema/inventory';
import type { Difference } from '../../../lambda/schema/schema-drift';

const NOTHING: SchemaSnapshot = { objects: [] };

function restoringStatements(difference: Difference, ownMode: string | null = null): readonly string[] | null {
  return restoring(difference, { before: NOTHING, now: NOTHING, differences: [difference], ownMode });
}

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

test('partitions are made last, and taken away first where keys are to change', () => {
  const label = 'table t';
  const parted = (lines: readonly string[], by: string): string => `${table(lines)}\n PARTITION BY ${by}`;
  const restored = (before: string, now: string): readonly string[] | null =>
    restoringStatements({ label, before, now })?.map((text) => text.replace('ALTER TABLE `t` ', '')) ?? null;
  expect(restored(parted([A], 'HASH (a)'), table([A]))).toEqual(['PARTITION BY HASH (a)']);
  expect(restored(parted([A], 'HASH (a)'), parted([A], 'KEY (a)'))).toEqual(['PARTITION BY HASH (a)']);
  expect(restored(table([A]), parted([A], 'HASH (a)'))).toEqual(['REMOVE PARTITIONING']);
  expect(restored(parted([A], 'HASH (a)'), parted([A, B], 'HASH (b)'))).toEqual([
    ...['REMOVE PARTITIONING', 'DROP COLUMN `b`', 'PARTITION BY HASH (a)'],
  ]);
});

test('other objects are dropped and made again, without their definer', () => {
  const made = 'CREATE DEFINER=`root`@`localhost` TRIGGER `x` BEFORE INSERT ON `t` FOR EACH ROW SET @a = 1';
  const before = `${made}\ndatabase collation utf8mb4_bin`;
  expect(restoringStatements({ label: 'trigger x', before, now: null })).toEqual([
    'CREATE TRIGGER `x` BEFORE INSERT ON `t` FOR EACH ROW SET @a = 1',
  ]);
  expect(restoringStatements({ label: 'trigger x', before: null, now: before })).toEqual(['DROP TRIGGER `x`']);
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

test('a mode is set for what needs it, and the own one again for what is behind that', () => {
  const set = "SET sql_mode = 'OLD'";
  const of = (name: string): string => `CREATE PROCEDURE \`${name}\`() SELECT 1`;
  const [a, b] = [
    ['DROP PROCEDURE `a`', set, of('a')],
    [set, of('b')],
  ];
  expect(restoringScript([[of('c')], a, null, b, ['DROP VIEW `v`'], [of('d')]])).toEqual([
    ...[of('c'), 'DROP PROCEDURE `a`', set, of('a'), of('b'), 'DROP VIEW `v`', 'SET sql_mode = DEFAULT', of('d')],
  ]);
});

test('the database gets back its properties, and loses what it had not', () => {
  const label = 'database d';
  const charset = 'DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
  expect(
    restoringStatements({ label, before: `${charset}\nDEFAULT ENCRYPTION='N'`, now: "one\nDEFAULT ENCRYPTION='N'" }),
  ).toEqual([`ALTER DATABASE ${charset}`]);
  expect(restoringStatements({ label, before: charset, now: `${charset}\nCOMMENT 'a'` })).toEqual([
    "ALTER DATABASE COMMENT ''",
  ]);
});

describe('of two looks', () => {
  const object = (kind: SchemaObject['kind'], name: string, definition: string): SchemaObject => ({
    kind,
    name,
    definition,
  });
  const trigger = (name: string): SchemaObject =>
    object(
      'trigger',
      name,
      `CREATE DEFINER=\`a\`@\`%\` TRIGGER \`${name}\` BEFORE INSERT ON \`t\` FOR EACH ROW SET @a = 1`,
    );
  const triggers = (letters: string): SchemaSnapshot => {
    const names = letters.match(/./g) ?? [];
    return {
      objects: names.toSorted().map(trigger),
      details: names.flatMap((name, at): readonly SchemaDetail[] =>
        at === 0 ? [] : [{ kind: 'trigger', name, definition: `FOLLOWS ${names[at - 1]}` }],
      ),
    };
  };
  const script = (before: SchemaSnapshot, now: SchemaSnapshot): readonly string[] =>
    restoringScript(schemaDifferences(before, now, '').map(({ restore }) => restore));
  const shortened = (statements: readonly string[]): readonly string[] =>
    statements.map((text) =>
      text
        .replace(/^(CREATE|DROP) TRIGGER/, '$1')
        .replace(' BEFORE INSERT ON `t` FOR EACH ROW', '')
        .replace(' SET @a = 1', ''),
    );

  test.each([
    ['abc', 'ac', ['CREATE `b` FOLLOWS `a`']],
    ['abc', 'ab', ['CREATE `c`']],
    ['abc', 'bc', ['CREATE `a` PRECEDES `b`']],
    ['abc', 'bca', ['DROP `a`', 'CREATE `a` PRECEDES `b`']],
    ['abc', 'acb', ['DROP `b`', 'CREATE `b` FOLLOWS `a`']],
    ['abcd', 'cdab', ['DROP `a`', 'CREATE `a` PRECEDES `c`', 'DROP `b`', 'CREATE `b` FOLLOWS `a`']],
    ['ab', 'axb', ['DROP `x`']],
    ['abc', '', ['CREATE `a`', 'CREATE `b`', 'CREATE `c`']],
  ])('triggers that fired as %s and fire as %s', (before, now, statements) => {
    expect(shortened(script(triggers(before), triggers(now)))).toEqual(statements);
  });

  test('a program is made in the collation that its database had then', () => {
    const database: SchemaDetail = {
      ...{ kind: 'database', name: 'd', definition: 'DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' },
    };
    const collation = (name: string): SchemaDetail => ({
      kind: 'event',
      name: 'e',
      definition: `database collation ${name}`,
    });
    const event = object('event', 'e', 'CREATE EVENT `e` DO SELECT 1\n-- sql_mode ');
    const look = (name: string): SchemaSnapshot => ({ objects: [event], details: [database, collation(name)] });
    expect(script(look('latin1_bin'), look('utf8mb4_bin'))).toEqual([
      'DROP EVENT `e`',
      'ALTER DATABASE COLLATE latin1_bin',
      'CREATE EVENT `e` DO SELECT 1',
      'ALTER DATABASE DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    ]);
    expect(script(look('utf8mb4_bin'), look('latin1_bin'))).toEqual(['DROP EVENT `e`', 'CREATE EVENT `e` DO SELECT 1']);
  });

  test('what is made of others comes behind them, and what others are made of is dropped last', () => {
    const key = (to: string): string => `CONSTRAINT \`k\` FOREIGN KEY (\`a\`) REFERENCES \`${to}\` (\`a\`)`;
    const made = (name: string, ...lines: readonly string[]): SchemaObject =>
      object('table', name, table([A, ...lines]).replace('`t`', `\`${name}\``));
    const view = (name: string, of: string): SchemaObject =>
      object('view', name, `CREATE VIEW \`${name}\` AS select \`a\` from \`${of}\``);
    const before = { objects: [made('a', key('b')), made('b'), view('v', 'w'), view('w', 'a')], details: [] };
    const now = { objects: [made('x'), made('y', key('x')), trigger('z')], details: [] };
    expect(script(before, now).map((text) => /^\w+ \w+ `\w+`/.exec(text)?.[0])).toEqual([
      'DROP TRIGGER `z`',
      ...[
        'CREATE TABLE `b`',
        'CREATE TABLE `a`',
        'DROP TABLE `y`',
        'DROP TABLE `x`',
        'CREATE VIEW `w`',
        'CREATE VIEW `v`',
      ],
    ]);
  });

  test('a sequence keeps its count', () => {
    const look = (cache: number): SchemaSnapshot => ({
      objects: [],
      details: [{ kind: 'table', name: 's', definition: `CREATE SEQUENCE \`s\` cache ${cache} ENGINE=InnoDB` }],
    });
    expect(script(look(10), look(20))).toEqual(['ALTER SEQUENCE `s` cache 10']);
  });

  test('of what no migration may make nothing is said', () => {
    const text = 'CREATE PACKAGE p AS a\n-- sql_mode PIPES_AS_CONCAT,ANSI_QUOTES,ORACLE';
    const look = (...details: readonly SchemaDetail[]): SchemaSnapshot => ({ objects: [], details });
    const before = look({ kind: 'package', name: 'p', definition: text });
    expect(schemaDifferences(before, look(), '')).toMatchObject([{ restore: null }]);
    expect(script(look(), before)).toEqual(['DROP PACKAGE `p`']);
  });
});
