import { stackServers } from '../../servers';
import { USER } from '../small-migrations';
import { synthesizeReleases } from '../small-app';
import { StackScenes } from '../stack-scene';

const TEAM = {
  '0002_team.sql': `-- migrate:up
CREATE TABLE team (id INT NOT NULL PRIMARY KEY);
ALTER TABLE user ADD COLUMN team INT NULL;
CREATE TABLE badge (id INT NOT NULL PRIMARY KEY);
-- migrate:down
DROP TABLE badge;
ALTER TABLE user DROP COLUMN team;
DROP TABLE team;
`,
};
const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  second: { migrations: { ...USER, ...TEAM }, application: '2' },
});
const BEFORE = ['0001_user applied 2/2'];

describe.each(stackServers())('on $name', (server) => {
  const scenes = StackScenes.ofSuite(server);

  test.each(['before', 'after'] as const)(
    'a down that fails in a rollback says where, and the next deployment goes on there once it is repaired (code back %s it)',
    async (codeRollback) => {
      const scene = scenes.begin({ codeRollback });
      const { stack } = scene;
      await stack.deploy(RELEASES.first);
      const meddle = (): Promise<unknown> => scene.sql(`ALTER TABLE ${scene.database}.user DROP COLUMN team`);
      const fail = { Application: { reason: 'no room', after: meddle } };
      // CloudFormation tries it three times: it fails in the same place, and does not begin with the table that is gone.
      expect(await stack.deploy(RELEASES.second, { fail })).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
      expect(scene.said).toContain(
        'reverting 0002_team failed at down step 2 of 3 (line 7): ER_CANT_DROP_FIELD_OR_KEY (1091)',
      );
      expect(scene.said).toContain('deploy the same release');
      expect(scene.said).not.toContain('ER_BAD_TABLE_ERROR');
      expect(await scene.tables()).toEqual(expect.arrayContaining(['team', 'user']));
      expect(await scene.tables()).not.toContain('badge');
      const { outcome } = await stack.invoke('Migrations', { command: 'verify' });
      expect(JSON.stringify(outcome)).toContain('revert-owed');

      await scene.sql(`ALTER TABLE ${scene.database}.user ADD COLUMN team INT NULL`);
      expect(await stack.deploy(RELEASES.second)).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expect(await scene.history()).toEqual([...BEFORE, '0002_team applied 3/3']);
      expect(await scene.tables()).toEqual(expect.arrayContaining(['badge', 'team', 'user']));
      expect(scene.physicalIds.size).toBe(1);
    },
  );
});
