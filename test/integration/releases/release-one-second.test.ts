import type { Intent } from '../../../lambda/plan/intent';
import { servers } from '../../servers';
import {
  A,
  A_REVERTING,
  B_BOTH,
  B_LOSSLESS,
  B_PLAIN,
  digestOf,
  inTheSecondOf,
  ReleaseStory,
  second,
} from './release-story';
import { Scene } from '../scene';

// CloudFormation signs its requests with times in whole seconds.
describe.each(servers())('requests of one second, on $name,', (server) => {
  const scene = Scene.ofEachTest(server);
  const story = new ReleaseStory(scene);
  let first: Intent;
  beforeEach(async () => {
    first = scene.create(A);
  });

  const atOnce = (...intents: readonly Intent[]): readonly Intent[] =>
    intents.map((intent) => inTheSecondOf(first, intent));
  const forward = (): readonly Intent[] =>
    atOnce(scene.update(A, B_BOTH), scene.begins(B_BOTH), story.contract(A, B_BOTH));
  const back = (): readonly Intent[] => atOnce(scene.update(B_BOTH, A), story.contract(B_BOTH, A), scene.ends(B_BOTH));
  const rows = `SELECT 1 FROM migration_deployment WHERE settledAt IS NULL AND status = 'applied'`;

  it('are an update that succeeds', async () => {
    await story.succeed(A, ...atOnce(first, scene.begins(A), scene.create(second(A))));
    await story.succeed(B_BOTH, ...forward(), ...atOnce(scene.ends(A)));
    expect((await scene.history()).at(-1)).toBe('0004_no_nick applied');
    expect([await story.standing(), await scene.sql(rows)]).toEqual([[digestOf(B_BOTH)], []]);
  });

  it.each(['in another one', 'in the same'])('are an update that is rolled back %s', async (which) => {
    await story.succeed(A, ...atOnce(first, scene.begins(A), scene.create(second(A))));
    const schema = await scene.schema();
    first = scene.update(A, B_BOTH);
    await story.succeed(B_BOTH, ...forward());
    if (which !== 'in the same') first = scene.update(B_BOTH, A);
    await story.succeed(A, ...back());
    expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
    expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(A)]]);
    expect((await scene.deployments()).filter((row) => row.startsWith('Update'))).toEqual([
      'Update reverted',
      'Update reverted',
    ]);
  });

  it.each([
    ['an expanding release', B_PLAIN],
    ['one that contracts too', B_LOSSLESS],
  ])('are an older release that is deployed on purpose, and its refusal: %s', async (_what, newer) => {
    await story.create(A);
    await story.update(A, newer);
    const found = [await scene.schema(), await scene.history()];
    first = scene.update(newer, A);
    await story.succeed(A, first);
    for (const intent of atOnce(scene.begins(A)))
      expect(await scene.answer(intent, A)).toMatchObject({ status: 'FAILED' });
    await story.succeed(A, ...atOnce(scene.update(A, newer)));
    expect([await scene.schema(), await scene.history(), await story.owed()]).toEqual([...found, []]);
  });

  it('are an older release that is deployed on purpose, and a failure before it begins', async () => {
    await story.create(A);
    await story.update(A, B_LOSSLESS);
    first = scene.update(B_LOSSLESS, A);
    await story.succeed(A, first);
    await story.succeed(A, ...atOnce(scene.update(A, B_LOSSLESS)));
    expect([(await scene.history()).length, await story.owed()]).toEqual([3, []]);
  });

  it('are an older release that is deployed on purpose, and is to revert', async () => {
    await story.create(A_REVERTING);
    const schema = await scene.schema();
    await story.update(A_REVERTING, B_LOSSLESS);
    first = scene.update(B_LOSSLESS, A_REVERTING);
    await story.succeed(
      A_REVERTING,
      ...atOnce(first, scene.begins(A_REVERTING), story.contract(B_LOSSLESS, A_REVERTING), scene.ends(B_LOSSLESS)),
    );
    expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
    expect([await story.owed(), await story.standing()]).toEqual([[], [digestOf(A_REVERTING)]]);
  });
});
