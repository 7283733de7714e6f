import { servers } from '../../servers';
import { commandIn, invoke } from '../by-hand';
import { A, B_LOSSLESS, B_LOSSY, B_MODULE, B_PLAIN, C_AFTER, digestOf, ReleaseStory, second } from './release-story';
import { type Release, Scene } from '../scene';

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);

  const isBack = async (schema: unknown): Promise<void> => {
    expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
    expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(A)]]);
  };

  describe('a rollback that cannot revert what contracted', () => {
    it.each([
      ['what is lossless', B_LOSSLESS, 'nick'],
      ['the rest', B_LOSSY, 'phone'],
    ])('stops there, and goes on once it can: %s', async (_what, b, column) => {
      const schema = await story.tried(A, b);
      await scene.sql(`ALTER TABLE user ADD COLUMN ${column} INT`);
      if (b === B_LOSSY) await story.succeed(A, scene.update(b, A));
      const again = () => (b === B_LOSSY ? story.contract(b, A) : scene.update(b, A));
      expect(await scene.answer(again(), A)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringMatching(
          /failed at down step 1 of .*Duplicate column name .*continue-update-rollback/s,
        ) as string,
      });
      expect(await scene.sql('SELECT * FROM orders')).toEqual([{ id: 1, user: 1 }]);
      await scene.sql(`ALTER TABLE user DROP COLUMN ${column}`);
      await story.succeed(A, again());
      if (b === B_LOSSLESS) await story.succeed(A, story.contract(b, A));
      await story.succeed(A, scene.ends(b));
      await isBack(schema);
    });

    it('and is skipped is made up for by the end of its release', async () => {
      const schema = await story.tried(A, B_LOSSY);
      await scene.sql('ALTER TABLE user ADD COLUMN phone INT');
      await story.succeed(A, scene.update(B_LOSSY, A));
      expect(await scene.answer(story.contract(B_LOSSY, A), A)).toMatchObject({ status: 'FAILED' });
      await scene.sql('ALTER TABLE user DROP COLUMN phone');
      await story.succeed(A, scene.ends(B_LOSSY));
      await isBack(schema);
    });
  });

  it('a JavaScript migration is reverted with its release', async () => {
    const schema = await story.tried(A, B_MODULE);
    await story.succeed(A, scene.update(B_MODULE, A), story.contract(B_MODULE, A), scene.ends(B_MODULE));
    await isBack(schema);
  });

  it.each(['release', 'second resource'])('without a status, the %s ends first, and all is reverted', async (first) => {
    await story.succeed(A, scene.create(A), scene.begins(A));
    const schema = await scene.schema();
    await story.succeed(B_LOSSY, scene.update(A, B_LOSSY), scene.begins(B_LOSSY), scene.create(second(B_LOSSY)));
    await story.succeed(A, scene.update(B_LOSSY, A));
    const both = [scene.ends(B_LOSSY), scene.delete(second(B_LOSSY))];
    await story.succeed(A, ...(first === 'release' ? both : both.toReversed()));
    await isBack(schema);
  });

  it('a release that never began is rolled back with the one that was tried after it', async () => {
    await story.create(A);
    const schema = await scene.schema();
    // Its own resource could not be created, and nothing was rolled back.
    await story.succeed(B_PLAIN, scene.update(A, B_PLAIN));
    await scene.stackIs('UPDATE_FAILED');
    await story.succeed(C_AFTER, scene.update(B_PLAIN, C_AFTER), scene.begins(C_AFTER), story.contract(A, C_AFTER));
    await scene.sql('INSERT INTO orders VALUES (1, 1)');
    await story.succeed(A, scene.update(C_AFTER, A), story.contract(C_AFTER, A));
    expect(await scene.sql('SELECT * FROM orders')).toEqual([{ id: 1, user: 1 }]);
    await story.succeed(A, scene.ends(B_PLAIN), scene.ends(C_AFTER));
    await isBack(schema);
  });

  describe('a stack that is deleted while something is owed that could not be reverted', () => {
    const reverting = ({ scripts, manifest, properties }: Release): Release => ({
      scripts,
      manifest,
      properties: { ...properties, OnDelete: 'REVERT' },
    });
    const [a, b] = [A, B_PLAIN].map(reverting) as [Release, Release];
    beforeEach(async () => {
      await story.create(a);
      await scene.settle();
      await story.update(a, b);
      await story.succeed(a, scene.update(b, a), story.contract(b, a));
      await scene.sql('CREATE TABLE mine (id BIGINT, FOREIGN KEY (id) REFERENCES orders (id))');
      expect(await scene.answer(scene.ends(b), a)).toMatchObject({ status: 'FAILED' });
      await scene.sql('DROP TABLE mine');
      await scene.stackIs('DELETE_IN_PROGRESS');
      await story.succeed(a, scene.delete(second(a)), scene.ends(a));
    });

    it('and whose schema is to go is told what to do by hand', async () => {
      const answer = await scene.answer(scene.delete(a), a);
      expect(answer).toMatchObject({ status: 'FAILED' });
      await scene.sql('DROP TABLE orders');
      expect(await invoke(scene, a, commandIn(answer.reason))).toMatchObject({ kind: 'repaired' });
      await story.succeed(a, scene.delete(a));
      expect([await scene.schema(), await scene.history()]).toEqual([{}, []]);
    });

    it('and whose schema stays goes', async () => {
      const schema = await scene.schema();
      await story.succeed(A, scene.delete(A));
      expect(await scene.schema()).toEqual(schema);
    });
  });
});
