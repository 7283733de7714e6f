import type { Intent } from '../../../lambda/plan/intent';
import { servers } from '../../servers';
import { A, B_LOSSLESS, B_NOTES, C_AFTER, C_WITHOUT, digestOf, ReleaseStory } from './release-story';
import { Scene } from '../scene';

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);

  describe.each([
    ['the newest', false],
    ['the oldest', true],
  ])('releases that were deployed with --no-rollback and end together, %s first', (_which, isReversed) => {
    const inOrder = (...intents: readonly Intent[]): readonly Intent[] => (isReversed ? intents.toReversed() : intents);

    it.each([
      ['each with both phases', B_LOSSLESS, C_AFTER],
      ['the last of which lacks what the one before had', B_NOTES, C_WITHOUT],
    ])('are rolled back as a whole: %s', async (_what, b, c) => {
      await story.create(A);
      const schema = await scene.schema();
      await story.update(A, b);
      await scene.stackIs('UPDATE_FAILED');
      await story.update(b, c);
      await scene.stackIs('UPDATE_FAILED');
      expect(await story.standing()).toEqual([A, b, c].map(digestOf));
      await scene.sql('INSERT INTO orders VALUES (1, 1)');

      // The second resource may be asked first as well.
      const back = isReversed ? [story.contract(c, A), scene.update(c, A)] : [scene.update(c, A), story.contract(c, A)];
      await story.succeed(A, ...back);
      expect(await scene.sql('SELECT * FROM orders')).toEqual([{ id: 1, user: 1 }]);
      await story.succeed(A, ...inOrder(scene.ends(c), scene.ends(b)));
      expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
      expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(A)]]);
      expect((await scene.deployments()).filter((row) => row.startsWith('Update'))).toEqual(
        Array<string>(4).fill('Update reverted'),
      );
      expect(await scene.sql('SELECT email FROM user')).toEqual([{ email: 'a@example.com' }]);
    });

    it('are rolled back as a whole where the last one never began', async () => {
      await story.create(A);
      const schema = await scene.schema();
      await story.update(A, B_LOSSLESS);
      await scene.stackIs('UPDATE_FAILED');
      await story.succeed(C_AFTER, scene.update(B_LOSSLESS, C_AFTER));
      const back = await scene.updated(C_AFTER, A);
      expect(back).toMatchObject({ status: 'SUCCESS', data: { Reverted: '0004_notes, 0003_no_nick' } });
      await story.succeed(A, story.contract(B_LOSSLESS, A));
      await story.succeed(A, ...inOrder(scene.ends(C_AFTER), scene.ends(B_LOSSLESS)));
      expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
      expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(A)]]);
    });
  });

  it('releases that were deployed with --no-rollback end together once the last one succeeds', async () => {
    await story.create(A);
    await story.update(A, B_LOSSLESS);
    await scene.stackIs('UPDATE_FAILED');
    await story.update(B_LOSSLESS, C_AFTER);
    const found = [await scene.schema(), await scene.history()];
    await story.succeed(C_AFTER, scene.ends(B_LOSSLESS), scene.ends(A));
    expect([await scene.schema(), await scene.history()]).toEqual(found);
    expect(await story.standing()).toEqual([digestOf(C_AFTER)]);
    const unsettled = `SELECT 1 FROM migration_deployment WHERE status = 'applied' AND settledAt IS NULL`;
    expect(await scene.sql(unsettled)).toEqual([]);
  });
});
