import { servers } from '../../servers';
import { A, A_REVERTING, B_NOTES, B_PLAIN, C_OTHER, digestOf } from '../releases/release-story';
import type { Release } from '../scene';
import { TwoStacks } from './two-stacks';

describe.each(servers())('on $name, where two stacks share a database and the end of a release', (server) => {
  const story = TwoStacks.ofEachTest(server);
  const { scene } = story;
  const begin = async (from: Release, to: Release): Promise<void> =>
    story.succeed(to, scene.update(from, to), scene.begins(to));

  beforeEach(() => story.bothAt(A));

  it('could not be written down, the stack says that it is over: the other one reverts what both have gone back from', async () => {
    await begin(A, B_PLAIN);
    await story.inOther(() => begin(A, B_PLAIN));
    await story.succeed(A, scene.update(B_PLAIN, A));
    // The database is not reached when it ends.
    await scene.stackIs('UPDATE_ROLLBACK_COMPLETE');
    await story.inOther(async () => {
      await story.succeed(A, scene.update(B_PLAIN, A), scene.ends(B_PLAIN));
      expect(await story.tables()).toEqual(['table user']);
    });
    expect([await story.owed(), await story.standing()]).toEqual([[], [A, A].map(digestOf)]);
  });

  it.each([
    ['goes well', B_NOTES, 'UPDATE_COMPLETE', [A, B_NOTES]],
    ['is refused', C_OTHER, 'UPDATE_ROLLBACK_COMPLETE', [A, A]],
  ])(
    'could not be written down, nor was that heard: the next update says so that %s',
    async (how, to, status, standing) => {
      await begin(A, B_PLAIN);
      await story.succeed(A, scene.update(B_PLAIN, A));
      if (how === 'goes well') await begin(A, to);
      else expect(await scene.updated(A, to)).toMatchObject({ status: 'FAILED' });
      await scene.stackIs(status);
      expect(await story.standing()).toEqual(standing.map(digestOf));
    },
  );

  it('could not be written down, an update that went well says that it is over', async () => {
    await begin(A, B_PLAIN);
    await scene.stackIs('UPDATE_COMPLETE');
    expect(await story.standing()).toEqual([A, B_PLAIN].map(digestOf));
  });

  it('could not be written down, a status that comes late does not say so of what came since', async () => {
    await begin(A, B_PLAIN);
    const next = scene.update(B_PLAIN, A);
    await story.succeed(A, next);
    // Of the update before: what is owed since is live.
    await scene.stackIs('UPDATE_COMPLETE', next.request.issuedAt);
    expect(await story.standing()).toEqual([A, A, B_PLAIN].map(digestOf));
  });

  it('could not be written down, a status that comes late does not say so of what the next try may go back to', async () => {
    await begin(A, B_PLAIN);
    await story.succeed(A, scene.update(B_PLAIN, A));
    const next = scene.update(A, B_PLAIN);
    await story.succeed(B_PLAIN, next);
    // Of the rollback before.
    await scene.stackIs('UPDATE_ROLLBACK_COMPLETE', next.request.issuedAt - 1);
    expect(await story.standing()).toEqual([A, A, B_PLAIN].map(digestOf));
  });

  it('could not be written down, the release is live that a rollback went back to without its construct', async () => {
    await begin(A, B_PLAIN);
    await story.succeed(B_PLAIN, scene.ends(A));
    await scene.stackIs('UPDATE_COMPLETE');
    await begin(B_PLAIN, A_REVERTING);
    // continue-update-rollback --resources-to-skip, since the database was not reached; nor was it when that release ended.
    await scene.stackIs('UPDATE_ROLLBACK_COMPLETE');
    expect(await story.standing()).toEqual([A, A, B_PLAIN].map(digestOf));
  });

  it('could not be written down, the deletion of its construct says that it is over', async () => {
    await story.inOther(() => begin(A, B_PLAIN));
    await begin(A, B_PLAIN);
    await scene.stackIs('UPDATE_COMPLETE');
    await story.succeed(B_PLAIN, scene.delete(B_PLAIN));
    await story.inOther(async () => {
      await scene.stackIs('UPDATE_COMPLETE');
      await story.succeed(A_REVERTING, scene.update(B_PLAIN, A_REVERTING), scene.begins(A), scene.ends(B_PLAIN));
    });
    expect(await story.tables()).toEqual(['table user']);
  });

  it('is told once more after another stack had held it, the next update goes back as any other', async () => {
    await begin(A, B_PLAIN);
    await story.inOther(() => begin(A, B_PLAIN));
    await story.succeed(A, scene.update(B_PLAIN, A));
    const end = scene.ends(B_PLAIN);
    expect(await scene.answer(end, A)).toMatchObject({ status: 'FAILED' });
    await begin(A, B_NOTES);
    await scene.run(end, B_NOTES);
    await story.succeed(A, scene.update(B_NOTES, A));
    expect(await scene.answer(scene.ends(B_NOTES), A)).toMatchObject({ status: 'FAILED' });
    expect([await story.tables(), (await story.owed()).length]).toEqual([['table orders', 'table user'], 1]);
  });

  it.each([true, false])(
    'was lost, to go back on purpose to what lacks nothing of its own is no trap: rolled back %s',
    async (isRolledBack) => {
      await story.inOther(() => begin(A, B_PLAIN));
      await begin(A, B_PLAIN);
      await story.succeed(A, scene.update(B_PLAIN, A));
      // By the function with the older code.
      if (isRolledBack) await story.succeed(A, scene.update(A, B_PLAIN));
      else await story.succeed(A, scene.begins(A), scene.ends(B_PLAIN));
      expect([await story.tables(), await story.owed()]).toEqual([['table orders', 'table user'], []]);
    },
  );

  it.each([
    ['its own', (run: () => Promise<void>) => run()],
    ['another one’s', (run: () => Promise<void>) => story.inOther(run)],
  ])(
    'is to come, nothing of %s is reverted that a failed try of another stack has begun to revert',
    async (whose, by) => {
      await story.inOther(() => story.succeed(B_PLAIN, scene.update(A, B_PLAIN)));
      await by(async () => {
        await begin(A, B_PLAIN);
        await scene.stackIs('UPDATE_COMPLETE');
      });
      // A late attempt of that try died before the first statement of the down.
      await scene.sql("UPDATE migration SET state = 'reverting' WHERE name = '0002_orders'");
      await scene.sql("UPDATE migration_deployment d JOIN migration m ON m.deployment = d.id SET d.status = 'failed' WHERE m.state = 'reverting'"); // prettier-ignore
      const { status, reason } = await scene.updated(whose === 'its own' ? B_PLAIN : A, A_REVERTING);
      expect([status, reason]).toEqual(['FAILED', expect.stringContaining('the release lacks ')]);
      expect(await story.tables()).toEqual(['table orders', 'table user']);
    },
  );
});
