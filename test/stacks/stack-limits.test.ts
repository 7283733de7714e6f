import { stackServers } from '../servers';
import { FORGETFUL, GREEDY, MARKED, USER } from './small-migrations';
import { synthesizeReleases } from './small-app';
import { pause, productionNode, rehearseOn, StackScene, StackScenes } from './stack-scene';

const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  marked: { migrations: { ...USER, ...MARKED } },
  forgetful: { migrations: { ...USER, ...FORGETFUL } },
  greedy: { migrations: { ...USER, ...GREEDY }, props: { memorySize: 128 } },
});
const BEFORE = ['0001_user applied 2/2'];

/** Of this a fifth is kept for journalling. The rest is enough to begin a statement, however slow a process starts. */
const FUNCTION_TIMEOUT_MS = 10_000;

describe.each(stackServers())('on $name', (server) => {
  const scenes = StackScenes.ofSuite(server);

  test('a statement that outlasts the function is killed, and the next attempt goes on with it', async () => {
    const scene = scenes.begin({ functionTimeoutMs: FUNCTION_TIMEOUT_MS });
    await scene.stack.deploy(RELEASES.first);
    await scene.sql('START TRANSACTION');
    await scene.sql(`SELECT * FROM ${scene.database}.user FOR UPDATE`);
    const update = scene.stack.deploy(RELEASES.marked);
    while (scene.attemptsAt('Update').length === 0) await pause();
    await scene.sql('COMMIT');
    expect(await update).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(scene.attemptsAt('Update')).toEqual(['failed', 'returned']);
    expect(await scene.sql(`SELECT email FROM ${scene.database}.user`)).toEqual([
      { email: 'marked-first@example.com' },
    ]);
    expect(await scene.history()).toEqual([...BEFORE, '0002_mark applied 3/3']);
  });

  test('a statement that never ends is given up, what was done is reverted, and the reason names the step', async () => {
    const scene = scenes.begin({ functionTimeoutMs: FUNCTION_TIMEOUT_MS });
    await scene.stack.deploy(RELEASES.first);
    const schema = await scene.schema();
    await scene.sql('START TRANSACTION');
    await scene.sql(`SELECT * FROM ${scene.database}.user FOR UPDATE`);
    const result = await scene.stack.deploy(RELEASES.marked);
    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(result.reason).toContain('step 2 of 3 of 0002_mark.sql (line 3)');
    expect(result.reason).toContain('[out-of-time]');
    await scene.sql('COMMIT');
    expect(await scene.schema()).toEqual(schema);
    expect(await scene.history()).toEqual(BEFORE);
    expect(await scene.sql(`SELECT email FROM ${scene.database}.user`)).toEqual([{ email: 'first@example.com' }]);
  });
});

test.each([
  ['runs out of memory', 'greedy', '[out-of-attempts]'],
  ['ends by an error that a migration did not wait for', 'forgetful', "nowhere' doesn't exist"],
] as const)(
  'a function that %s in all its attempts is answered for, and the stack rolls back',
  async (_, name, why) => {
    const rehearsal = await rehearseOn(stackServers()[0]!, { nodePath: productionNode() });
    try {
      const scene = new StackScene(rehearsal);
      await scene.stack.deploy(RELEASES.first);
      const result = await scene.stack.deploy(RELEASES[name]);
      expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(result.reason).toContain(why);
      expect(scene.attemptsAt('Update')).toEqual(['crashed', 'crashed', 'crashed', 'returned']);
      expect(await scene.history()).toEqual(BEFORE);
      await scene.end();
      expect(scene.stack.violations).toEqual([]);
    } finally {
      await rehearsal.stop();
    }
  },
);
