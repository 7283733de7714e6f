import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { FIRST, NAME, release, Scene, USER } from '../scene';

const DOWN = '\n-- migrate:down\n';
/** Its down leaves a column. */
const LEAVES = release({
  '0001_user': USER,
  '0002_two': `-- migrate:up\nALTER TABLE user ADD COLUMN a INT, ADD COLUMN b INT;${DOWN}ALTER TABLE user DROP COLUMN a;`,
});
const SECOND = release({ '0001_user': USER, '0002_name': NAME });

describe.each(servers())('what is told of a rollback on $name', (server) => {
  const scene = Scene.ofEachTest(server, FIRST);
  beforeEach(() => (scene.logged.length = 0));

  const told = (level: 'warn' | 'error'): readonly string[] =>
    scene.logged.filter((line) => line.level === level).map(({ message }) => message);
  const findings = async (code = FIRST): Promise<unknown> =>
    ((await invoke(scene, code, { command: 'verify' })) as { readonly findings: unknown }).findings;

  it.each([
    ['a rollback', LEAVES],
    [
      'a failed run',
      release({
        '0001_user': USER,
        '0002_two': `-- migrate:up\nALTER TABLE user ADD COLUMN a INT, ADD COLUMN b INT;\nDROP TABLE none;${DOWN}DO 0;\nALTER TABLE user DROP COLUMN a;`,
      }),
    ],
  ])('what a down has left is told once, and nobody else is blamed for it: %s', async (_by, to) => {
    const update = await scene.updated(FIRST, to);
    const answers = [update, ...(update.status === 'SUCCESS' ? [await scene.updated(to, FIRST)] : [])];
    expect(answers.at(-1)?.tally).toMatchObject({ hasMismatch: true });
    expect(told('error')).toEqual([
      expect.stringMatching(
        /^the schema is not what it was before: table user is changed \(with `b` int.*\)\. Make the change a migration, or change the schema back by hand$/,
      ),
    ]);
    expect(await findings()).toEqual([]);
    await scene.updated(FIRST, SECOND);
    expect(told('warn').filter((line) => line.includes('the last run'))).toEqual([]);
    // What somebody does change then is still told.
    await scene.sql('CREATE TABLE extra (id INT)');
    expect(await findings(SECOND)).toMatchObject([{ code: 'drift' }]);
  });

  it('an irreversible migration that stays is no restored schema: a metric and a warning say so', async () => {
    const to = release({
      '0001_user': USER,
      '0002_log': '-- migrate:up\nCREATE TABLE log (id INT);\n-- migrate:irreversible',
    });
    await scene.updated(FIRST, to);
    expect(await scene.updated(to, FIRST)).toMatchObject({
      status: 'SUCCESS',
      reason: 'Nothing was reverted; 1 migration kept (0002_log), since an irreversible migration is among them',
      data: { Drift: '', Kept: '0002_log' },
      tally: { hasMismatch: true },
    });
    const advice =
      'The next deployment that has it takes it over; or revert what it did by hand, and say so with {"command":"repair"}';
    expect(told('warn')).toEqual([`kept, since it is irreversible or below what is: 0002_log. ${advice}`]);
    expect(await findings()).toEqual([
      { code: 'kept-migration', migration: '0002_log', message: `0002_log was kept by a rollback. ${advice}` },
    ]);
    await invoke(scene, FIRST, { command: 'repair', migration: '0002_log', is: 'reverted' });
    expect(await findings()).toEqual([]);
  });

  it('what a failed down has left is said to a deployment that lacks it as what it is, and goes on as that says', async () => {
    const bad = release({
      '0001_user': USER,
      '0002_bad': `-- migrate:up\nCREATE TABLE log (id INT);${DOWN}DROP TABLE logg;`,
    });
    await scene.answer(scene.begins(FIRST), FIRST);
    await scene.updated(FIRST, bad);
    await scene.answer(scene.begins(bad), bad);
    await scene.updated(bad, FIRST);
    const { reason } = await scene.answer(scene.ends(bad), FIRST);
    expect(reason).toMatch(
      /Unknown table '\w+\.logg'.*\. No step of its down is done\. Put right what the server refuses/,
    );

    const { status, reason: why } = await scene.updated(FIRST, SECOND);
    expect(status).toBe('FAILED');
    expect(why).toMatch(
      /^0002_bad is left of a deployment that was rolled back and not wholly reverted: .*\. By hand: put its file back and deploy, which takes it over\. As for the migration, it is still applied: .*\[not-vouched\]$/,
    );
    await scene.updated(SECOND, FIRST);
    expect(await scene.updated(FIRST, bad)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_bad applied']);
  });

  it('a down that fails at a later step may have reverted some', async () => {
    const bad = release({
      '0001_user': USER,
      '0002_bad': `-- migrate:up\nCREATE TABLE log (id INT);${DOWN}DROP TABLE log;\nDROP TABLE logg;`,
    });
    await scene.updated(FIRST, bad);
    expect((await scene.updated(bad, FIRST)).reason).toMatch(
      /Unknown table '\w+\.logg'.*\. Some of it may be reverted, and the rest is still in the schema\. Put right/,
    );
  });

  it('a host by another name is no other database', async () => {
    const to = release({ '0001_user': USER, '0002_name': NAME }, { Database: 'alias/app' });
    await scene.updated(FIRST, to);
    expect(await scene.updated(to, FIRST)).toMatchObject({ data: { Reverted: '0002_name' } });
    expect(told('warn')).toEqual([]);
  });

  it.each(['refused', 'in another database'])(
    'nothing is said to be reverted that never stood here: %s',
    async (how) => {
      const isRefused = how === 'refused';
      const to = isRefused
        ? release({ '0001_user': USER.replace('id', 'no') })
        : release({ '0001_user': USER, '0002_name': NAME }, { Database: 'cluster-OTHER/app' });
      if (isRefused) expect((await scene.updated(FIRST, to)).reason).toMatch(/\[checksum-changed\]$/);
      const { status, reason } = await scene.updated(to, FIRST);
      expect(status).toBe('SUCCESS');
      expect(reason).not.toMatch(/reverted already/);
      expect(told('warn')).toEqual(
        isRefused ? [] : ['the database is another one: what was applied to cluster-OTHER/app stays there'],
      );
    },
  );
});
