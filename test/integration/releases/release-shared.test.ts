import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { A, B_PLAIN, ReleaseStory } from './release-story';
import { release, Scene } from '../scene';

const REVERTING = release(
  { '0001_user': '-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE user;' },
  { OnDelete: 'REVERT' },
);

describe.each(servers())('two stacks that share a database on $name', (server) => {
  let scene: Scene;
  let story: ReleaseStory;
  let first: string;
  let second: string;
  beforeEach(async () => {
    scene = await Scene.start(server);
    story = new ReleaseStory(scene);
    first = scene.stackId;
    scene.renew();
    second = scene.stackId;
    scene.stackId = first;
  });
  afterEach(() => scene.end());

  const tables = async (): Promise<readonly string[]> => Object.keys(await scene.schema());
  const inSecond = async (run: () => Promise<void>): Promise<void> => {
    scene.stackId = second;
    await run();
    scene.stackId = first;
  };

  describe('and are updated at the same time', () => {
    beforeEach(async () => {
      await story.succeed(A, scene.create(A), scene.begins(A));
      await inSecond(() => story.succeed(A, scene.create(A), scene.begins(A)));
      await story.succeed(B_PLAIN, scene.update(A, B_PLAIN), scene.begins(B_PLAIN));
      await inSecond(() => story.succeed(B_PLAIN, scene.update(A, B_PLAIN), scene.begins(B_PLAIN)));
      await story.succeed(A, scene.update(B_PLAIN, A));
    });

    it('keep what the one that rolls back had applied: it stays owed, and its next update takes it over', async () => {
      await inSecond(() => story.succeed(B_PLAIN, scene.ends(A)));
      expect(await scene.answer(scene.ends(B_PLAIN), A)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringMatching(
          new RegExp(`0002_orders waits to be reverted .* since Migrations of stack ${second} has .*\\[revert-owed\\]`),
        ) as string,
      });
      expect(await tables()).toContain('table orders');
      expect(await story.owed()).toEqual(['Update applied FAIL']);
      expect(await invoke(scene, A, { command: 'verify' })).toMatchObject({ ok: false });

      await story.update(A, B_PLAIN, true);
      expect(await story.owed()).toEqual([]);
      expect(await scene.history()).toEqual(['0001_user applied', '0002_orders applied']);
    });

    it('revert it when the other one rolls back too, and CloudFormation tries again', async () => {
      await scene.answer(scene.ends(B_PLAIN), A);
      await inSecond(async () => {
        await story.succeed(A, scene.update(B_PLAIN, A), scene.ends(B_PLAIN));
      });
      await story.succeed(A, scene.ends(B_PLAIN));
      expect([await tables(), await story.owed()]).toEqual([['table user'], []]);
    });
  });

  it('are created at the same time: what one had applied stays where its creation is rolled back', async () => {
    await story.succeed(REVERTING, scene.create(REVERTING), scene.begins(REVERTING));
    await inSecond(() => story.succeed(REVERTING, scene.create(REVERTING), scene.begins(REVERTING)));
    await scene.stackIs('ROLLBACK_IN_PROGRESS');
    await story.succeed(REVERTING, scene.ends(REVERTING), scene.delete(REVERTING));
    expect(await tables()).toEqual(['table user']);
  });

  it('keep it where one of them is deleted with onDelete REVERT', async () => {
    await inSecond(() => story.succeed(REVERTING, scene.create(REVERTING), scene.begins(REVERTING)));
    await story.succeed(REVERTING, scene.create(REVERTING), scene.begins(REVERTING));
    await scene.settle();
    expect(await scene.answer(scene.ends(REVERTING), REVERTING)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.answer(scene.delete(REVERTING), REVERTING)).toMatchObject({
      status: 'SUCCESS',
      reason: expect.stringContaining('another stack may use it') as string,
    });
    expect(await tables()).toEqual(['table user']);
  });
});
