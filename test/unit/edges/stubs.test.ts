import path from 'node:path';
import vm from 'node:vm';
import { DRIVER_OPTIONS } from '../../../lambda/edges/database/mysql';
import * as columnReading from '../../../lambda/edges/stubs/column-reading';
import { getDecoder, getEncoder } from '../../../lambda/edges/stubs/iconv-lite';
import { usesLocalDate } from '../../../lambda/edges/stubs/local-date';
import { createLRU } from '../../../lambda/edges/stubs/lru-min';
import { format } from '../../../lambda/edges/stubs/sql-escaper';

const { errorNames } = jest.requireActual<{ readonly errorNames: (file: string) => string }>(
  '../../../scripts/error-names.cjs',
);

test('the character sets that mysql2 asks for have its numbers', () => {
  const real = jest.requireActual<Readonly<Record<string, number>>>(
    '../../../node_modules/mysql2/lib/constants/charsets.js',
  );
  expect(real).toMatchObject(jest.requireActual<object>('../../../lambda/edges/stubs/charsets'));
});

test('what has been kept for longest goes first, and is told of', () => {
  const gone: unknown[] = [];
  const kept = createLRU<number>({ max: 2, onEviction: (key, value) => gone.push([key, value]) });
  kept.set('a', 1).set('b', 2).set('c', 3);
  expect([[...kept], gone]).toEqual([
    [
      ['b', 2],
      ['c', 3],
    ],
    [['a', 1]],
  ]);
});

test('text in utf8mb3, which mysql2 calls cesu8, is that of UTF-8', () => {
  const text = 'é 表 ab';
  expect(getEncoder('cesu8').write(text)).toEqual(Buffer.from(text));
  expect(getDecoder('cesu8').write(Buffer.from(text))).toBe(text);
});

test('in another character set ASCII is sent, and the rest refused by name, not replaced', () => {
  expect(getEncoder('sjis').write('SELECT 1')).toEqual(Buffer.from('SELECT 1'));
  expect(() => getEncoder('cp1251').write('price: 5 表')).toThrow(/"表" cannot be sent to MySQL as cp1251/);
});

test('bytes in another character set do not end the process: they are visibly replaced', () => {
  expect(getDecoder('sjis').write(Buffer.from([0x61, 0xe9, 0x62]))).toBe('a\ufffdb');
});

test('a byte order mark in a value is kept', () => {
  expect(getDecoder('cesu8').write(Buffer.from('\ufeffa'))).toBe('\ufeffa');
});

test('the names and numbers of errors are those of mysql2, but for those between a storage engine and its server', () => {
  const file = path.join(path.dirname(require.resolve('mysql2/package.json')), 'lib/constants/errors.js');
  const all = Object.entries(jest.requireActual<Readonly<Record<string, string | number>>>(file));
  const real = Object.fromEntries(all.filter((pair) => !pair.some((part) => String(part).startsWith('HA_'))));
  const module = { exports: {} as Record<string, unknown> };
  vm.runInNewContext(errorNames(file), { module });
  expect(Object.fromEntries(Object.keys(real).map((key) => [key, module.exports[key]]))).toEqual(real);
  expect(Object.keys(real).length).toBeGreaterThan(3_000);
  expect(module.exports['4711']).toBeUndefined();
});

test.each([
  [0xffffffff, 0xffffffff],
  [0, 0x80000000],
  [1, 0x00200000],
  [-1, -1],
  [42, 0],
])('the integer of the words %d and %d is that of long', (low, high) => {
  interface Integer {
    toNumber(): number;
    toString(): string;
  }
  type Long = new (low: number, high: number, isUnsigned: boolean) => Integer;
  const real = jest.requireActual<Long>('long');
  const ours = jest.requireActual<Long>('../../../lambda/edges/stubs/long');
  for (const isUnsigned of [true, false]) {
    expect(new ours(low, high, isUnsigned).toString()).toBe(new real(low, high, isUnsigned).toString());
    expect(new ours(low, high, isUnsigned).toNumber()).toBe(new real(low, high, isUnsigned).toNumber());
  }
});

test('with the options that the driver is given, it makes no date in the time zone of the process', () => {
  type UsesLocalDate = (field: object, options: object, config: object) => boolean;
  const real = jest.requireActual<{ usesLocalDate: UsesLocalDate }>(
    '../../../node_modules/mysql2/lib/parsers/local_date.js',
  );
  for (const columnType of Array(256).keys())
    expect(real.usesLocalDate({ columnType }, {}, DRIVER_OPTIONS)).toBe(usesLocalDate());
});

test('names of columns and sets of types are read as mysql2 reads them', () => {
  const real = jest.requireActual<typeof columnReading & { readonly privateObjectProps: ReadonlySet<string> }>(
    '../../../node_modules/mysql2/lib/helpers.js',
  );
  const outcomeOf = (escape: (name: string, isEval: boolean) => string, name: string): string => {
    try {
      return escape(name, false);
    } catch (error) {
      return String(error);
    }
  };
  for (const name of [...real.privateObjectProps, 'id', '__proto', 'x__proto__', "it's"])
    expect(outcomeOf(columnReading.fieldEscape, name)).toBe(outcomeOf(real.fieldEscape, name));
  const types = { DATE: 10, TIME: 11 };
  for (const said of [true, false, undefined, [], ['DATE'], ['TIME', 'DATE']])
    for (const type of [10, 11, 12])
      expect(columnReading.typeMatch(type, said, types)).toBe(real.typeMatch(type, said, types));
});

test.each(["SELECT '?', ?", 'SELECT 1', ''])('a text without values, %j, stays as it is with sql-escaper', (sql) => {
  const real = jest.requireActual<{ format: typeof format }>('sql-escaper');
  expect(format(sql, [])).toBe(real.format(sql, []));
  expect(() => format(sql, [1])).toThrow(/prepare the statement/);
});

test('what stands for a part that is never used says so to whoever makes one', () => {
  const unused = jest.requireActual<new () => object>('../../../lambda/edges/stubs/unused');
  expect(() => new unused()).toThrow(/not in the function/);
});
