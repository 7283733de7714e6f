import { generatedValue } from '../../../cli/prove/rows/generated-value';
import { rowDifferences } from '../../../cli/prove/rows/row-difference';
import type { TableRows } from '../../../cli/prove/rows/row-reader';

function rows(...cells: TableRows['rows']): readonly TableRows[] {
  return [{ table: 't', key: ['id'], rows: cells }];
}

const ONE = { id: '1', name: 'one' };

test('rows that are as they were differ in nothing', () => {
  expect(rowDifferences(rows(ONE), rows(), rows(ONE))).toEqual([]);
});

test.each([
  ['a row that the up took', rows(ONE), rows(), rows(), 'id=1 is gone', true, 'rows'],
  ['a row that the down took', rows(ONE), rows(ONE), rows(), 'id=1 is gone', false, 'rows'],
  ['a row that stays', rows(), rows(ONE), rows(ONE), "id=1 name='one' is left over", false, 'rows'],
  [
    'a value that the up took with its column',
    rows(ONE),
    rows({ id: '1' }),
    rows({ id: '1', name: null }),
    "id=1: name 'one' is now NULL",
    true,
    'columns',
  ],
  [
    'a value that the down took',
    rows(ONE),
    rows(ONE),
    rows({ id: '1', name: 'two' }),
    "id=1: name 'one' is now 'two'",
    false,
    'values',
  ],
] as const)('%s is shown, and who took it', (_name, before, between, after, line, isTakenByUp, lost) => {
  expect(rowDifferences(before, between, after)).toEqual([{ table: 't', lines: [line], more: 0, isTakenByUp, lost }]);
});

test('a column that is not there any more is not compared', () => {
  expect(rowDifferences(rows(ONE), rows(ONE), rows({ id: '1' }))).toEqual([]);
});

test('rows without a key are compared as a whole', () => {
  const keyless = (...names: readonly string[]): readonly TableRows[] => [
    { table: 't', key: [], rows: names.map((name) => ({ name })) },
  ];
  const [found] = rowDifferences(keyless('a', 'a', 'b'), keyless('a', 'a', 'b'), keyless('a', 'b', 'c'));
  expect(found?.lines).toEqual(["name='a' is gone", "name='c' is left over"]);
});

test('three rows are shown, and how many more there are', () => {
  const many = rows(...['1', '2', '3', '4', '5'].map((id) => ({ id })));
  expect(rowDifferences(many, many, rows())).toMatchObject([{ lines: { length: 3 }, more: 2 }]);
});

const OTHER = { changesByItself: false, digits: 10, scale: 0, charset: 'utf8mb4' };

test.each([
  ['int', 'int', '7'],
  ['tinyint', 'tinyint(1)', '1'],
  ['varchar', 'varchar(20)', "'7'"],
  ['enum', "enum('a','it''s')", "'a'"],
  ['date', 'date', "'2020-01-08'"],
  ['bit', 'bit(1)', '1'],
  ['nothing we know', 'nothing we know', null],
])('the seventh value of %s (%s) is %s', (type, fullType, value) => {
  const column = { name: 'c', type, fullType, isNullable: true, isId: false, isGenerated: false };
  expect(generatedValue({ ...column, ...OTHER, length: 20 }, 7, 'plain')).toBe(value);
});

test.each([
  ['int', null, '900007'],
  ['tinyint', null, '67'],
  ['smallint', null, '30007'],
  ['varchar', 20, "'900007'"],
  ['char', 2, "'7'"],
])('the seventh id of %s begins where no seed does', (type, length, value) => {
  const column = { name: 'id', type, fullType: type, isNullable: false, isId: true, isGenerated: false };
  for (const kind of ['plain', 'full', 'sparse'] as const) {
    expect(generatedValue({ ...column, ...OTHER, length }, 7, kind)).toBe(value);
  }
});

test.each([
  ['int', 'int', null, '70007'],
  ['tinyint', 'tinyint(1)', null, '1'],
  ['varchar', 'varchar(20)', 20, "'7 Zoë O''Hara 😀 '"],
  ['varchar', 'varchar(3)', 3, "'7 Z'"],
  ['varbinary', 'varbinary(2)', 2, "X'37ff'"],
  ['json', 'json', null, `'{"7": "Zoë", "list": [1.5, null, true]}'`],
  ['decimal', 'decimal(13,3)', null, '-1234567897.131'],
  ['decimal', 'decimal(13,3) unsigned', null, '1234567897.131'],
  ['datetime', 'datetime(3)', null, "'2020-01-08 00:00:07.252'"],
  ['datetime', 'datetime', null, "'2020-01-08 00:00:07'"],
  ['set', "set('a','b')", null, "'a,b'"],
  ['enum', "enum('a','b')", null, "'a'"],
])('the full value of %s (%s) is all that it takes', (type, fullType, length, value) => {
  const column = { name: 'c', type, fullType, isNullable: true, isId: false, isGenerated: false };
  expect(generatedValue({ ...column, ...OTHER, scale: 3, length }, 7, 'full')).toBe(value);
  expect(generatedValue({ ...column, ...OTHER, length }, 7, 'sparse')).toBe('NULL');
});
