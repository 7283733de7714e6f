import { BROKEN, PROFILE, USER } from './small-migrations';
import { synthesizeReleases } from './small-app';
import { everyRuntime, StackScenes } from './stack-scene';

const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  second: { migrations: { ...USER, ...PROFILE }, application: '2' },
  broken: { migrations: { ...USER, ...PROFILE, ...BROKEN }, application: '3' },
});
const BEFORE = ['0001_user applied 2/2'];
const AFTER = [...BEFORE, '0002_profile applied 4/4', '0003_second_user applied 1/1'];

describe.each(everyRuntime())('on $name', ({ server, nodePath }) => {
  const scenes = StackScenes.ofSuite(server, { nodePath });

  test.each(['before', 'after'] as const)(
    'after an application that fails the schema is reverted, where the code goes back %s the custom resource',
    async (codeRollback) => {
      const scene = scenes.begin({ codeRollback });
      const { stack } = scene;
      expect(await stack.deploy(RELEASES.first)).toMatchObject({ status: 'CREATE_COMPLETE' });
      const schema = await scene.schema();
      expect(await scene.history()).toEqual(BEFORE);

      const failed = await stack.deploy(RELEASES.second, { fail: { Application: 'no room' } });
      expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no room' });
      expect(await scene.schema()).toEqual(schema);
      expect(await scene.history()).toEqual(BEFORE);
      expect(await scene.sql(`SELECT email FROM ${scene.database}.user`)).toEqual([{ email: 'first@example.com' }]);

      expect(await stack.deploy(RELEASES.second)).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expect(await scene.history()).toEqual(AFTER);
      expect(await scene.sql(`SELECT name FROM ${scene.database}.user ORDER BY id`)).toEqual([
        { name: 'Åsa 表' },
        { name: 'Bo' },
      ]);
      expect(scene.requests).toEqual(['Create success', 'Update success', 'Update success', 'Update success']);
      expect([...scene.physicalIds]).toEqual([
        expect.stringMatching(/^aurora-migrations:Small-.*:cluster-SMALL\/app$/),
      ]);
    },
  );

  test('a migration that fails in its third of five statements is reverted, and the reason says where and why', async () => {
    const scene = scenes.begin();
    const { stack } = scene;
    await stack.deploy(RELEASES.first);
    await stack.deploy(RELEASES.second);
    const schema = await scene.schema();

    const result = await stack.deploy(RELEASES.broken);
    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(result.reason).toContain(
      "0004_invoice.sql failed at step 3 of 5 (line 4): ER_DUP_FIELDNAME (1060): Duplicate column name 'email'",
    );
    expect(result.reason).toContain(
      '1 migration reverted (0004_invoice); the schema is as it was before the deployment',
    );
    expect(result.reason).toMatch(/Log: \/aws\/lambda\/\S+, CloudWatch Log Stream: \S+\[\$LATEST]/);
    expect(await scene.schema()).toEqual(schema);
    expect(await scene.history()).toEqual(AFTER);
    expect(scene.physicalIds.size).toBe(1);

    const state = await scene.state();
    const [failing, rollback] = scene.calls.slice(-2);
    expect((await stack.redeliver(rollback!)).answer).toMatchObject({ kind: 'success' });
    expect(await scene.state()).toEqual(state);
    // Too late to be heard: a newer request of the same resource is there.
    expect(await stack.redeliver(failing!)).toMatchObject({ invocation: { outcome: { kind: 'returned' } } });
    expect(await scene.state()).toEqual(state);
  });

  test('a request that comes a second time changes nothing, and is answered in the same way', async () => {
    const scene = scenes.begin();
    const { stack } = scene;
    await stack.deploy(RELEASES.first);
    await stack.deploy(RELEASES.second);
    const state = await scene.state();
    const { answer } = await stack.redeliver(scene.calls.at(-1)!);
    expect(answer).toMatchObject({ kind: 'success', physicalResourceId: [...scene.physicalIds][0] });
    expect(await scene.state()).toEqual(state);
  });
});
