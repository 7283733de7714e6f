import { servers } from '../../servers';
import { release, type Release } from '../scene';
import { TwoStacks } from './two-stacks';

const table = (name: string): string =>
  `-- migrate:up\nCREATE TABLE ${name} (id INT);\n-- migrate:down\nDROP TABLE ${name};`;
const FIRST = { '0001_a': table('a') };
const SECOND = { ...FIRST, '0002_b': table('b') };
const THIRD = { ...SECOND, '0003_c': table('c') };
const REVERT = { OnRemoved: 'REVERT' } as const;
const A = release(FIRST);
const B = release(SECOND);
const C = release(THIRD);
const FOR_GOOD = { ...SECOND, '0003_c': '-- migrate:up\nCREATE TABLE c (id INT);\n-- migrate:irreversible' };
const C_FOR_GOOD = release(FOR_GOOD);
const D_FOR_GOOD = release({ ...FOR_GOOD, '0004_e': table('e') });
const NEXT = release({ ...FIRST, '0004_d': table('d') });
const A_REVERTING = release(FIRST, REVERT);
const C_TO_B = release(SECOND, REVERT);

// Found by `npm run explore -- --stacks A,B`, which goes all ways of two stacks.
describe.each(servers())('what no release contains any more that stands is reverted, on $name', (server) => {
  const story = TwoStacks.ofEachTest(server);
  const { scene } = story;

  /** An update whose application fails, and which had come so far or not. */
  async function failing(from: Release, to: Release, hasBegun: boolean): Promise<void> {
    await story.succeed(to, scene.update(from, to));
    if (hasBegun) await story.succeed(to, scene.begins(to));
    await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
  }

  /** Both stacks are at A, and take the next release, which has nothing of what was there. */
  async function bothGoOn(): Promise<void> {
    expect([await story.tables(), await story.owed()]).toEqual([['table a'], []]);
    await story.succeed(NEXT, scene.update(A, NEXT), scene.begins(NEXT), scene.ends(A));
    await story.inOther(() => story.succeed(NEXT, scene.update(A, NEXT), scene.begins(NEXT), scene.ends(A)));
  }

  it.each([
    ['has begun', true],
    ['has not begun', false],
  ])('where its removal was adopted by another release, which %s and goes back', async (_how, hasBegun) => {
    await story.createAt(A);
    await story.inOther(() => story.createAt(B));
    await story.inOther(() => story.succeed(A_REVERTING, scene.update(B, A_REVERTING), scene.begins(A)));
    await failing(A, B, hasBegun);
    const other = (): Promise<void> =>
      story.inOther(async () => {
        await story.succeed(A, scene.ends(B));
        await scene.stackIs('UPDATE_COMPLETE');
      });
    if (hasBegun) await other();
    await story.succeed(A, scene.update(B, A));
    await (hasBegun ? story.succeed(A, scene.ends(B)) : other());
    await bothGoOn();
  });

  it('where it waited for a later release of another stack, and was of one that never began', async () => {
    await story.bothAt(A);
    await failing(A, B, false);
    await story.inOther(() => failing(A, C, true));
    expect((await scene.answer(scene.update(B, A), A)).reason).toMatch(/^0002_b waits to be reverted and is not, /);
    await story.inOther(() => story.succeed(A, scene.update(C, A), scene.ends(C)));
    await bothGoOn();
  });

  it('where what should have removed it settles with the end of its release', async () => {
    await story.bothAt(B);
    // It fails and stays, and what comes next lacks what it applied.
    await story.succeed(C, scene.update(B, C), scene.begins(C));
    await story.succeed(C_TO_B, scene.update(C, C_TO_B), scene.begins(B));
    await story.inOther(() => failing(B, C, false));
    await story.succeed(B, scene.ends(C));
    await story.inOther(() => story.succeed(B, scene.update(C, B)));
    expect(await story.tables()).toEqual(['table a', 'table b']);
  });

  it('and nothing is owed of a deployment of which what stays is another one’s', async () => {
    await story.bothAt(A);
    await failing(A, B, true);
    await story.inOther(() => story.succeed(B, scene.update(A, B), scene.begins(B), scene.ends(A)));
    await story.succeed(A, scene.update(B, A));
    expect(await scene.answer(scene.ends(B), A)).toMatchObject({ status: 'FAILED' });
    expect(await story.owed()).toHaveLength(1);
    // The next try takes over what is owed, applies one more, and goes back too.
    await failing(A, C, true);
    await story.succeed(A, scene.update(C, A));
    expect(await scene.answer(scene.ends(C), A)).toMatchObject({ status: 'FAILED', data: { Reverted: '0003_c' } });
    expect(await story.owed()).toHaveLength(1);
  });

  it('also below what another stack needs, and lacks that', async () => {
    const withBoth = release({ ...SECOND, '0004_d': table('d') });
    const without = release({ ...FIRST, '0004_d': table('d') }, REVERT);
    await story.createAt(A);
    await story.inOther(() => story.createAt(B));
    await story.succeed(withBoth, scene.update(A, withBoth));
    await story.inOther(() => story.succeed(without, scene.update(B, without), scene.begins(without)));
    await story.succeed(withBoth, scene.begins(withBoth));
    await story.inOther(() => story.succeed(without, scene.ends(B)));
    expect(await story.tables()).toEqual(['table a', 'table b', 'table d']);
    await story.succeed(A, scene.update(withBoth, A));
    expect(await scene.answer(scene.ends(withBoth), A)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringMatching(/^0004_d waits to be reverted and is not, since /) as string,
      data: { Reverted: '0002_b' },
    });
    expect(await story.tables()).toEqual(['table a', 'table d']);
  });

  it('but not below an irreversible migration, whoever applied that', async () => {
    await story.bothAt(A);
    await failing(A, B, true);
    await story.inOther(async () => {
      await story.succeed(C_FOR_GOOD, scene.update(A, C_FOR_GOOD), scene.begins(C_FOR_GOOD), scene.ends(A));
      await story.succeed(C_FOR_GOOD, scene.ends(C_FOR_GOOD), scene.delete(C_FOR_GOOD));
    });
    await story.succeed(A, scene.update(B, A), scene.ends(B));
    expect(await scene.history()).toEqual(['0001_a applied', '0002_b kept', '0003_c applied']);
    expect([await story.tables(), await story.owed()]).toEqual([['table a', 'table b', 'table c'], []]);
  });

  it('and what cannot be reverted is kept then', async () => {
    await story.bothAt(A);
    await failing(A, D_FOR_GOOD, false);
    await story.inOther(() => failing(A, D_FOR_GOOD, true));
    await story.succeed(A, scene.update(D_FOR_GOOD, A));
    expect(await story.owed()).toHaveLength(1);
    await story.inOther(() => story.succeed(A, scene.update(D_FOR_GOOD, A), scene.ends(D_FOR_GOOD)));
    expect(await scene.history()).toEqual(['0001_a applied', '0002_b kept', '0003_c kept']);
    expect(await story.owed()).toEqual([]);
  });

  it('and a release that has ended does not begin again where its request is delivered twice', async () => {
    await story.createAt(A);
    await story.inOther(async () => {
      await story.succeed(B, scene.create(B));
      const begins = scene.begins(B);
      await story.succeed(B, begins);
      await scene.stackIs('ROLLBACK_IN_PROGRESS');
      await story.succeed(B, scene.ends(B));
      expect(await scene.run(begins, B)).toMatchObject({ kind: 'silent' });
      await story.succeed(B, scene.delete(B));
    });
    expect([await story.tables(), await story.standing()]).toEqual([['table a'], [A.properties.Digest]]);
  });

  it('and a try after one that was held is no rollback to that', async () => {
    await story.bothAt(A);
    await failing(A, B, false);
    await story.inOther(() => story.succeed(B, scene.update(A, B), scene.begins(B)));
    await story.succeed(A, scene.update(B, A));
    // With --no-rollback.
    const refused = await scene.answer(scene.update(A, A_REVERTING), A_REVERTING);
    expect(refused.reason).toMatch(/^0002_b was applied by .* and not reverted, since a release of .* contains it, /);
    await scene.stackIs('UPDATE_FAILED');
    await story.succeed(B, scene.update(A_REVERTING, B), scene.begins(B));
    expect(await story.owed()).toEqual([]);
  });

  it('and a try that is refused for what is owed is rolled back, also where options were tried before', async () => {
    await story.bothAt(A);
    await story.succeed(A_REVERTING, scene.update(A, A_REVERTING));
    await scene.stackIs('UPDATE_FAILED');
    await failing(A_REVERTING, B, true);
    await story.inOther(() => story.succeed(B, scene.update(A, B), scene.begins(B)));
    await story.succeed(A, scene.update(B, A));
    expect(await scene.answer(scene.ends(B), A)).toMatchObject({ status: 'FAILED' });
    expect(await scene.answer(scene.update(A, A_REVERTING), A_REVERTING)).toMatchObject({ status: 'FAILED' });
    await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    await story.succeed(A, scene.update(A_REVERTING, A));
    expect(await story.tables()).toEqual(['table a', 'table b']);
  });

  it('but a rollback of what never reached the database asks nobody for what another stack needs', async () => {
    await story.createAt(A);
    await story.inOther(() => story.createAt(B));
    await story.inOther(() => story.succeed(A_REVERTING, scene.update(B, A_REVERTING), scene.begins(A)));
    await story.succeed(B, scene.update(A, B), scene.begins(B));
    await story.inOther(async () => {
      await story.succeed(A, scene.ends(B));
      await scene.stackIs('UPDATE_COMPLETE');
      // Its update to B was lost on its way.
      await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
      await story.succeed(A_REVERTING, scene.update(B, A_REVERTING));
    });
    expect(await story.tables()).toEqual(['table a', 'table b']);
  });
});
