import { BROKEN, PROFILE, USER } from './small-migrations';
import { synthesizeReleases } from './small-app';
import { stackServers } from '../servers';
import { StackScenes } from './stack-scene';

/** Migrations that hold comments only, in each form that other tools' folders have. */
const NOTHING = {
  '0001_aside.up.sql': '-- Only other databases need this.\n',
  '0001_aside.down.sql': '-- Nothing to revert.\n',
  '0003_moved.sql': '-- migrate:up\n/* CREATE TABLE moved (id INT); */\n-- migrate:down\n',
};
const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  second: { migrations: { ...USER, ...PROFILE, ...NOTHING }, application: '2' },
  broken: { migrations: { ...USER, ...PROFILE, ...BROKEN, ...NOTHING, '0005_end.up.sql': '# end' }, application: '3' },
});
const BEFORE = ['0001_user applied 2/2'];
const AFTER = [
  ...BEFORE,
  '0001_aside applied 1/1',
  '0002_profile applied 4/4',
  '0003_moved applied 1/1',
  '0003_second_user applied 1/1',
];

describe.each(stackServers())('migrations that hold comments only, on $name', (server) => {
  const scenes = StackScenes.ofSuite(server, { nodePath: process.execPath });

  test.each(['before', 'after'] as const)(
    'are applied and reverted with the others, where the code goes back %s the custom resource',
    async (codeRollback) => {
      const scene = scenes.begin({ codeRollback });
      const { stack } = scene;
      expect(await stack.deploy(RELEASES.first)).toMatchObject({ status: 'CREATE_COMPLETE' });
      const schema = await scene.schema();

      const failed = await stack.deploy(RELEASES.second, { fail: { Application: 'no room' } });
      expect(failed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no room' });
      expect(await scene.schema()).toEqual(schema);
      expect(await scene.history()).toEqual(BEFORE);

      expect(await stack.deploy(RELEASES.second)).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expect(await scene.history()).toEqual(AFTER);

      expect((await stack.deploy(RELEASES.broken)).status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(await scene.history()).toEqual(AFTER);
    },
  );
});
