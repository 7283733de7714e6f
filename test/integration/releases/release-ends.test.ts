import { servers } from '../../servers';
import {
  A,
  B_BOTH,
  B_LOSSLESS,
  B_LOSSY,
  B_PLAIN,
  digestOf,
  inTheSecondOf,
  ReleaseStory,
  second,
} from './release-story';
import { Scene } from '../scene';

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);

  describe('an update that is rolled back after the application of its release has begun', () => {
    it('leaves to the end of that release what its application may use', async () => {
      await story.create(A);
      const schema = await scene.schema();
      await story.succeed(B_PLAIN, scene.update(A, B_PLAIN), scene.begins(B_PLAIN));
      await scene.sql('INSERT INTO orders VALUES (1, 1)');
      const before = await scene.schema();

      const back = scene.update(B_PLAIN, A);
      const answer = await scene.answer(back, A);
      expect(answer).toMatchObject({ status: 'SUCCESS', data: { Reverted: '', Drift: '' } });
      expect(answer.reason).toBe(
        `what the release ${B_PLAIN.properties.Version} did is reverted once the application is back, when CloudFormation ends that release`,
      );
      expect([await scene.schema(), await scene.sql('SELECT * FROM orders')]).toEqual([before, [{ id: 1, user: 1 }]]);
      expect(await story.owed()).toEqual(['Update applied FAIL']);

      const journal = await story.journal();
      expect(await scene.answer(back, A)).toEqual(answer);
      expect(await story.journal()).toEqual(journal);

      const ends = scene.ends(B_PLAIN);
      expect(await scene.answer(ends, A)).toMatchObject({
        status: 'SUCCESS',
        physicalId: 'ours',
        data: { Reverted: '0002_orders', Drift: '' },
      });
      expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
      expect(await scene.deployments()).toEqual([
        ...['Create applied', 'Release reverted', 'Create applied'],
        ...['Update reverted', 'Release reverted'],
      ]);
      expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(A)]]);
      const ended = await story.journal();
      await story.succeed(A, ends, back);
      expect(await story.journal()).toEqual(ended);
    });

    it.each([
      ['lossless', B_LOSSLESS, '0003_no_nick', ['id', 'email', 'phone', 'nick'], '', '0002_orders'],
      ['not lossless', B_LOSSY, '', ['id', 'email', 'nick'], '0003_no_phone', '0002_orders'],
      ['both', B_BOTH, '0004_no_nick', ['id', 'email', 'nick'], '0003_no_phone', '0002_orders'],
    ])('reverts at once what contracts where that is %s', async (_which, to, early, between, contracted, last) => {
      const schema = await story.tried(A, to);
      const back = scene.update(to, A);
      const answer = await scene.answer(back, A);
      expect(answer).toMatchObject({ status: 'SUCCESS', data: { Reverted: early } });
      expect(answer.reason).toMatch(early === '' ? /^what the release/ : new RegExp(`^${early} reverted; what the`));
      expect(await story.columns()).toEqual(between);
      expect(await story.owed()).toEqual(['Update applied FAIL', 'Update applied FAIL']);
      // Asked again, nothing is left of it to do.
      const journal = await story.journal();
      expect(await scene.answer(back, A)).toMatchObject({ status: 'SUCCESS', data: { Reverted: '' } });
      expect(await story.journal()).toEqual(journal);

      // The application is back, and it is the second resource's turn.
      const contract = story.contract(to, A);
      expect(await scene.answer(contract, A)).toMatchObject({ status: 'SUCCESS', data: { Reverted: contracted } });
      await story.succeed(A, contract);
      expect(await scene.sql('SELECT * FROM orders')).toEqual([{ id: 1, user: 1 }]);
      const ends = scene.ends(to);
      expect(await scene.answer(ends, A)).toMatchObject({ status: 'SUCCESS', data: { Reverted: last, Drift: '' } });
      expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
      expect(await scene.sql('SELECT email FROM user')).toEqual([{ email: 'a@example.com' }]);
      expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(A)]]);
      const ended = await story.journal();
      await story.succeed(A, ends);
      expect(await story.journal()).toEqual(ended);
    });

    it('whose second resource is new is rolled back, where it and the release end in either order', async () => {
      for (const isReleaseFirst of [true, false]) {
        await scene.sql(`DROP TABLE IF EXISTS migration, migration_deployment, user`);
        scene.renew();
        await story.succeed(A, scene.create(A), scene.begins(A));
        const schema = await scene.schema();
        await story.succeed(B_BOTH, scene.update(A, B_BOTH), scene.begins(B_BOTH), scene.create(second(B_BOTH)));
        await scene.stackIs('UPDATE_ROLLBACK_IN_PROGRESS');
        await story.succeed(A, scene.update(B_BOTH, A));
        const intents = [scene.ends(B_BOTH), scene.delete(second(B_BOTH))];
        await story.succeed(A, ...(isReleaseFirst ? intents : intents.toReversed()));
        expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
        expect(await story.owed()).toEqual([]);
      }
    });

    it('and is signed in one second with the end of its release, is reverted', async () => {
      const schema = await story.tried(A, B_LOSSLESS);
      const back = scene.update(B_LOSSLESS, A);
      await story.succeed(A, back, inTheSecondOf(back, story.contract(B_LOSSLESS, A)));
      await story.succeed(A, inTheSecondOf(back, scene.ends(B_LOSSLESS)));
      expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
      expect(await story.owed()).toEqual([]);
    });
  });
});
