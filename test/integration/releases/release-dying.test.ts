import { dyingAt, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { A, B_LOSSLESS, B_NOTES, digestOf, ReleaseStory } from './release-story';
import { Scene } from '../scene';

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);

  describe('a process that dies', () => {
    const PLACES = [
      ['owing', /UPDATE .* SET owedAt/s],
      ['reverting early', 'ALTER TABLE user ADD COLUMN nick'],
      ['noting that it was reverted', /SET state = 'removed'/],
    ] as const;
    const CASES = PLACES.flatMap(([what, command]) =>
      (['before', 'after'] as const).map((when) => ({ what, command, when })),
    );
    it.each(CASES)('$when $what leaves the rest to the next', async ({ command, when }) => {
      const schema = await story.tried(A, B_LOSSLESS);
      const back = scene.update(B_LOSSLESS, A);
      await expect(scene.run(back, A, dyingAt(scene, command, when))).rejects.toThrow(ProcessDied);
      await scene.unlocked();
      expect(await scene.answer(back, A)).toMatchObject({ status: 'SUCCESS' });
      expect(await story.columns()).toEqual(['id', 'email', 'phone', 'nick']);
      expect(await story.owed()).toEqual(['Update applied FAIL', 'Update applied FAIL']);
      await story.succeed(A, story.contract(B_LOSSLESS, A), scene.ends(B_LOSSLESS));
      expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
    });

    const LAST_PLACES = [
      ['noting the end', /UPDATE .* SET endedAt/s],
      ['reverting', 'DROP TABLE orders'],
      ['forgetting what it reverted', /^DELETE FROM .* WHERE name = /s],
      ['ending the deployment', /UPDATE .* SET status = .* endedAt = /s],
      ['settling', /SET settledAt = /],
    ] as const;
    const LAST = LAST_PLACES.flatMap(([what, command]) =>
      (['before', 'after'] as const).map((when) => ({ what, command, when })),
    );
    it.each(LAST)('$when $what leaves the rest to the next', async ({ command, when }) => {
      const schema = await story.tried(A, B_LOSSLESS);
      await story.succeed(A, scene.update(B_LOSSLESS, A), story.contract(B_LOSSLESS, A));
      const ends = scene.ends(B_LOSSLESS);
      await expect(scene.run(ends, A, dyingAt(scene, command, when))).rejects.toThrow(ProcessDied);
      await scene.unlocked();
      await story.succeed(A, ends);
      expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
      expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(A)]]);
      expect((await scene.deployments()).slice(-3)).toEqual(['Update reverted', 'Release reverted', 'Update reverted']);
    });

    it('with its connection, which is killed, is not needed: the request starts over', async () => {
      const schema = await story.tried(A, B_LOSSLESS);
      let isKilled = false;
      const killing = (statement: string) => () => {
        const session = scene.session();
        const { database, connection } = session;
        const write: typeof database.write = async (sent) => {
          if (!isKilled && sent.startsWith(statement)) {
            isKilled = true;
            await scene.sql(`KILL CONNECTION ${String(connection.threadId)}`);
          }
          return database.write(sent);
        };
        return scene.connectingTo(session, { write })();
      };
      const back = scene.update(B_LOSSLESS, A);
      const connect = killing('ALTER TABLE user ADD COLUMN nick');
      expect(await scene.answer(back, A, { connect })).toMatchObject({ status: 'SUCCESS' });
      expect([isKilled, await story.columns()]).toEqual([true, ['id', 'email', 'phone', 'nick']]);
      isKilled = false;
      await story.succeed(A, story.contract(B_LOSSLESS, A));
      const end = await scene.answer(scene.ends(B_LOSSLESS), A, { connect: killing('DROP TABLE orders') });
      expect([isKilled, end.status, await scene.schema()]).toEqual([true, 'SUCCESS', schema]);
    });
  });

  describe('an attempt whose time runs out', () => {
    /** The time runs out once a statement was sent. */
    const shortOf = (statement: string): Parameters<Scene['run']>[2] => {
      let remaining = 600_000;
      const session = scene.session();
      const write: typeof session.database.write = (sent) => {
        if (sent.includes(statement)) remaining = 1_000;
        return session.database.write(sent);
      };
      const clock = { now: () => Date.now(), remaining: () => remaining, sleep: () => Promise.resolve() };
      return { clock, connect: scene.connectingTo(session, { write }) };
    };
    const outOfTime = {
      kind: 'go-on',
      reason: expect.stringContaining('[out-of-time]') as string,
    };

    it('is followed by one that reverts the rest of what contracts', async () => {
      const schema = await story.tried(A, B_LOSSLESS);
      const back = scene.update(B_LOSSLESS, A);
      expect(await scene.run(back, A, shortOf("state = 'reverting'"))).toMatchObject(outOfTime);
      expect(await story.owed()).toEqual(['Update applied FAIL', 'Update applied FAIL']);
      await scene.unlocked();
      await story.succeed(A, back);
      expect(await story.columns()).toContain('nick');
      await story.succeed(A, story.contract(B_LOSSLESS, A), scene.ends(B_LOSSLESS));
      expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
    });

    it('is followed by one that reverts the rest of what is owed', async () => {
      const schema = await story.tried(A, B_NOTES);
      await story.succeed(A, scene.update(B_NOTES, A), story.contract(B_NOTES, A));
      const ends = scene.ends(B_NOTES);
      expect(await scene.run(ends, A, shortOf('DROP TABLE notes'))).toMatchObject(outOfTime);
      expect(await scene.history()).toEqual(['0001_user applied', '0002_orders reverting']);
      await scene.unlocked();
      await story.succeed(A, ends);
      expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
      expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(A)]]);
    });
  });
});
