import type { ColumnFacts } from './table-facts';

/**
 * What values a row has.
 *
 * - `plain`: digits wherever they may be, since a migration that makes a number of a text, or a foreign key of a number,
 *   then finds what it may well find in a real table.
 * - `full`: all that a type takes, such as letters of several alphabets, fractions, bytes that are no text: what is made of
 *   them may lose or mangle it.
 * - `sparse`: NULL wherever it may be, and otherwise plain.
 */
export type RowKind = 'plain' | 'full' | 'sparse';

/**
 * A value for a column in the `n`-th row that is made, from 1, as SQL has it; null where none is known for its type.
 *
 * Always the same for the same row. Values of one column differ as far as the type lets them, for unique keys.
 */
export function generatedValue(column: ColumnFacts, n: number, kind: RowKind): string | null {
  if (kind === 'sparse' && column.isNullable) return 'NULL';
  const full = kind === 'full' && !column.isId ? FULL[column.type] : undefined;
  const make = full ?? MADE[column.type];
  return make === undefined ? null : make(n, column);
}

type Make = (n: number, column: ColumnFacts) => string;

/** From where ids are counted: seeds count theirs from 1, and are not to meet ours. */
const FIRST_ID: Readonly<Record<string, number>> = { tinyint: 60, smallint: 30_000 };
const FIRST_ID_ELSE = 900_000;

const integer: Make = (n, { type, fullType, isId }) => {
  if (isId) return String((FIRST_ID[type] ?? FIRST_ID_ELSE) + n);
  return String(/^tinyint\(1\)/.test(fullType) ? n % 2 : n);
};
const decimal: Make = (n, { digits }) => (digits === 0 ? `0.${n % 10}` : String(digits === 1 ? n % 10 : n));
const text: Make = (n, { length, isId }) => {
  const id = String(FIRST_ID_ELSE + n);
  return isId && id.length <= (length ?? Infinity) ? `'${id}'` : `'${String(n).slice(0, length ?? undefined)}'`;
};
const two = (n: number): string => String(n).padStart(2, '0');
const day = (n: number): string => `2020-${two((Math.floor(n / 28) % 12) + 1)}-${two((n % 28) + 1)}`;
const clock = (n: number): string => `${two(Math.floor(n / 3600) % 24)}:${two(Math.floor(n / 60) % 60)}:${two(n % 60)}`;
const moment: Make = (n) => `'${day(n)} ${clock(n)}'`;
const member: Make = (n, { fullType }) => {
  const members = fullType.match(/'(?:[^']|'')*'/g) ?? ["''"];
  return members[(n - 1) % members.length] ?? "''";
};
const shape =
  (coordinates: (n: number) => string): Make =>
  (n, { srid }) =>
    `ST_GeomFromText('${coordinates(n % 80)}'${srid === undefined ? '' : `, ${srid}`})`;

const collection = shape((n) => `GEOMETRYCOLLECTION(POINT(${n} ${n}))`);

const MADE: Readonly<Record<string, Make>> = {
  tinyint: integer,
  smallint: integer,
  mediumint: integer,
  int: integer,
  bigint: integer,
  decimal,
  float: decimal,
  double: decimal,
  bit: (n, { fullType }) => (fullType === 'bit(1)' ? String(n % 2) : String(n % 128)),
  char: text,
  varchar: text,
  tinytext: text,
  text,
  mediumtext: text,
  longtext: text,
  binary: text,
  varbinary: text,
  tinyblob: text,
  blob: text,
  mediumblob: text,
  longblob: text,
  json: text,
  date: (n) => `'${day(n)}'`,
  time: (n) => `'${clock(n)}'`,
  datetime: moment,
  timestamp: moment,
  year: (n) => String(2000 + (n % 100)),
  enum: member,
  set: member,
  uuid: (n) => `'00000000-0000-4000-8000-${String(n).padStart(12, '0')}'`,
  inet4: (n) => `'10.0.0.${n % 250}'`,
  inet6: (n) => `'::${n}'`,
  geometry: shape((n) => `POINT(${n} ${n})`),
  point: shape((n) => `POINT(${n} ${n})`),
  linestring: shape((n) => `LINESTRING(0 0, ${n} ${n})`),
  polygon: shape((n) => `POLYGON((0 0, ${n} 0, ${n} ${n}, 0 0))`),
  multipoint: shape((n) => `MULTIPOINT(0 0, ${n} ${n})`),
  multilinestring: shape((n) => `MULTILINESTRING((0 0, ${n} ${n}))`),
  multipolygon: shape((n) => `MULTIPOLYGON(((0 0, ${n} 0, ${n} ${n}, 0 0)))`),
  geomcollection: collection,
  geometrycollection: collection,
};

/** Larger than what the next smaller type takes. */
const larger =
  (by: number): Make =>
  (n) =>
    String(by + n);

const fullText: Make = (n, { length, charset }) => {
  const letters = charset === 'ascii' ? "Zoe O'Hara" : charset === 'utf8mb4' ? "Zoë O'Hara 😀" : "Zoë O'Hara";
  // A blank at its end, which CHAR and TRIM take away.
  const value = Array.from(`${n} ${letters} `)
    .slice(0, length ?? undefined)
    .join('');
  return `'${value.replaceAll("'", "''")}'`;
};
const fullJson: Make = (n) => `'{"${n}": "Zoë", "list": [1.5, null, true]}'`;
const fullBytes: Make = (n, { length }) => {
  const bytes = Buffer.concat([Buffer.from(String(n)), Buffer.from([0xff, 0x00])]);
  return `X'${bytes.subarray(0, length ?? undefined).toString('hex')}'`;
};
/** All digits that the type takes, since a DOUBLE holds 15 of them and a FLOAT 6; below zero where that may be. */
const fullDecimal: Make = (n, { fullType, digits, scale }) => {
  const last = String(n);
  const whole = `${'1234567890'.repeat(7).slice(0, Math.max((digits ?? 0) - last.length, 0))}${last}`;
  const fraction = '13'.repeat(15).slice(0, scale ?? 0);
  const number = `${digits === 0 ? '0' : whole.slice(0, digits ?? undefined)}${fraction === '' ? '' : `.${fraction}`}`;
  return /unsigned/.test(fullType) ? number : `-${number}`;
};
/** No sum of powers of two: a FLOAT holds less of it than a DOUBLE, and no number of digits all of it. */
const fullFloat: Make = (n, { fullType, scale }) => {
  const number = `${n % 10}.${scale === null ? '1' : '13'.repeat(15).slice(0, scale)}`;
  return /unsigned/.test(fullType) ? number : `-${number}`;
};
const withFraction =
  (make: Make): Make =>
  (n, column) => {
    const places = Number(/\((\d)\)/.exec(column.fullType)?.[1] ?? 0);
    return places === 0 ? make(n, column) : make(n, column).replace(/'$/, `.${'25'.repeat(3).slice(0, places)}'`);
  };
const twoMembers: Make = (n, column) => {
  const [first = "''", second] = column.fullType.match(/'(?:[^']|'')*'/g) ?? [];
  return second === undefined ? member(n, column) : `${first.slice(0, -1)},${second.slice(1)}`;
};

/** Of other types, plain values are all that there is to see. */
const FULL: Readonly<Record<string, Make>> = {
  smallint: larger(300),
  mediumint: larger(40_000),
  int: larger(70_000),
  bigint: larger(5_000_000_000),
  decimal: fullDecimal,
  float: fullFloat,
  double: fullFloat,
  char: fullText,
  varchar: fullText,
  tinytext: fullText,
  text: fullText,
  mediumtext: fullText,
  // MariaDB's JSON is this type, with a check.
  longtext: fullJson,
  json: fullJson,
  binary: fullBytes,
  varbinary: fullBytes,
  tinyblob: fullBytes,
  blob: fullBytes,
  mediumblob: fullBytes,
  longblob: fullBytes,
  time: withFraction((n) => `'${clock(n)}'`),
  datetime: withFraction(moment),
  timestamp: withFraction(moment),
  set: twoMembers,
};
