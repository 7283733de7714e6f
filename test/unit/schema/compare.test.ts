import { describeDrift } from '../../../lambda/schema/schema-drift';
import type { SchemaDetail, SchemaObject, SchemaSnapshot } from '../../../lambda/schema/inventory';

const table = (name: string, ...lines: readonly string[]): SchemaObject => ({
  kind: 'table',
  name,
  definition: `CREATE TABLE \`${name}\` (\n${lines.join(',\n')}\n) ENGINE=InnoDB`,
});
const schema = (...objects: readonly SchemaObject[]): SchemaSnapshot => ({ objects });
const KEYS = (...keys: readonly string[]): SchemaObject => table('k', '  `id` int', '  `KEY ` int', ...keys);
const PRIMARY = '  PRIMARY KEY (`id`)';
const UNIQUE_A = '  UNIQUE KEY `a` (`a`)';
const UNIQUE_B = '  UNIQUE KEY `b` (`b`)';
const KEY_A = '  KEY `c` (`c`)';
const FULLTEXT = '  FULLTEXT KEY `d` (`d`)';
const FOREIGN = '  CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `u` (`id`)';
const USER = table('user', '  `id` int', '  `name` text');

test.each<[string, SchemaSnapshot, SchemaSnapshot, string | null]>([
  ['the same', schema(USER), schema(USER), null],
  ['the same in another order', schema(USER, table('a', 'b')), schema(table('a', 'b'), USER), null],
  ['both empty', schema(), schema(), null],
  ['a table less', schema(USER), schema(), 'table user is missing'],
  ['a table more', schema(), schema(USER), 'table user is new'],
  [
    'a column more',
    schema(USER),
    schema(table('user', '  `id` int', '  `name` text', '  `b` int')),
    'table user is changed (with `b` int)',
  ],
  ['a column less', schema(USER), schema(table('user', '  `id` int')), 'table user is changed (without `name` text)'],
  [
    'another type',
    schema(USER),
    schema(table('user', '  `id` bigint', '  `name` text')),
    'table user is changed (without `id` int and with `id` bigint)',
  ],
  [
    'columns in another order',
    schema(USER),
    schema(table('user', '  `name` text', '  `id` int')),
    'table user is changed',
  ],
  [
    'keys in another order',
    schema(KEYS(PRIMARY, UNIQUE_A, UNIQUE_B, KEY_A, FULLTEXT, FOREIGN)),
    schema(KEYS(PRIMARY, FULLTEXT, UNIQUE_B, KEY_A, UNIQUE_A, FOREIGN)),
    null,
  ],
  [
    'the same without what follows them',
    schema(KEYS(PRIMARY, KEY_A, FULLTEXT)),
    schema(KEYS(PRIMARY, FULLTEXT, KEY_A)),
    null,
  ],
  [
    'a key more, and others in another order',
    schema(KEYS(PRIMARY, KEY_A, FULLTEXT)),
    schema(KEYS(PRIMARY, FULLTEXT, UNIQUE_A, KEY_A)),
    'table k is changed (with UNIQUE KEY `a` (`a`))',
  ],
  [
    'unique keys in another order, where rows are stored by the first of them',
    schema(KEYS(UNIQUE_A, UNIQUE_B, KEY_A)),
    schema(KEYS(UNIQUE_B, UNIQUE_A, KEY_A)),
    'table k is changed',
  ],
  [
    'foreign keys in another order',
    schema(KEYS(PRIMARY, FOREIGN, '  CONSTRAINT `g` FOREIGN KEY (`b`) REFERENCES `u` (`id`)')),
    schema(KEYS(PRIMARY, '  CONSTRAINT `g` FOREIGN KEY (`b`) REFERENCES `u` (`id`)', FOREIGN)),
    'table k is changed',
  ],
  [
    'a view in place of a table',
    schema(USER),
    schema({ ...USER, kind: 'view' }),
    'table user is missing; view user is new',
  ],
])('two schemas that are %s', (_what, before, now, expected) => {
  expect(describeDrift(before, now)).toBe(expected);
});

describe('the details beside the objects', () => {
  const withDetails = (...details: readonly SchemaDetail[]): SchemaSnapshot => ({ objects: [USER], details });
  const database = (name: string, definition: string): SchemaDetail => ({ kind: 'database', name, definition });
  const LATIN = database('app', "DEFAULT CHARACTER SET latin1\nDEFAULT ENCRYPTION='N'");
  const UTF8 = database('app', "DEFAULT CHARACTER SET utf8mb4\nDEFAULT ENCRYPTION='N'");
  const FOLLOWS: SchemaDetail = { kind: 'table', name: 'user', definition: 'FOLLOWS other' };

  test.each<[string, SchemaSnapshot, SchemaSnapshot, string | null]>([
    ['the same', withDetails(UTF8, FOLLOWS), withDetails(FOLLOWS, UTF8), null],
    [
      'another property of the database',
      withDetails(UTF8),
      withDetails(LATIN),
      'database app is changed (without DEFAULT CHARACTER SET utf8mb4 and with DEFAULT CHARACTER SET latin1)',
    ],
    ['a database of another name', withDetails(UTF8), withDetails({ ...UTF8, name: 'restored' }), null],
    [
      'a further object',
      withDetails(),
      withDetails({ kind: 'library', name: 'a', definition: '' }),
      'library a is new',
    ],
    [
      'what the definition of an object does not show',
      withDetails(FOLLOWS),
      withDetails(),
      'table user is changed (without FOLLOWS other)',
    ],
    [
      'an object with such details, dropped',
      withDetails(FOLLOWS),
      { objects: [], details: [] },
      'table user is missing',
    ],
    ['details that older code did not read before', schema(USER), withDetails(LATIN, FOLLOWS), null],
    ['details that older code does not read now', withDetails(LATIN, FOLLOWS), schema(USER), null],
    ['a table, beside unread details', schema(USER), { objects: [], details: [LATIN] }, 'table user is missing'],
  ])('%s', (_what, before, now, expected) => {
    expect(describeDrift(before, now)).toBe(expected);
  });
});

test('of many differences the first five are named, and how many more there are', () => {
  const many = schema(...Array.from({ length: 8 }, (_, index) => table(`t${index}`, 'a')));
  expect(describeDrift(schema(), many)).toMatch(/^table t0 is new; .*; table t4 is new; and 3 more$/);
});

describe('an event that may have ended by itself', () => {
  const event = (schedule: string, body = 'DO DELETE FROM `user`'): SchemaSnapshot =>
    schema({
      kind: 'event',
      name: 'e',
      definition: `CREATE DEFINER=\`a\`@\`%\` EVENT \`e\` ON SCHEDULE ${schedule} ${body}`,
    });
  const AT = "AT '2026-01-31 12:00:00' ON COMPLETION";
  const ENDS = "EVERY '1:30' HOUR_MINUTE STARTS '2026-01-01 00:00:00' ENDS '2026-01-31 12:00:00' ON COMPLETION";
  const OVER = '2026-01-31 12:00:00';

  test.each<[SchemaSnapshot, SchemaSnapshot, string, string | null]>([
    [event(`${AT} NOT PRESERVE ENABLE`), schema(), OVER, null],
    [event(`${ENDS} NOT PRESERVE ENABLE`, "COMMENT 'a' DO SELECT ' ON SCHEDULE '"), schema(), OVER, null],
    [event(`${AT} PRESERVE ENABLE`), event(`${AT} PRESERVE DISABLE`), OVER, null],
    [event(`${ENDS} PRESERVE ENABLE`), event(`${ENDS} PRESERVE DISABLE`), OVER, null],
    [event(`${AT} NOT PRESERVE ENABLE`), schema(), '2026-01-31 11:59:59', 'event e is missing'],
    [event(`${AT} NOT PRESERVE ENABLE`), schema(), '', 'event e is missing'],
    [event(`${AT} NOT PRESERVE DISABLE`), schema(), OVER, 'event e is missing'],
    [event(`${AT} PRESERVE ENABLE`), schema(), OVER, 'event e is missing'],
    [
      event("EVERY 1 DAY STARTS '2026-01-01 00:00:00' ON COMPLETION NOT PRESERVE ENABLE"),
      schema(),
      OVER,
      'event e is missing',
    ],
    [
      event(`${AT} PRESERVE ENABLE`),
      event(`${AT} PRESERVE DISABLE`, 'DO SELECT 1'),
      OVER,
      expect.stringContaining('event e is changed') as string,
    ],
    [
      event(`${AT} NOT PRESERVE ENABLE`),
      event(`${AT} NOT PRESERVE DISABLE`),
      OVER,
      expect.stringContaining('event e is changed') as string,
    ],
    [schema(), event(`${AT} NOT PRESERVE ENABLE`), OVER, 'event e is new'],
    [
      schema({ ...USER, definition: `CREATE TABLE a COMMENT ' ON SCHEDULE ${AT} NOT PRESERVE ENABLE'` }),
      schema(),
      OVER,
      'table user is missing',
    ],
  ])('%#', (before, now, latest, expected) => {
    expect(describeDrift(before, now, latest)).toEqual(expected);
  });
});

test.each([
  [
    '',
    'CREATE VIEW v AS SELECT 1',
    "view v cannot be compared, since the function's user could not see its definition then",
  ],
  [
    'CREATE VIEW v AS SELECT 1',
    '',
    "view v cannot be compared, since the function's user may not see its definition now",
  ],
  ['', '', null],
])('a definition that the user may not see, and of which no more is said: %j, %j', (was, is, expected) => {
  const view = (definition: string): SchemaSnapshot => ({
    objects: [{ kind: 'view', name: 'v', definition }],
    details: [],
  });
  expect(describeDrift(view(was), view(is))).toBe(expected);
});
