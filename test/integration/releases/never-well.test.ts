import { servers } from '../../servers';
import { A, B_PLAIN, ReleaseStory, digestOf } from './release-story';
import { Scene } from '../scene';

describe.each(servers())('on $name, a stack whose creation failed and that stayed (--no-rollback)', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);

  /** The creation fails before its release began, and the stack is updated. Nobody hears that this went well. */
  const updateUnheard = async (): Promise<void> => {
    await story.succeed(A, scene.create(A));
    await scene.stackIs('CREATE_FAILED');
    await story.succeed(B_PLAIN, scene.update(A, B_PLAIN), scene.begins(B_PLAIN));
    await scene.sql("INSERT INTO user (email) VALUES ('a@example.com')");
    await scene.sql('INSERT INTO orders VALUES (2, 1)');
  };

  it('drops nothing of what is live where an older release is deployed on purpose', async () => {
    await updateUnheard();
    const { status, reason } = await scene.updated(B_PLAIN, A);
    expect([status, reason]).toEqual(['FAILED', expect.stringContaining('the release lacks applied migration 0002_orders; nothing was run.')]); // prettier-ignore
    expect(await scene.sql('SELECT * FROM orders')).toEqual([{ id: 2, user: 1 }]);
    // That update is rolled back.
    await story.succeed(B_PLAIN, scene.update(A, B_PLAIN));
    expect([await scene.history(), await story.standing()]).toEqual([
      ['0001_user applied', '0002_orders applied'],
      [digestOf(B_PLAIN)],
    ]);
  });

  it('reverts all of it where it is deleted, though its last request came late', async () => {
    await story.succeed(A, scene.create(A));
    await scene.stackIs('CREATE_FAILED');
    const late = scene.update(A, B_PLAIN);
    await scene.stackIs('ROLLBACK_IN_PROGRESS');
    await story.succeed(B_PLAIN, late, scene.delete(B_PLAIN));
    expect(await scene.sql("SHOW TABLES LIKE 'user'")).toEqual([]);
    expect(await scene.history()).toEqual([]);
  });

  it('does nothing for a request that comes once more while it is deleted', async () => {
    await story.succeed(A, scene.create(A), scene.begins(A));
    await scene.stackIs('CREATE_FAILED');
    await story.succeed(B_PLAIN, scene.update(A, B_PLAIN), scene.begins(B_PLAIN));
    const back = scene.update(B_PLAIN, A);
    await story.succeed(A, back);
    await scene.stackIs('ROLLBACK_IN_PROGRESS');
    await story.succeed(A, scene.ends(A), scene.ends(B_PLAIN));
    const journal = await story.journal();
    expect(await scene.run(back, A)).toMatchObject({ kind: 'silent' });
    expect(await story.journal()).toEqual(journal);
  });
});
