import { inventoryAfter, isGuarded } from '../../../lambda/schema/inventory-after';
import { inventoryOf } from '../../../lambda/schema/inventory';
import { stepOf } from '../../../lambda/sql/step';
import { snapshotOf } from './half-applied-cases';

const inventory = (objects: string) => inventoryOf(snapshotOf(objects));

test.each<[up: readonly string[], before: string, now: string, expected: string]>([
  [['CREATE PROCEDURE p () SELECT 1'], 'table t', '', 'table t, procedure p'],
  [['DROP VIEW v'], 'table v, table t', '', 'table t'],
  [['DROP TABLE t'], 'table t, column t.a, table u, column u.a', '', 'table u, column u.a'],
  [['RENAME TABLE t TO u'], 'table t, column t.a', '', 'table u, column u.a'],
  [
    ['ALTER TABLE t RENAME COLUMN a TO b, ADD COLUMN c INT, DROP COLUMN d'],
    'table t, column t.a, column t.d',
    '',
    'table t, column t.b, column t.c',
  ],
  [
    ['CREATE TABLE n (id INT)', 'ALTER TABLE n ADD COLUMN x INT'],
    '',
    'table n, column n.id, column n.x, table m, column m.id',
    'table n, column n.id, column n.x',
  ],
  [['CREATE TABLE n (id INT)', 'DROP TABLE n'], 'table t', 'table t', 'table t'],
  [
    ['CREATE TABLE IF NOT EXISTS t (id INT)'],
    'table t, column t.a',
    'table t, column t.a, column t.b',
    'table t, column t.a',
  ],
  [['CALL p()', 'UPDATE t SET a = 1'], 'table t', '', 'table t'],
])('what is there after %j', (up, before, now, expected) => {
  const after = inventoryAfter(inventory(before), [up.map(stepOf)], inventory(now), 'app', false);
  expect(new Set(after.keys())).toEqual(new Set(inventory(expected).keys()));
});

test('what no migration has touched is known as before', () => {
  const before = inventory('table t, column t.a');
  const after = inventoryAfter(before, [[stepOf('CREATE TABLE u (id INT)')]], new Map(), 'app', false);
  expect([...after.values()]).toEqual(expect.arrayContaining([...before.values()]));
});

test.each([
  ['DROP TABLE IF EXISTS t', true],
  ['CREATE TABLE IF NOT EXISTS t (id INT)', true],
  ['CREATE OR REPLACE VIEW v AS SELECT 1', true],
  ['DROP TABLE t', false],
  ['CREATE TABLE t (id INT)', false],
  ["INSERT INTO t VALUES ('DROP TABLE IF EXISTS t')", false],
])('whether %s depends on what was there: %s', (text, expected) => {
  expect(isGuarded([stepOf('DO 1'), stepOf(text)])).toBe(expected);
});
