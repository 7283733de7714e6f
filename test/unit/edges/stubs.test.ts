import path from 'node:path';
import vm from 'node:vm';
import { getDecoder, getEncoder } from '../../../lambda/edges/stubs/iconv-lite';
import { createLRU } from '../../../lambda/edges/stubs/lru-min';
import { format } from '../../../lambda/edges/stubs/sql-escaper';

const { errorNames } = jest.requireActual<{ readonly errorNames: (file: string) => string }>(
  '../../../scripts/error-names.cjs',
);

// The real one, which mysql2 brings along.
const iconv = jest.requireActual<{
  encode(text: string, encoding: string): Buffer;
  decode(bytes: Buffer, encoding: string): string;
}>('iconv-lite');

const TEXTS: Readonly<Record<string, string>> = {
  cp1250: 'Žluťoučký kůň',
  cp1251: 'Съешь же ещё этих мягких французских булок',
  cp866: 'Съешь же ещё',
  koi8r: 'Съешь же ещё',
  koi8u: 'Їжак',
  latin2: 'Zażółć gęślą jaźń',
  latin5: 'İstanbul ığüşöç',
  latin7: 'Glāžšķūņa rūķīši',
  greek: 'Ξεσκεπάζω την ψυχοφθόρα βδελυγμία',
  hebrew: 'דג סקרן',
  tis620: 'เป็นมนุษย์สุดประเสริฐ',
  big5: '資料庫遷移',
  gbk: '数据库迁移',
  gb2312: '数据库迁移',
  sjis: 'データベースの移行 表',
  cp932: 'データベースの移行',
  eucjp: 'データベースの移行',
  euckr: '데이터베이스',
  cesu8: 'é 表 ab',
};

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

describe.each(Object.entries(TEXTS))('in %s', (encoding, text) => {
  const bytes = iconv.encode(text, encoding);

  test('text is decoded as iconv-lite does it', () => {
    expect(getDecoder(encoding).write(bytes)).toBe(text);
  });

  test('text is encoded as iconv-lite does it', () => {
    expect(getEncoder(encoding).write(text)).toEqual(bytes);
  });
});

test('a character that the character set lacks is refused by name, not replaced', () => {
  expect(() => getEncoder('cp1251').write('price: 5 表')).toThrow(/"表" cannot be sent to MySQL as cp1251/);
});

test('ASCII text is sent in any character set, also in one that Node does not know', () => {
  expect(getEncoder('dec8').write('SELECT 1')).toEqual(Buffer.from('SELECT 1'));
  expect(() => getEncoder('dec8').write('é')).toThrow(/cannot be sent/);
});

test('bytes in a character set that Node does not know do not end the process: they are visibly replaced', () => {
  expect(getDecoder('dec8').write(Buffer.from([0x61, 0xe9, 0x62]))).toBe('a\ufffdb');
});

test('a byte order mark in a value is kept', () => {
  expect(getDecoder('cesu8').write(Buffer.from('\ufeffa'))).toBe('\ufeffa');
});

test('the names and numbers of errors are those of mysql2', () => {
  const file = path.join(path.dirname(require.resolve('mysql2/package.json')), 'lib/constants/errors.js');
  const real = { ...jest.requireActual<Readonly<Record<string, unknown>>>(file) };
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

test.each(["SELECT '?', ?", 'SELECT 1', ''])('a text without values, %j, stays as it is with sql-escaper', (sql) => {
  const real = jest.requireActual<{ format: typeof format }>('sql-escaper');
  expect(format(sql, [])).toBe(real.format(sql, []));
  expect(() => format(sql, [1])).toThrow(/prepare the statement/);
});

test('what stands for a part that is never used says so to whoever makes one', () => {
  const unused = jest.requireActual<new () => object>('../../../lambda/edges/stubs/unused');
  expect(() => new unused()).toThrow(/not in the function/);
});
