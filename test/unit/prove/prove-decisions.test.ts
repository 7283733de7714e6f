import { reachesOut } from '../../../cli/prove/reach/foreign-schemas';
import { halfWayPoints } from '../../../cli/prove/half-way-points';
import { explainFinding } from '../../../cli/prove/report/explain-finding';
import { describeSummary, hasFound, summaryOf } from '../../../cli/prove/report/summary';

const [DDL, DML, BLIND] = ['CREATE TABLE t (id INT)', 'INSERT INTO t VALUES (1)', 'TRUNCATE TABLE t'] as const;

test.each([
  ['one statement has none', [DDL], []],
  ['between two there is one', [DDL, DDL], [1]],
  ['after a last one of which nothing shows that it was done there is one', [BLIND], [1]],
  ['within one transaction there is one', [DDL, DML, DML, DML, DDL], [1, 2, 4]],
  ['a migration of rows only has one', [DML, DML, DML], [1]],
] as const)('half-way points: %s', (_name, up, played) => {
  expect(halfWayPoints(up)).toEqual({ played, left: 0 });
});

test('of very many half-way points some are left', () => {
  expect(halfWayPoints(Array.from({ length: 100 }, () => DDL))).toMatchObject({ played: { length: 40 }, left: 59 });
});

test.each([
  ['CREATE TABLE user (id INT)', []],
  ['SELECT t.shop FROM t', []],
  ['SELECT * FROM shop.user', ['the schema shop']],
  ['DROP TABLE `shop` . `user`', ['the schema shop']],
  ['USE other', ['USE']],
  ['DROP DATABASE other', ['a database']],
  ['CREATE USER a', ['accounts']],
  ['SET GLOBAL max_connections = 1', ['a global variable']],
  ["SET PASSWORD FOR a = 'b'", ['accounts']],
  ["CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'a')", ['what is not of one schema']],
  ["CREATE TABLESPACE ts ADD DATAFILE 'ts.ibd'", ['what is not of one schema']],
  ["CREATE FUNCTION f RETURNS STRING SONAME 'f.so'", ['what is not of one schema']],
  ['ALTER INSTANCE ROTATE INNODB MASTER KEY', ['what is not of one schema']],
  ['SHUTDOWN', ['the server itself']],
  ["await query('KILL 5')", ['the server itself']],
  ['PURGE BINARY LOGS BEFORE NOW()', ['the server itself']],
  ['FLUSH PRIVILEGES', ['the server itself']],
  ['STOP ALL SLAVES', ['the server itself']],
  ['CREATE TABLE kill_list (shutdown INT, flush INT)', []],
])('%s reaches for %j', (text, what) => {
  expect(reachesOut([{ file: 'f', text }], ['shop']).map((reach) => reach.what)).toEqual(what);
});

test('what was not reached is something found', () => {
  const summary = summaryOf([{ kind: 'not-reached', names: ['a', 'b'], because: '' }]);
  expect(hasFound(summary)).toBe(true);
  expect(describeSummary(summary, 1234)).toBe('0 proved, 2 not reached, in 1.2 s');
  expect(hasFound(summaryOf([]))).toBe(false);
});

test.each([
  [[2], 'after step 2 of 20'],
  [[2, 4], 'after step 2 or 4 of 20'],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9], 'after step 1, 2, 3, 4, 5, 6 or 3 others of 20'],
])('a finding of the half-way points %j says %s', (after, text) => {
  const finding = { kind: 'half-way', after, steps: 20, statement: DDL, line: 1, reason: null, refused: null } as const;
  const { what } = explainFinding({ ...finding, differences: [], rows: [] }, { file: 'a.sql', downFile: 'a.sql' });
  expect(what).toBe(`where the function dies ${text}, the rollback does not restore what was there`);
});
