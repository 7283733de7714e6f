import type { Rehearsal } from '../../rehearsal/rehearsal';
import { SnapshotBefore } from '../../lib';
import { stackServers } from '../servers';
import { BROKEN, DEADLY, PROFILE, USER } from './small-migrations';
import { synthesizeReleases } from './small-app';
import { productionNode, rehearseOn, StackScene } from './stack-scene';

/** Drops a column that an earlier release made. */
const DROPPED = {
  '0004_no_name.sql': `-- migrate:up
ALTER TABLE user DROP COLUMN email;
-- migrate:down
ALTER TABLE user ADD COLUMN email VARCHAR(190) NULL;
`,
};
const always = { snapshotBefore: SnapshotBefore.ALWAYS };
const destructive = { snapshotBefore: SnapshotBefore.DESTRUCTIVE };
const MORE = { '0002_more.sql': USER['0001_user.sql'].replaceAll('user', 'more') };

const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  second: { migrations: { ...USER, ...PROFILE } },
  broken: { migrations: { ...USER, ...PROFILE, ...BROKEN } },
  deadly: { migrations: { ...USER, ...DEADLY } },
  always: { migrations: { ...USER, ...MORE }, props: always },
  harmless: { migrations: { ...USER, ...MORE }, props: destructive },
  dropping: { migrations: { ...USER, ...MORE, ...DROPPED }, props: destructive },
});

type Line = Readonly<Record<string, unknown>>;

describe.each(stackServers())('on $name', (server) => {
  let rehearsal: Rehearsal;
  let scene: StackScene;
  beforeEach(async () => {
    rehearsal = await rehearseOn(server, { nodePath: productionNode() });
    scene = new StackScene(rehearsal);
  });
  afterEach(async () => {
    await scene.end();
    expect(scene.stack.violations).toEqual([]);
    await rehearsal.stop();
  });

  /** The metrics that all functions wrote since the last call. */
  let seen = 0;
  beforeEach(() => (seen = 0));
  function metrics(): readonly Line[] {
    const logs = scene.stack.invocations.slice(seen).map(({ log }) => log);
    seen = scene.stack.invocations.length;
    return logs
      .flatMap((log) => log.split('\n'))
      .filter((line) => line.includes('"_aws"'))
      .map((line) => {
        const { _aws, Duration, message, ...values } = JSON.parse(line) as Line & { readonly _aws: Line };
        expect(_aws).toMatchObject({ CloudWatchMetrics: [{ Namespace: 'AuroraMigrations' }] });
        expect(message).toMatch(/^metrics: Failures \d, .*Duration \d+ ms$/);
        expect(Duration).toBeGreaterThanOrEqual(0);
        return values;
      });
  }

  describe('metrics', () => {
    const OF = { Resource: expect.stringMatching(/^Migrations/), Stack: expect.stringMatching(/^Small-/) };
    const TOLD = { ...OF, Applied: 0, Reverted: 0, Failures: 0, SchemaMismatch: 0 };

    test('are one line for each answer: applied, nothing pending, failed and reverted', async () => {
      await scene.stack.deploy(RELEASES.first);
      expect(metrics()).toEqual([
        { ...OF, Applied: 1, Reverted: 0, Pending: 1, Failures: 0, SchemaMismatch: 0 },
        // The resource of the release.
        TOLD,
      ]);
      await scene.stack.deploy(RELEASES.second);
      expect(metrics()).toEqual([
        { ...OF, Applied: 2, Reverted: 0, Pending: 2, Failures: 0, SchemaMismatch: 0 },
        // That of the new release is created, that of the old one deleted.
        TOLD,
        TOLD,
      ]);
      await scene.stack.deploy(RELEASES.broken);
      expect(metrics()).toEqual([
        { ...OF, Applied: 0, Reverted: 1, Pending: 1, Failures: 1, SchemaMismatch: 0 },
        { ...OF, Applied: 0, Reverted: 0, Failures: 0, SchemaMismatch: 0 },
      ]);
    });

    test('of a run that died are written by the function that answers for it', async () => {
      await scene.stack.deploy(RELEASES.first);
      metrics();
      await scene.stack.deploy(RELEASES.deadly);
      expect(metrics()).toEqual([
        { ...OF, Applied: 0, Reverted: 0, Failures: 1, SchemaMismatch: 0 },
        { ...OF, Applied: 0, Reverted: 1, Failures: 0, SchemaMismatch: 0 },
      ]);
    });
  });

  describe('a snapshot', () => {
    const taken = (): readonly string[] =>
      rehearsal.snapshots.calls.flatMap(({ action, source, snapshot }) =>
        action.startsWith('Create') ? [`${source} ${snapshot}`] : [],
      );

    test('is taken once before a release, by its name, and not for the rollback of a later one', async () => {
      await scene.stack.deploy(RELEASES.always);
      expect(taken()).toEqual([expect.stringMatching(/^small aurora-migrations-0002-more-[0-9a-f]{16}$/)]);
      await scene.stack.deploy(RELEASES.always);
      expect(taken()).toHaveLength(1);
    });

    test('is taken before a destructive release only, where that is wanted', async () => {
      await scene.stack.deploy(RELEASES.first);
      await scene.stack.deploy(RELEASES.harmless);
      expect(taken()).toEqual([]);
      expect(await scene.stack.deploy(RELEASES.dropping)).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expect(taken()).toEqual([expect.stringMatching(/^small aurora-migrations-0004-no-name-/)]);
    });

    test('that may not be taken fails the deployment, and nothing is run', async () => {
      await scene.stack.deploy(RELEASES.first);
      const before = await scene.state();
      rehearsal.snapshots.failNext(1, 'access-denied');
      const result = await scene.stack.deploy(RELEASES.always);
      expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(result.reason).toMatch(/RDS refused DescribeDBClusterSnapshots.*AccessDenied.*\[no-snapshot\]/);
      expect(await scene.state()).toEqual(before);
      expect(scene.requests).toEqual(['Create success', 'Update failed', 'Update success']);
    });

    test('that takes longer than an attempt is waited for by the next ones, which take no other', async () => {
      const slow = new StackScene(rehearsal, { functionTimeoutMs: 8_000 });
      await slow.stack.deploy(RELEASES.first);
      rehearsal.snapshots.endsAfter(6, 'available');
      expect(await slow.stack.deploy(RELEASES.always)).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expect(slow.attemptsAt('Update')).toEqual(['failed', 'failed', 'returned']);
      expect(taken()).toHaveLength(1);
      await slow.end();
    });

    test('that is not there in the last attempt fails the deployment, and nothing is run', async () => {
      const slow = new StackScene(rehearsal, { functionTimeoutMs: 8_000 });
      await slow.stack.deploy(RELEASES.first);
      const before = await slow.state();
      rehearsal.snapshots.endsAfter(100, 'available');
      const result = await slow.stack.deploy(RELEASES.always);
      expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(result.reason).toMatch(/it is being taken, after \d+ s; no migration was run.*\[no-snapshot\]/);
      expect(await slow.state()).toEqual(before);
      expect(taken()).toHaveLength(1);
      await slow.end();
    });
  });
});
