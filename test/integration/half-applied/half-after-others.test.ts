import { migration } from '../../rules/dying-process';
import { servers } from '../../servers';
import { release, Scene } from '../scene';

const T = 'CREATE TABLE t (id INT PRIMARY KEY, q INT); CREATE TABLE is_there (id INT)';
const FAILS = 'CREATE TABLE is_there (id INT)';

// The second migration is guarded by what the first one of the same deployment has left.
const CASES: readonly (readonly [string, first: readonly [string, string], second: readonly [string, string]])[] = [
  [
    'a procedure that it made',
    ['CREATE PROCEDURE p () SELECT 1', 'DROP PROCEDURE p'],
    [
      `DROP PROCEDURE IF EXISTS p; ${FAILS}; CREATE PROCEDURE p () SELECT 2`,
      'DROP PROCEDURE p; CREATE PROCEDURE p () SELECT 1',
    ],
  ],
  [
    'a trigger that it made',
    ['CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.q = 1', 'DROP TRIGGER g'],
    [
      `DROP TRIGGER IF EXISTS g; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.q = 2; ${FAILS}; CREATE TABLE n (id INT)`,
      'DROP TABLE n; DROP TRIGGER g; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.q = 1',
    ],
  ],
  [
    'a table that it made',
    ['CREATE TABLE n (id INT)', 'DROP TABLE n'],
    [`DROP TABLE IF EXISTS n; ${FAILS}; CREATE TABLE m (id INT)`, 'DROP TABLE m; CREATE TABLE n (id INT)'],
  ],
  [
    'a table that it dropped',
    ['DROP TABLE t', 'CREATE TABLE t (id INT PRIMARY KEY, q INT)'],
    [`CREATE TABLE IF NOT EXISTS t (id INT); ${FAILS}; CREATE TABLE m (id INT)`, 'DROP TABLE m; DROP TABLE t'],
  ],
  [
    'a view that it dropped',
    ['CREATE VIEW v AS SELECT 1 AS a; DROP VIEW v', 'DO 1'],
    [`CREATE OR REPLACE VIEW v AS SELECT 2 AS a; ${FAILS}; CREATE TABLE m (id INT)`, 'DROP TABLE m; DROP VIEW v'],
  ],
];

describe.each(servers())('half of a second migration on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  it.each(CASES)('is reverted with the first one where it meets %s', async (_what, first, second) => {
    const base = { '0001_base': migration(T, 'DO 0') };
    const old = release(base);
    const next = release({ ...base, '0002_first': migration(...first), '0003_second': migration(...second) });
    await scene.created(old);
    const before = await scene.schema();

    const { reason } = await scene.updated(old, next);

    expect(reason).toMatch(/2 migrations reverted.*the schema is as it was before the deployment/);
    expect(await scene.schema()).toEqual(before);
  });
});
