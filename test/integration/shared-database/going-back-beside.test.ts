import { servers } from '../../servers';
import { invoke } from '../by-hand';
import {
  A,
  A_FAILING,
  A_REVERTING,
  B_FAILING,
  B_LOSSLESS,
  B_NOTES,
  B_PLAIN,
  B_REVERTING,
  second,
} from '../releases/release-story';
import { TwoStacks } from './two-stacks';

describe.each(servers())('a stack that goes back on $name, beside another one of its database,', (server) => {
  const story = TwoStacks.ofEachTest(server);
  const { scene } = story;
  beforeEach(async () => {
    const create = async (): Promise<void> => {
      await story.createAt(A);
      await story.succeed(A, scene.create(second(A)));
    };
    await create();
    await story.inOther(create);
  });

  it.each([
    ['from an update that never came to the database', B_PLAIN, async () => {}],
    ['from other options', A_REVERTING, () => story.update(A, A_REVERTING)],
  ])('needs nothing that the other one has applied since: %s', async (_from, from, before) => {
    await before();
    await story.inOther(() => story.update(A, B_NOTES));
    await story.succeed(A, scene.update(from, A));
    expect(await story.tables()).toEqual(['table notes', 'table orders', 'table user']);
    // The same try once more, and what the other one then needs.
    await story.succeed(B_NOTES, scene.update(A, B_NOTES));
    await story.inOther(() => story.succeed(B_NOTES, scene.ends(A)));
  });

  it.each([true, false])(
    'reverts what the other one never had, after a try of other options: begun %s',
    async (begins) => {
      await story.succeed(A_REVERTING, scene.update(A, A_REVERTING));
      await story.succeed(B_PLAIN, scene.update(A_REVERTING, B_PLAIN));
      if (begins) await story.succeed(B_PLAIN, scene.begins(B_PLAIN));
      await story.succeed(A, scene.update(B_PLAIN, A));
      if (begins) await story.succeed(A, scene.ends(B_PLAIN));
      expect([await story.tables(), await story.owed()]).toEqual([['table user'], []]);
    },
  );

  it.each([
    ['has it too', B_FAILING, false],
    ['has nothing of it', A_FAILING, true],
  ])('leaves alone what the other one has reverted early, where its own try %s', async (_what, bad, isFirst) => {
    const fail = async (): Promise<void> => {
      expect(await scene.updated(A, bad)).toMatchObject({ status: 'FAILED' });
      await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    };
    if (isFirst) await fail();
    await story.inOther(() => story.update(A, B_LOSSLESS));
    if (!isFirst) await fail();
    await story.inOther(() => story.succeed(A, scene.update(B_LOSSLESS, A)));
    expect(await story.columns()).toContain('nick');

    await story.succeed(A, scene.update(bad, A));
    expect(await story.columns()).toContain('nick');
    await story.inOther(() => story.succeed(A, story.contract(B_LOSSLESS, A), scene.ends(B_LOSSLESS)));
    expect(await story.tables()).toEqual(['table user']);
  });

  it('tells no drift where all that it had done was to mark migrations as leaving', async () => {
    const both = B_REVERTING;
    await story.succeed(both, scene.update(A, both), scene.begins(both));
    await scene.stackIs('UPDATE_COMPLETE');
    await story.succeed(both, scene.ends(A));
    await story.succeed(A_REVERTING, scene.update(both, A_REVERTING), scene.begins(A_REVERTING));
    await story.inOther(() => story.succeed(B_NOTES, scene.update(A, B_NOTES), scene.begins(B_NOTES)));
    await story.succeed(both, scene.update(A_REVERTING, both), scene.ends(A_REVERTING));
    expect(await invoke(scene, B_NOTES, { command: 'verify' })).toEqual({ ok: true, findings: [] });
  });
});
