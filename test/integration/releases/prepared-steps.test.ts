import { release, Scene } from '../scene';
import { servers } from '../../servers';
import { dyingAt, migration, ProcessDied } from '../../rules/dying-process';

/** As MySQL folders say ADD COLUMN IF NOT EXISTS. */
const GUARDED = `CREATE TABLE first_step (id INT);
SET @s = (SELECT IF(COUNT(*) = 0, 'ALTER TABLE t ADD COLUMN a INT', 'DO 0') FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = 't' AND column_name = 'a');
PREPARE guarded FROM @s; EXECUTE guarded; DEALLOCATE PREPARE guarded;
CREATE TABLE last_step (id INT)`;
const DOWN = 'DROP TABLE last_step; ALTER TABLE t DROP COLUMN a; DROP TABLE first_step';

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const base = { '0001_base': migration('CREATE TABLE t (id INT)', 'DROP TABLE t') };
  const next = release({ ...base, '0002_next': migration(GUARDED, DOWN) });

  /** How an update ends whose function died there, and what there is then. */
  const resumedAt = async (command: string, when: 'before' | 'after') => {
    const from = release(base);
    await scene.created(from);
    const update = scene.update(from, next);
    await expect(scene.run(update, next, dyingAt(scene, command, when))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    const { status, reason } = await scene.answer(update, next);
    const schema = await scene.schema();
    return { status, reason, tables: Object.keys(schema).sort(), hasColumn: schema['table t']?.includes('`a`') };
  };

  test.each([
    ['PREPARE', 'before'],
    ['PREPARE', 'after'],
  ] as const)(
    'a run that died at %s, %s it, starts over: the statement is prepared in the new session',
    async (command, when) => {
      expect(await resumedAt(command, when)).toMatchObject({
        status: 'SUCCESS',
        ...{ tables: ['table first_step', 'table last_step', 'table t'], hasColumn: true },
      });
    },
  );

  test.each([
    ['before', false],
    ['after', true],
  ] as const)('a run that died %s EXECUTE asks a person, and runs nothing twice', async (when, hasColumn) => {
    expect(await resumedAt('EXECUTE', when)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringMatching(/0002_next.*step 4/),
      ...{ tables: ['table first_step', 'table t'], hasColumn },
    });
  });

  test.each(['before', 'after'] as const)(
    'a run that died %s DEALLOCATE knows that EXECUTE is done, and that it cannot tell what to revert of it',
    async (when) => {
      expect(await resumedAt('DEALLOCATE', when)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringMatching(
          /^0002_next was applied up to step 4 of 6 \(line \d+\) and cannot be reverted by itself/,
        ),
        ...{ tables: ['table first_step', 'table t'], hasColumn: true },
      });
    },
  );

  const PREPARED_DOWN =
    "SET @s = 'ALTER TABLE t DROP COLUMN a'; PREPARE guarded FROM @s; EXECUTE guarded; DEALLOCATE PREPARE guarded; DROP TABLE own; DROP TABLE more";
  test.each([
    ['PREPARE', 'SUCCESS', /^/],
    ['EXECUTE', 'FAILED', /0002_next.*step 3/],
    ['DROP TABLE own', 'FAILED', /0002_next/],
    ['DROP TABLE more', 'SUCCESS', /^/],
  ] as const)('a down that died after %s ends with %s', async (command, status, reason) => {
    const [old, other] = [
      release(base),
      release({
        ...base,
        '0002_next': migration(
          'ALTER TABLE t ADD a INT; CREATE TABLE own (id INT); CREATE TABLE more (id INT)',
          PREPARED_DOWN,
        ),
      }),
    ];
    await scene.created(old);
    const before = await scene.schema();
    await scene.updated(old, other);
    const rollback = scene.update(other, old);
    await expect(scene.run(rollback, old, dyingAt(scene, command, 'after'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    const answer = await scene.answer(rollback, old);
    expect([answer.status, answer.reason]).toEqual([status, expect.stringMatching(reason)]);
    if (status === 'SUCCESS') expect(await scene.schema()).toEqual(before);
  });

  test('a PREPARE that the server refuses is reverted without a question', async () => {
    const from = release(base);
    await scene.created(from);
    const before = await scene.schema();
    const wrong = release({
      ...base,
      '0002_next': migration(GUARDED.replace("'DO 0'", "'DOO 0'").replace('= 0,', '= 1,'), DOWN),
    });
    const { status, reason } = await scene.updated(from, wrong);
    expect([status, await scene.schema()]).toEqual(['FAILED', before]);
    expect(reason).toMatch(/failed at step 3 of 6 \(line 5\): .*1064/);
  });
});
