import { migration } from '../../rules/dying-process';
import { servers } from '../../servers';
import { release, Scene } from '../scene';

const LONG = 'x'.repeat(65);

/** What no server takes, in the up as in its down. */
const REFUSED = [
  ['a column that is dropped twice', 'ALTER TABLE t DROP COLUMN a; ALTER TABLE t DROP COLUMN a', 'ALTER TABLE t ADD COLUMN a INT; ALTER TABLE t ADD COLUMN a INT; ALTER TABLE t ADD KEY ka (a)'],
  ['an index that is dropped twice', 'DROP INDEX ka ON t; DROP INDEX ka ON t', 'CREATE INDEX ka ON t (a); CREATE INDEX ka ON t (a)'],
  ['a view that is dropped twice', 'DROP VIEW v; DROP VIEW v', 'CREATE VIEW v AS SELECT id FROM t; CREATE VIEW v AS SELECT id FROM t'],
  ['a column that is made twice', 'ALTER TABLE t ADD b INT; ALTER TABLE t ADD b INT', 'ALTER TABLE t DROP b; ALTER TABLE t DROP b'],
  ['a table that is called as a keyword', 'CREATE TABLE `n` (i INT); CREATE TABLE order (i INT)', 'DROP TABLE order; DROP TABLE n'],
  ['a column that is called as a keyword', 'ALTER TABLE t ADD `b` INT; ALTER TABLE t ADD group INT', 'ALTER TABLE t DROP group; ALTER TABLE t DROP b'],
  ['an index that is called as a keyword', 'ALTER TABLE t ADD b INT; CREATE INDEX key ON t (b)', 'DROP INDEX key ON t; ALTER TABLE t DROP b'],
  ['rows of a table that is called as a keyword', 'ALTER TABLE t ADD b INT; DELETE FROM order', 'INSERT INTO order VALUES (1); ALTER TABLE t DROP b'],
  ['a column of what is a view', 'ALTER TABLE t ADD b INT; ALTER TABLE v ADD c INT', 'ALTER TABLE v DROP c; ALTER TABLE t DROP b'],
  ['an index of what is a view', 'ALTER TABLE t ADD b INT; CREATE INDEX i ON v (id)', 'DROP INDEX i ON v; ALTER TABLE t DROP b'],
  ['a trigger of what is a view', 'ALTER TABLE t ADD b INT; CREATE TRIGGER g BEFORE INSERT ON v FOR EACH ROW SET NEW.id = 1', 'DROP TRIGGER g; ALTER TABLE t DROP b'],
  ['a table with a long name', `ALTER TABLE t ADD b INT; CREATE TABLE ${LONG} (i INT)`, `DROP TABLE ${LONG}; ALTER TABLE t DROP b`],
  ['a view with a long name', `ALTER TABLE t ADD b INT; CREATE VIEW ${LONG} AS SELECT 1 AS a`, `DROP VIEW ${LONG}; ALTER TABLE t DROP b`],
  ['a procedure with a long name', `ALTER TABLE t ADD b INT; CREATE PROCEDURE ${LONG} () SELECT 1`, `DROP PROCEDURE ${LONG}; ALTER TABLE t DROP b`],
  ['a new name that is long', `ALTER TABLE t ADD b INT; RENAME TABLE t TO ${LONG}`, `RENAME TABLE ${LONG} TO t; ALTER TABLE t DROP b`],
  ['a name that ends in a blank', 'ALTER TABLE t ADD b INT; CREATE TABLE `a ` (i INT)', 'DROP TABLE `a `; ALTER TABLE t DROP b'],
  ['a database with a name that ends in a blank', 'ALTER TABLE t ADD b INT; CREATE DATABASE `d `', 'DROP DATABASE `d `; ALTER TABLE t DROP b'],
  ['a routine with a name that ends in a blank', 'ALTER TABLE t ADD b INT; CREATE PROCEDURE `p ` () SELECT 1', 'DROP PROCEDURE `p `; ALTER TABLE t DROP b'],
] as const; // prettier-ignore

describe.each(servers())('half of a migration that $name refuses, as it would its down', (server) => {
  const scene = Scene.ofEachTest(server);

  it.each(REFUSED)('is reverted: %s', async (_what, up, down) => {
    const base = {
      '0001_base': migration(
        'CREATE TABLE t (id INT PRIMARY KEY, a INT, KEY ka (a)); CREATE VIEW v AS SELECT id FROM t',
        'DO 0',
      ),
    };
    const [old, next] = [release(base), release({ ...base, '0002_next': migration(up, down) })];
    await scene.created(old);
    const before = await scene.schema();

    const { status, reason } = await scene.updated(old, next);

    expect([status, reason]).toEqual([
      'FAILED',
      expect.stringContaining('the schema is as it was before the deployment'),
    ]);
    expect(reason).toMatch(/^0002_next\.sql failed at step 2 of 2 \(line 2\): (ER_|error )/);
    expect(await scene.schema()).toEqual(before);
  });

  it.each([
    ['a row', 'INSERT INTO t VALUES (1); CREATE TABLE n (i nonsense)', 'DROP TABLE n DELETE FROM t'],
    ['another row', 'INSERT INTO t VALUES (1); CREATE TABLE n (i nonsense)', 'DELETE FROM n DELETE FROM t'],
    ['a table', 'CREATE TABLE m (i INT); CREATE TABLE n (i nonsense)', 'DROP TABLE n m'],
    ['a column', 'ALTER TABLE t ADD b INT; ALTER TABLE t ADD c nonsense', 'ALTER TABLE t DROP c DROP b'],
  ])('is not taken for reverted where a slip in its down leaves %s', async (_what, up, down) => {
    const base = { '0001_base': migration('CREATE TABLE t (id INT PRIMARY KEY)', 'DO 0') };
    const [old, next] = [release(base), release({ ...base, '0002_next': migration(up, down) })];
    await scene.created(old);

    const { status, reason } = await scene.updated(old, next);

    expect([status, reason]).toEqual(['FAILED', expect.stringContaining('reverting 0002_next failed at ')]);
    expect(await scene.history()).toEqual(['0001_base applied', '0002_next reverting']);
  });

  it.each([
    ['a table', 'CREATE TABLE o (i INT)', 'DROP TABLE o DELETE FROM t'],
    ['a view', 'CREATE VIEW o AS SELECT 1 AS i', 'DROP VIEW o\nINSERT INTO o VALUES (1)'],
    ['a column', 'ALTER TABLE o ADD a INT', 'ALTER TABLE o DROP a DELETE FROM t'],
    ['a new name', 'RENAME TABLE none TO n', 'RENAME TABLE n TO none\nUPDATE t SET id = 2'],
    ['a table that was dropped', 'DROP TABLE none', 'CREATE TABLE none (i INT) DELETE FROM t'],
  ])('asks a person where a semicolon was forgotten behind what was not done: %s', async (_what, refused, down) => {
    const base = { '0001_base': migration('CREATE TABLE t (id INT PRIMARY KEY); CREATE TABLE o (a INT)', 'DO 0') };
    const [old, next] = [
      release(base),
      release({ ...base, '0002_next': migration(`INSERT INTO t VALUES (1); ${refused}`, down) }),
    ];
    await scene.created(old);

    const { status, reason } = await scene.updated(old, next);

    expect([status, reason]).toEqual([
      'FAILED',
      expect.stringContaining('cannot be reverted by itself: 1 of its down'),
    ]);
    expect(await scene.sql('SELECT id FROM t')).toEqual([{ id: 1 }]);
  });

  it('is reverted where the body of a procedure writes rows that was not dropped', async () => {
    const body = 'CREATE PROCEDURE p () BEGIN DROP TABLE IF EXISTS o; DELETE FROM t; END';
    const base = { '0001_base': migration(`CREATE TABLE t (id INT PRIMARY KEY); ${body}`, 'DO 0') };
    const next = migration(
      'ALTER TABLE t ADD a INT; DROP TABLE none; DROP PROCEDURE p',
      `${body}; ALTER TABLE t DROP a`,
    );
    const [old, to] = [release(base), release({ ...base, '0002_next': next })];
    await scene.created(old);
    const { reason } = await scene.updated(old, to);
    expect(reason).toContain('the schema is as it was before the deployment');
  });
});
