import { dyingAt, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { release, type Release } from '../scene';
import { CONTRACT_ID, second } from '../releases/release-story';
import { TwoStacks } from './two-stacks';

const FIRST = { '0001_a': '-- migrate:up\nCREATE TABLE a (id INT, s INT);\n-- migrate:down\nDROP TABLE a;' };
const table = (name: string): string =>
  `-- migrate:up\nCREATE TABLE ${name} (id INT);\n-- migrate:down\nDROP TABLE ${name};`;
const SECOND = { ...FIRST, '0002_b': table('b') };
const THIRD = { ...SECOND, '0003_c': table('c') };
const DROP_S =
  '-- migrate:phase contract\n-- migrate:up\nALTER TABLE a DROP COLUMN s;\n-- migrate:down\nALTER TABLE a ADD COLUMN s INT;';
const FAILING =
  '-- migrate:up\nCREATE TABLE c (id INT);\nCREATE TABLE nowhere.d (id INT);\n-- migrate:down\nDROP TABLE c;';
const A = release(FIRST);
const B = release(SECOND);
const B_MENDED = release({ ...FIRST, '0002_b': table('b').replace('id INT', 'id BIGINT') });
const C = release(THIRD);
const C_FAILING = release({ ...SECOND, '0003_c': FAILING });
const D = release({ ...SECOND, '0003_drop': DROP_S });

describe.each(servers())('what a stack leaves to others of its database on $name', (server) => {
  const story = TwoStacks.ofEachTest(server);
  const { scene } = story;

  it('is reverted by the last of them that goes back from the release', async () => {
    await story.bothAt(A);
    await story.succeed(B, scene.update(A, B), scene.begins(B));
    await story.inOther(() => story.succeed(B, scene.update(A, B), scene.begins(B)));
    await story.succeed(A, scene.update(B, A));
    expect(await scene.answer(scene.ends(B), A)).toMatchObject({ status: 'FAILED' });
    const mended = await scene.updated(A, B_MENDED);
    expect(mended.reason).toMatch(/^0002_b was applied by .* and not reverted, since a release of .* contains it, /);

    await story.inOther(() => story.succeed(A, scene.update(B, A), scene.ends(B)));
    expect([await story.tables(), await story.owed()]).toEqual([['table a'], []]);
    await story.succeed(B_MENDED, scene.update(A, B_MENDED));
    await story.inOther(() => story.succeed(B_MENDED, scene.update(A, B_MENDED)));
  });

  it('is no reason for a Delete to fail, whichever of them is deleted first', async () => {
    const [less, more] = [FIRST, SECOND].map((files) => release(files, { OnDelete: 'REVERT', OnRemoved: 'REVERT' }));
    await story.createAt(less!);
    await story.inOther(() => story.createAt(more!));
    // Both applications are gone before either construct is asked.
    await story.succeed(less!, scene.ends(less!));
    await story.inOther(() => story.succeed(more!, scene.ends(more!)));
    const { status, reason } = await scene.answer(scene.delete(less!), less!);
    expect([status, reason]).toEqual([
      'SUCCESS',
      expect.stringMatching(/owns nothing|it has 0002_b, which this release lacks/),
    ]);
    await story.inOther(() => story.succeed(more!, scene.delete(more!)));
    expect(await story.tables()).toEqual([]);
  });

  it('is no more than they need, where its creation is rolled back', async () => {
    await story.createAt(A);
    await story.inOther(async () => {
      await story.succeed(B, scene.create(B));
      await scene.stackIs('CREATE_FAILED');
    });
    await story.succeed(B, scene.update(A, B), scene.begins(B), scene.ends(A));
    await story.inOther(async () => {
      await story.succeed(C, scene.update(B, C));
      await scene.stackIs('ROLLBACK_IN_PROGRESS');
      expect((await scene.answer(scene.delete(C), C)).reason).toMatch(/^1 migration reverted \(0003_c\); the rest /);
    });
    expect(await story.tables()).toEqual(['table a', 'table b']);
    const next = release({ ...SECOND, '0004_d': table('d') });
    await story.succeed(next, scene.update(B, next));
  });

  it('is waited for, while it is being reverted', async () => {
    await story.bothAt(A);
    const long = scene.update(A, C_FAILING);
    await expect(scene.run(long, C_FAILING, dyingAt(scene, 'DROP TABLE c', 'before'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    await story.inOther(async () => {
      expect(await scene.run(scene.update(A, B), B)).toMatchObject({
        kind: 'try-again',
        reason: expect.stringContaining('0003_c is half reverted by Migrations of stack') as string,
      });
    });
    expect(await scene.answer(long, C_FAILING)).toMatchObject({ status: 'FAILED' });
    await story.inOther(() => story.succeed(B, scene.update(A, B)));
  });

  it('is not what contracts and they lack: that is reverted before its old code is live', async () => {
    const ofStack = async (): Promise<void> => {
      await story.createAt(A);
      await story.succeed(A, scene.create(second(A)));
    };
    await ofStack();
    await story.inOther(ofStack);
    await story.succeed(D, scene.update(A, D));
    await story.inOther(() => story.succeed(B, scene.update(A, B), scene.begins(B)));
    await story.succeed(D, scene.begins(D), scene.update(second(A), second(D), CONTRACT_ID));
    expect(await scene.sql("SHOW COLUMNS FROM a LIKE 's'")).toEqual([]);
    await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    await story.succeed(A, scene.update(D, A));
    expect(await scene.sql("SHOW COLUMNS FROM a LIKE 's'")).toHaveLength(1);
    expect(await story.tables()).toEqual(['table a', 'table b']);
  });

  describe('goes back from two tries, of which they need the first:', () => {
    beforeEach(async () => {
      await story.bothAt(A);
      await story.succeed(B, scene.update(A, B));
    });
    const needed = /0002_b waits to be reverted and is not, since a release of .* contains it, /;
    const otherGoesTo = (to: Release): Promise<void> =>
      story.inOther(() => story.succeed(to, scene.update(A, to), scene.begins(to)));

    it('the second one goes, also where the rollback dies in its down', async () => {
      await otherGoesTo(B);
      await story.succeed(C, scene.update(B, C));
      await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
      const back = scene.update(C, A);
      await expect(scene.run(back, A, dyingAt(scene, 'DROP TABLE c', 'before'))).rejects.toThrow(ProcessDied);
      await scene.unlocked();
      for (const reverted of ['0003_c', '']) {
        const { status, reason, data, tally } = await scene.answer(back, A);
        expect([status, data.Reverted, tally.hasMismatch]).toEqual(['SUCCESS', reverted, true]);
        expect(reason).toMatch(needed);
      }
      expect(await story.tables()).toEqual(['table a', 'table b']);
      expect(await scene.deployments()).toContain('Update reverted');
    });

    it('nothing of the second one is owed, and the first one goes with its release', async () => {
      await story.succeed(B, scene.begins(B));
      await otherGoesTo(B);
      await story.succeed(C, scene.update(B, C));
      await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
      await story.succeed(A, scene.update(C, A));
      expect(await story.owed()).toEqual(['Update applied FAIL']);
      await story.inOther(() => story.succeed(A, scene.update(B, A), scene.ends(B)));
      await story.succeed(A, scene.ends(B));
      expect([await story.tables(), await story.owed()]).toEqual([['table a'], []]);
    });
  });
});
