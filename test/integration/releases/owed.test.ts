import { servers } from '../../servers';
import { commandIn, invoke } from '../by-hand';
import { A, B_NOTES, B_PLAIN, C_EDITED, C_OTHER, digestOf, ReleaseStory } from './release-story';
import { type Release, Scene } from '../scene';

const REFUSED = { status: 'FAILED', reason: expect.stringContaining('[revert-owed]') as string };

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);

  /** A stack at A that rolled back from B, and what B applied could not be reverted: rows refer to a table of it. */
  async function failing(table: 'notes' | 'orders'): Promise<Readonly<Record<string, string>>> {
    await story.create(A);
    const schema = await scene.schema();
    await story.update(A, B_NOTES);
    await story.succeed(A, scene.update(B_NOTES, A), story.contract(B_NOTES, A));
    await scene.sql(`CREATE TABLE mine (id BIGINT, FOREIGN KEY (id) REFERENCES ${table} (id))`);
    expect(await scene.answer(scene.ends(B_NOTES), A)).toMatchObject({
      status: 'FAILED',
      physicalId: 'ours',
      data: { Reverted: table === 'notes' ? '' : '0003_notes' },
      reason: expect.stringContaining(`failed at down step 1 of 1`) as string,
    });
    expect([await story.owed(), await story.standing()]).toEqual([['Update failed FAIL'], [digestOf(A)]]);
    return schema;
  }

  /** The update of an existing stack to a release, to its end. */
  async function deployed(to: Release): Promise<void> {
    await story.update(A, to, true);
    expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(to)]]);
    expect(await invoke(scene, to, { command: 'verify' })).toEqual({ ok: true, findings: [] });
  }

  /** What a database has that was only ever at some releases. */
  async function neverOwed(...releases: readonly Release[]): Promise<unknown> {
    const other = await Scene.start(server);
    const clean = new ReleaseStory(other);
    await clean.create(A);
    for (const to of releases) await clean.update(A, to);
    const found = [await other.schema(), await other.history()];
    await other.end();
    return found;
  }

  describe('what could not be reverted when its release ended', () => {
    it.each(['notes', 'orders'] as const)(
      'is reverted where it is asked for again, once it can be: %s',
      async (table) => {
        const schema = await failing(table);
        await scene.sql('DROP TABLE mine');
        await story.succeed(A, scene.ends(B_NOTES));
        expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
        expect(await story.owed()).toEqual([]);
      },
    );

    it.each(['notes', 'orders'] as const)('is part of the next deployment of the same release: %s', async (table) => {
      await failing(table);
      // Nothing was reverted of what could not be: what stood in the way of that is in nobody's way.
      await deployed(B_NOTES);
      await scene.sql('DROP TABLE mine');
      expect([await scene.schema(), await scene.history()]).toEqual(await neverOwed(B_NOTES));
    });

    // Of two releases that go forward, neither vouches for its scripts.
    const BY_HAND = [C_EDITED, C_OTHER].flatMap((to) => [
      { to, table: 'notes', reverting: ['DROP TABLE notes', 'DROP TABLE orders'] } as const,
      { to, table: 'orders', reverting: ['DROP TABLE orders'] } as const,
    ]);
    it.each(BY_HAND)('is reverted by hand, as another release says: $reverting', async ({ to, table, reverting }) => {
      await failing(table);
      await scene.sql('DROP TABLE mine');
      for (const statement of reverting) {
        const before = [await scene.schema(), await scene.history()];
        const answer = await scene.updated(A, to);
        expect(answer).toMatchObject({ status: 'FAILED' });
        await story.succeed(A, scene.update(to, A));
        expect([await scene.schema(), await scene.history()]).toEqual(before);
        expect(await story.owed()).toEqual(['Update failed FAIL']);
        const command = commandIn(answer.reason);
        await scene.sql(statement);
        expect(await invoke(scene, A, command)).toMatchObject({ kind: 'repaired', state: null });
      }
      await deployed(to);
      expect([await scene.schema(), await scene.history()]).toEqual(await neverOwed(to));
    });
  });

  describe('what is owed while its release may be live', () => {
    beforeEach(async () => {
      await story.create(A);
      await story.update(A, B_PLAIN);
      await story.succeed(A, scene.update(B_PLAIN, A));
      await scene.sql('INSERT INTO orders VALUES (1, 1)');
    });

    it.each([C_OTHER, C_EDITED])('is neither reverted nor taken over by another release', async (to) => {
      const history = await scene.history();
      const answer = await scene.updated(A, to);
      expect(answer).toMatchObject(REFUSED);
      expect(answer.reason).toContain('0002_orders was applied by a deployment that did not end well');
      await story.succeed(A, scene.update(to, A));
      expect(await scene.history()).toEqual(history);
      expect(await scene.sql('SELECT * FROM orders')).toEqual([{ id: 1, user: 1 }]);
      expect(await story.owed()).toEqual(['Update applied FAIL', 'Update applied FAIL']);
      // As it says: the stack goes on back.
      await story.succeed(A, story.contract(B_PLAIN, A), scene.ends(B_PLAIN));
      expect(await story.owed()).toEqual([]);
      await deployed(to);
    });

    it('is neither settled nor kept by any status of the stack', async () => {
      const history = await scene.history();
      for (const status of ['IN_PROGRESS', 'COMPLETE_CLEANUP_IN_PROGRESS', 'COMPLETE'])
        await scene.stackIs(`UPDATE_ROLLBACK_${status}`);
      await scene.settle();
      expect([await scene.history(), await story.owed()]).toEqual([
        history,
        ['Update applied FAIL', 'Update applied FAIL'],
      ]);
      await story.succeed(A, story.contract(B_PLAIN, A), scene.ends(B_PLAIN));
      expect([await scene.history(), await story.owed()]).toEqual([['0001_user applied'], []]);
    });

    it('stays where its file is put back, as it says', async () => {
      await scene.updated(A, C_OTHER);
      await story.succeed(A, scene.update(C_OTHER, A));
      await deployed(B_PLAIN);
      expect(await scene.sql('SELECT * FROM orders')).toEqual([{ id: 1, user: 1 }]);
    });
  });
});
