import { dyingAt, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { A, B_BOTH, B_LOSSLESS, B_LOSSY, C_AFTER, digestOf, ReleaseStory } from './release-story';
import { Scene } from '../scene';

describe.each(servers())('on $name, an older release that is deployed on purpose and refused', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);
  beforeEach(async () => {
    await story.create(A);
  });

  /** All that is there of the release that is live. */
  const found = async (): Promise<unknown> => [
    await scene.schema(),
    await scene.history(),
    await scene.sql('SELECT * FROM user ORDER BY id'),
    await scene.sql('SELECT * FROM orders'),
  ];

  /** The application that is live goes on writing. */
  const write = async (id: number): Promise<void> => {
    await scene.sql(`INSERT INTO user (id, email) VALUES (${id}, 'user-${id}')`);
    await scene.sql(`INSERT INTO orders VALUES (${id}, ${id})`);
  };

  it.each([
    ['lossless', B_LOSSLESS],
    ['not lossless', B_LOSSY],
    ['both', B_BOTH],
  ])('leaves all as it was, where what contracted is %s', async (_which, b) => {
    await story.update(A, b);
    await write(2);
    await story.succeed(A, scene.update(b, A));
    await write(3);
    expect(await scene.answer(scene.begins(A), A)).toMatchObject({ status: 'FAILED' });
    await write(4);
    const resume = scene.update(A, b);
    // The function may have either release's code.
    await story.succeed(A, resume);
    await write(5);
    await story.succeed(b, resume);
    const resumed = await found();
    await story.succeed(b, scene.ends(A));
    expect(await found()).toEqual(resumed);

    const other = await Scene.start(server);
    const never = new ReleaseStory(other);
    await never.create(A);
    await never.update(A, b);
    expect([await scene.schema(), await scene.history()]).toEqual([await other.schema(), await other.history()]);
    await other.end();
    expect(await scene.sql('SELECT id, user FROM orders ORDER BY id')).toEqual(
      [2, 3, 4, 5].map((id) => ({ id, user: id })),
    );
    expect(await scene.sql('SELECT id FROM user ORDER BY id')).toEqual([1, 2, 3, 4, 5].map((id) => ({ id })));
    expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(b)]]);
  });

  const PLACES = [
    ['owing no more', /SET owedAt = NULL/],
    ['beginning again', /SET state = 'applying'/],
    ['contracting again', 'ALTER TABLE user DROP COLUMN nick'],
    ['noting that it is there', /state = 'applied', removedBy = NULL/],
  ] as const;
  const CASES = PLACES.flatMap(([what, command]) =>
    (['before', 'after'] as const).map((when) => ({ what, command, when })),
  );
  it.each(CASES)('goes on after a process that died $when $what', async ({ what, command, when }) => {
    await story.update(A, B_LOSSLESS);
    await write(2);
    const before = await found();
    await story.succeed(A, scene.update(B_LOSSLESS, A));
    const isAtRelease = what === 'owing no more';
    const begins = scene.begins(A);
    if (isAtRelease) {
      await expect(scene.run(begins, A, dyingAt(scene, command, when))).rejects.toThrow(ProcessDied);
      await scene.unlocked();
    }
    expect(await scene.answer(begins, A)).toMatchObject({ status: 'FAILED' });
    const resume = scene.update(A, B_LOSSLESS);
    if (!isAtRelease) {
      await expect(scene.run(resume, A, dyingAt(scene, command, when))).rejects.toThrow(ProcessDied);
      await scene.unlocked();
    }
    await story.succeed(A, resume);
    expect(await found()).toEqual(before);
    expect(await story.owed()).toEqual([]);
  });

  it('by something else before its own resource was asked for leaves what contracts to the next release', async () => {
    await story.update(A, B_LOSSLESS);
    await write(2);
    await story.succeed(A, scene.update(B_LOSSLESS, A));
    await write(3);
    await story.succeed(B_LOSSLESS, scene.update(A, B_LOSSLESS));
    expect(await story.owed()).toEqual([]);
    expect(await scene.history()).toEqual(['0001_user applied', '0002_orders applied', '0003_no_nick removed']);
    await story.update(B_LOSSLESS, C_AFTER, true);
    expect((await scene.history()).toSorted()).toEqual([
      ...['0001_user applied', '0002_orders applied', '0003_no_nick applied'],
      ...['0004_notes applied', '0005_no_phone applied'],
    ]);
    expect(await scene.sql('SELECT id FROM orders ORDER BY id')).toEqual([{ id: 2 }, { id: 3 }]);
  });

  it('in the midst of reverting leaves nothing half done', async () => {
    await story.update(A, B_LOSSLESS);
    await write(2);
    const before = await found();
    // It dies in all its attempts; CloudFormation rolls back.
    const back = scene.update(B_LOSSLESS, A);
    const dying = dyingAt(scene, 'ALTER TABLE user ADD COLUMN nick', 'before');
    await expect(scene.run(back, A, dying)).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    await story.succeed(B_LOSSLESS, scene.update(A, B_LOSSLESS));
    expect(await found()).toEqual(before);
    expect(await story.owed()).toEqual([]);
  });
});
