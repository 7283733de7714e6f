import type { FinalAnswer } from '../../../lambda/events/answer';
import { dyingAt, migration, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { FIRST, NAME, ORDERS, PHYSICAL_ID, release, Scene, SECOND, USER, type Release } from '../scene';

describe.each(servers())('a failing deployment on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const BROKEN = release({
    '0001_user': USER,
    '0002_name': NAME,
    '0003_broken': `-- migrate:up
CREATE TABLE team (id INT PRIMARY KEY);
ALTER TABLE user ADD COLUMN team INT NULL;
ALTER TABLE user ADD COLUMN email VARCHAR(10);
CREATE TABLE badge (id INT PRIMARY KEY);
INSERT INTO badge VALUES (1);
-- migrate:down
DROP TABLE badge;
ALTER TABLE user DROP COLUMN email;
ALTER TABLE user DROP COLUMN team;
DROP TABLE team;`,
  });

  it('leaves schema and history as they were when the third of five statements fails, and says so', async () => {
    await scene.created(FIRST);
    const before = await scene.schema();

    const answer = await scene.updated(FIRST, BROKEN);

    expect(answer).toMatchObject({ status: 'FAILED', physicalId: PHYSICAL_ID });
    expect(answer.reason).toMatch(
      /^0003_broken\.sql failed at step 3 of 5 \(line 4\): ER_DUP_FIELDNAME \(1060\): Duplicate column name 'email'/,
    );
    expect(answer.reason).toContain(
      '2 migrations reverted (0003_broken, 0002_name); the schema is as it was before the deployment',
    );
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toEqual(['0001_user applied']);
    expect(await scene.deployments()).toEqual(['Create applied', 'Update reverted']);
  });

  it.each([
    ['the old code', FIRST],
    ['the new code', BROKEN],
  ])('then finds nothing to do in the rollback by %s', async (_name, code) => {
    await scene.created(FIRST);
    await scene.updated(FIRST, BROKEN);
    const before = await scene.schema();

    expect(await scene.answer(scene.update(BROKEN, FIRST), code)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '' },
    });
    expect(await scene.schema()).toEqual(before);
  });

  describe('where the process dies once it reverts, the next attempt', () => {
    const reverted = async (broken: Release): Promise<readonly [FinalAnswer, FinalAnswer]> => {
      const other = await Scene.start(server);
      await other.created(FIRST);
      const whole = await other.updated(FIRST, broken);
      await other.end();
      await scene.created(FIRST);
      const intent = scene.update(FIRST, broken);
      const dying = dyingAt(scene, /SET status = 'reverting'/, 'after');
      await expect(scene.run(intent, broken, dying)).rejects.toThrow(ProcessDied);
      await scene.unlocked();
      return [whole, await scene.answer(intent, broken)];
    };

    it('says what it reverted, as the one that failed would have', async () => {
      const [whole, answer] = await reverted(BROKEN);
      expect(answer).toMatchObject({ status: 'FAILED', reason: whole.reason, data: whole.data });
      expect(await scene.deployments()).toEqual(['Create applied', 'Update reverted']);
    });

    it('says so where reverting fails', async () => {
      const unknown = release({
        '0001_user': USER,
        '0002_broken': `-- migrate:up
CREATE TABLE n (id INT);
CREATE TABLE user (id INT);
-- migrate:down
CALL nothing();
DROP TABLE n;`,
      });
      const [whole, answer] = await reverted(unknown);
      expect(answer).toMatchObject({ status: 'FAILED', reason: whole.reason, data: whole.data });
      expect(answer.reason).toContain('Reverting it failed: ');
      expect(await scene.deployments()).toEqual(['Create applied', 'Update failed']);
    });

    it('says how the schema differs from the one before', async () => {
      const lossy = release({
        '0001_user': USER,
        '0002_name': NAME.replace(/DROP COLUMN \w+/i, 'COMMENT "other"'),
        '0003_broken': '-- migrate:up\nCREATE TABLE user (id INT);\n-- migrate:down\nDO 0;',
      });
      const [whole, answer] = await reverted(lossy);
      expect(answer).toMatchObject({ status: 'FAILED', reason: whole.reason, data: whole.data });
      expect(answer.data.Drift).toContain('user');
    });
  });

  it('says nothing of indexes that a down has made again, in another order', async () => {
    const indexed = migration(
      'CREATE TABLE k (id INT PRIMARY KEY, a INT, b INT, c INT, KEY a (a), KEY d (c), UNIQUE KEY b (b), UNIQUE KEY c (c))',
      'DROP TABLE k',
    );
    const without = migration(
      'ALTER TABLE k DROP KEY a, DROP KEY b',
      'ALTER TABLE k ADD UNIQUE KEY b (b), ADD KEY a (a)',
    );
    const broken = migration('CREATE TABLE k (id INT)', 'DO 0');
    const old = release({ '0001_k': indexed });
    const next = release({ '0001_k': indexed, '0002_without': without, '0003_broken': broken });
    await scene.created(old);
    const answer = await scene.updated(old, next);
    expect(answer).toMatchObject({ status: 'FAILED', data: { Reverted: '0002_without', Drift: '' } });
    expect(answer.reason).toContain('the schema is as it was before the deployment');
  });

  it('keeps rows that a failed INSERT did not add', async () => {
    await scene.created(SECOND);
    const seed = release({
      '0001_user': USER,
      '0002_name': NAME,
      '0003_orders': ORDERS,
      '0004_seed': `-- migrate:up
ALTER TABLE user ADD COLUMN note TEXT NULL;
INSERT INTO user (email) VALUES ('a@example.com');
-- migrate:down
DELETE FROM user WHERE email = 'a@example.com';
ALTER TABLE user DROP COLUMN note;`,
    });
    const before = await scene.schema();

    expect(await scene.updated(SECOND, seed)).toMatchObject({ status: 'FAILED' });
    expect(await scene.schema()).toEqual(before);
    expect(await scene.sql(`SELECT email FROM ${scene.name}.user`)).toEqual([{ email: 'a@example.com' }]);
  });

  it('reverts a JavaScript migration with its rows', async () => {
    await scene.created(SECOND);
    const scripted = release({
      '0001_user': USER,
      '0002_name': NAME,
      '0003_orders': ORDERS,
      '0004_script': `exports.up = async ({ query }) => {
        await query('INSERT INTO user (email) VALUES (?)', ['表@example.com']);
        const rows = await query('SELECT COUNT(*) AS n FROM user');
        if (Number(rows[0].n) !== 2) throw new Error('expected two');
        throw new Error('on purpose');
      };
      exports.down = async ({ query }) => { await query('DELETE FROM user WHERE email = ?', ['表@example.com']); };`,
    });

    const answer = await scene.updated(SECOND, scripted);
    expect(answer.reason).toContain('0004_script.js failed at its up: Error: on purpose');
    expect(await scene.sql(`SELECT COUNT(*) AS n FROM ${scene.name}.user`)).toEqual([{ n: 1 }]);
    expect(await scene.history()).toHaveLength(3);
  });

  it('says that a JavaScript migration needs repair where it had committed before it failed', async () => {
    await scene.created(FIRST);
    const scripted = release({
      '0001_user': USER,
      '0002_script': `exports.up = async ({ query }) => {
        await query('CREATE TABLE left_over (id INT)');
        throw new Error('on purpose');
      };
      exports.down = async ({ query }) => { await query('DROP TABLE left_over'); };`,
    });

    const answer = await scene.updated(FIRST, scripted);
    expect(answer.reason).toContain('[needs-repair]');
    expect(await scene.deployments()).toEqual(['Create applied', 'Update failed']);
    expect(await scene.updated(scripted, FIRST)).toMatchObject({ status: 'FAILED' });
  });

  it('puts the session back that a migration has changed', async () => {
    const quirky = release({
      '0001_quirky': `-- migrate:up
SET sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES', time_zone = '+05:00', foreign_key_checks = 0;
CREATE TABLE "quoted" (id INT);
USE information_schema;
-- migrate:down
DROP TABLE quoted;`,
      '0002_normal': `-- migrate:up
CREATE TABLE t (note VARCHAR(20) DEFAULT "it\\'s");
-- migrate:down
DROP TABLE t;`,
    });
    expect(await scene.created(quirky)).toMatchObject({ status: 'SUCCESS' });
    expect(Object.keys(await scene.schema())).toEqual(['table quoted', 'table t']);
  });
});
