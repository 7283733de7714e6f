import type { RequestPorts } from '../../../lambda/events/answer-request';
import { servers } from '../../servers';
import { A, B_LOSSLESS, B_PLAIN, digestOf, ReleaseStory, second } from './release-story';
import { Scene } from '../scene';

const problem = { code: 'cannot-connect', message: 'no way there' } as const;
const nowhere = { connect: () => Promise.resolve({ kind: 'failed', failure: problem } as const) };
const missing = { connect: () => Promise.resolve({ kind: 'failed', failure: problem, isMissing: true } as const) };

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);

  /** The last thing that was logged as an error. */
  const error = (): unknown => scene.logged.findLast(({ level }) => level === 'error');

  describe('the end of a release of which something is owed', () => {
    beforeEach(async () => {
      await story.create(A);
      await story.succeed(B_PLAIN, scene.update(A, B_PLAIN), scene.begins(B_PLAIN));
      await story.succeed(A, scene.update(B_PLAIN, A));
    });

    it('with a database that cannot be reached keeps no stack from its end, and says what was not written', async () => {
      expect(await scene.answer(scene.ends(B_PLAIN), A, nowhere)).toMatchObject({
        status: 'SUCCESS',
        physicalId: 'ours',
        reason: expect.stringContaining('no way there [cannot-connect]') as string,
      });
      expect(error()).toMatchObject({ fields: { digest: digestOf(B_PLAIN), error: 'no way there [cannot-connect]' } });
      expect(await story.owed()).toEqual(['Update applied FAIL']);
      expect(await story.standing()).toEqual([A, B_PLAIN].map(digestOf));

      // The same release once more: what was to be reverted stays.
      await scene.sql('INSERT INTO orders VALUES (1, 1)');
      await story.update(A, B_PLAIN, true);
      expect(await scene.sql('SELECT * FROM orders')).toEqual([{ id: 1, user: 1 }]);
      expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(B_PLAIN)]]);
    });

    it('with a database that is gone has nothing to do and nothing to complain of', async () => {
      expect(await scene.answer(scene.ends(B_PLAIN), A, missing)).toMatchObject({
        status: 'SUCCESS',
        reason: 'the database is gone, and its journal with it',
      });
      expect(error()).toBeUndefined();
    });
  });

  it('a release does not begin where it cannot be noted', async () => {
    await story.succeed(A, scene.create(A));
    for (const ports of [nowhere, missing])
      expect(await scene.answer(scene.begins(A), A, ports)).toMatchObject({ status: 'FAILED' });
    await scene.sql('RENAME TABLE migration TO elsewhere');
    expect(await scene.answer(scene.begins(A), A)).toMatchObject({ status: 'FAILED' });
    expect(await scene.answer(scene.ends(A), A)).toMatchObject({ status: 'SUCCESS' });
    await scene.sql('RENAME TABLE elsewhere TO migration');
    expect(await story.standing()).toEqual([]);
  });

  it('the end of a release that waits for the second resource, which is deleted beside it, is answered', async () => {
    await story.succeed(A, scene.create(A), scene.begins(A));
    const schema = await scene.schema();
    await story.succeed(B_LOSSLESS, scene.update(A, B_LOSSLESS), scene.begins(B_LOSSLESS));
    await story.succeed(B_LOSSLESS, scene.create(second(B_LOSSLESS)));
    await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
    await story.succeed(A, scene.update(B_LOSSLESS, A));

    // CloudFormation deletes both at the same time. The one that is asked later gets the lock first.
    const end = scene.ends(B_LOSSLESS);
    const remove = scene.delete(second(B_LOSSLESS));
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let reached = (): void => undefined;
    const atWork = new Promise<void>((resolve) => (reached = resolve));
    const session = scene.session();
    const write: typeof session.database.write = async (statement) => {
      const result = await session.database.write(statement);
      if (/newestRequestAt = COALESCE/.test(statement)) {
        reached();
        await released;
      }
      return result;
    };
    const removing = scene.answer(remove, A, { connect: scene.connectingTo(session, { write }) });
    await atWork;
    const waiting = scene.session();
    const query: RequestPorts['connect'] = scene.connectingTo(waiting, {
      query: async (statement) => {
        const result = await waiting.database.query(statement);
        // It has looked into the journal while it waited.
        if (/UNION/.test(statement)) release();
        return result;
      },
    });
    const ended = scene.run(end, A, { connect: query });
    expect(await removing).toMatchObject({ status: 'SUCCESS' });
    expect(await ended).toMatchObject({ kind: 'answer', status: 'SUCCESS' });
    expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
    expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(A)]]);
  });
});
