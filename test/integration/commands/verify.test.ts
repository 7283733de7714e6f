import { lockName } from '../../../lambda/session/lock';
import { manifestOf } from '../../../lambda/manifest/manifest';
import { dyingAt, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { commandIn, invoke } from '../by-hand';
import { FIRST, NAME, ORDERS, release, Scene, SECOND, USER } from '../scene';

interface Verification {
  readonly ok: boolean;
  readonly findings: readonly { readonly code: string; readonly message: string; readonly migration?: string }[];
}

describe.each(servers())('the command verify on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.created(FIRST);
    await scene.updated(FIRST, SECOND);
    await scene.settle();
  });

  const verify = async (code = SECOND): Promise<Verification> =>
    (await invoke(scene, code, { command: 'verify' })) as Verification;
  const codes = async (code = SECOND): Promise<readonly string[]> =>
    (await verify(code)).findings.map((finding) => `${finding.code} ${finding.migration ?? ''}`.trim());
  const FIRST_TWO = release({ '0001_user': USER, '0002_name': NAME });
  const FINE = { ok: true, findings: [] };

  it('finds nothing after a deployment, and writes nothing', async () => {
    const rows = (table: string) => scene.sql(`SELECT * FROM ${scene.name}.${table} ORDER BY id`);
    const before = [await rows('migration'), await rows('migration_deployment'), await scene.schema()];
    expect(await verify()).toEqual(FINE);
    expect([await rows('migration'), await rows('migration_deployment'), await scene.schema()]).toEqual(before);
  });

  it('finds nothing where a process died when all was applied, and the same release was asked for anew', async () => {
    const log = release({ '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS, '0004_log': LOG });
    const dying = dyingAt(scene, /^UPDATE [^]*schemaAfterText/, 'before');
    await expect(scene.run(scene.update(SECOND, log), log, dying)).rejects.toThrow(ProcessDied);
    expect(await scene.updated(SECOND, log)).toMatchObject({ reason: 'no migration is pending' });
    expect(await verify(log)).toEqual(FINE);
  });

  it.each(['before', 'after'] as const)(
    'finds nothing where a repair died %s it was noted, and was made again',
    async (when) => {
      await scene.sql(`DROP TABLE ${scene.name}.orders`);
      const repair = (more = {}): Promise<unknown> =>
        invoke(scene, SECOND, { command: 'repair', migration: '0003_orders', is: 'reverted' }, more);
      await expect(repair(dyingAt(scene, /^INSERT INTO .*migration_deployment/, when))).rejects.toThrow(ProcessDied);
      await scene.unlocked();
      expect(await repair()).toMatchObject({ state: null });
      expect(await verify(FIRST_TWO)).toEqual(FINE);
    },
  );

  it('finds nothing after down, up, a rollback, a failed deployment and a repair', async () => {
    await invoke(scene, SECOND, { command: 'down', to: '0001_user' });
    expect(await verify()).toEqual(FINE);
    await invoke(scene, SECOND, { command: 'up' });
    expect(await verify()).toEqual(FINE);

    const more = { '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS };
    const log = release({ ...more, '0004_log': LOG, '0005_log': LOG.replaceAll('log', 'log_too') });
    await scene.updated(SECOND, log);
    expect(await verify(log)).toEqual(FINE);
    await invoke(scene, log, { command: 'down', steps: 1 });
    await scene.updated(log, SECOND);
    expect(await verify()).toEqual(FINE);

    const broken = release({
      ...more,
      '0004_bad': '-- migrate:up\nCREATE TABLE bad (id INT);\nDROP TABLE none;\n-- migrate:down\nDROP TABLE bad;',
    });
    expect(await scene.updated(SECOND, broken)).toMatchObject({ status: 'FAILED' });
    expect(await verify()).toEqual(FINE);

    await scene.sql(`DROP TABLE ${scene.name}.orders`);
    expect(await codes()).toEqual(['drift']);
    await invoke(scene, SECOND, { command: 'repair', migration: '0003_orders', is: 'reverted' });
    expect(await verify()).toEqual(FINE);
  });

  const drift = async (code = SECOND): Promise<string | undefined> =>
    (await verify(code)).findings.map(({ code, message }) => `${code}: ${message}`).join('\n');
  const damage = async (): Promise<void> => {
    await scene.sql(`ALTER TABLE ${scene.name}.user ADD COLUMN age INT`);
    await scene.sql(`CREATE VIEW ${scene.name}.extra AS SELECT 1`);
    await scene.sql(`DROP TABLE ${scene.name}.orders`);
    await scene.sql(`ALTER DATABASE ${scene.name} CHARACTER SET latin1`);
  };
  const DAMAGE =
    /: table orders is missing; view extra is new; table user is changed \(with `age` int.*\); database scene_\w+ is changed \(without DEFAULT CHARACTER SET utf8mb4.* and with DEFAULT CHARACTER SET latin1.*\)\. Make the change a migration, or change the schema back by hand$/;
  const stored = async (): Promise<readonly number[]> =>
    (await scene.sql(`SELECT id FROM ${scene.name}.migration_deployment WHERE schemaAfterText IS NOT NULL`)).map(
      ({ id }) => Number(id),
    );

  it('says how the schema differs from what a deployment has left', async () => {
    await damage();
    expect(await drift()).toMatch(/^drift: the schema is not what the last run \(Update 2\) left: /);
    expect(await drift()).toMatch(DAMAGE);
  });

  it('says how it differs from what down, up, a failed deployment, a rollback and a repair have left', async () => {
    const later = { '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS, '0004_log': LOG };
    const bad = '-- migrate:up\nDROP TABLE none;\n-- migrate:down\nDO 1;';
    const log = release(later);
    const failing = release({ ...later, '0005_bad': bad });
    const repair = async (): Promise<void> => {
      await scene.sql(`DROP TABLE ${scene.name}.orders`);
      await invoke(scene, SECOND, { command: 'repair', migration: '0003_orders', is: 'reverted' });
    };
    const runs: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['down', () => invoke(scene, SECOND, { command: 'down', steps: 1 })],
      ['up', () => invoke(scene, SECOND, { command: 'up' })],
      ['Update', () => scene.updated(SECOND, failing)],
      ['Update', () => scene.updated(SECOND, log)],
      ['Update', () => scene.updated(log, SECOND)],
      ['repair', repair],
    ];
    for (const [type, run] of runs) {
      await run();
      const code = (await scene.history()).includes('0004_log applied') ? log : SECOND;
      expect(await verify(code)).toEqual(FINE);
      await scene.sql(`CREATE TABLE ${scene.name}.extra (id INT)`);
      expect(await drift(code)).toMatch(
        new RegExp(`^drift: .*\\(${type} \\d+\\) left: table extra is new\\. Make the change a migration`),
      );
      await scene.sql(`DROP TABLE ${scene.name}.extra`);
    }
  });

  it('stores the schema that a run has left once, that of the newest', async () => {
    const more = { '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS, '0004_log': LOG };
    const log = release(more);
    expect(await stored()).toEqual([2]);
    await scene.updated(SECOND, log);
    expect(await stored()).toEqual([3]);
    // A release without anything to do leaves it to the one before it.
    await scene.settle();
    const same = release(more, { OnDelete: 'REVERT' });
    await scene.updated(log, same);
    expect(await stored()).toEqual([3]);
    await damage();
    expect(await drift(same)).toMatch(/table orders is missing/);
  });

  it('knows less of what older code has left', async () => {
    const table = `${scene.name}.migration_deployment`;
    await scene.sql(`UPDATE ${table} SET schemaAfterText = NULL`);
    expect(await verify()).toEqual(FINE);
    await scene.sql(`ALTER TABLE ${scene.name}.user ADD COLUMN age INT`);
    expect(await drift()).toMatch(/left: how it differs is not known, since an older version of the function/);
    // Now somebody has stored that schema: the deployment that began with it.
    await scene.sql(`ALTER TABLE ${scene.name}.user DROP COLUMN age`);
    const broken = release({
      '0001_user': USER,
      '0002_name': NAME,
      '0003_orders': ORDERS,
      '0004_bad': '-- migrate:up\nDROP TABLE none;\n-- migrate:down\nDO 1;',
    });
    await scene.updated(SECOND, broken);
    await scene.sql(`UPDATE ${table} SET endedAt = endedAt - INTERVAL 1 HOUR WHERE id = 3`);
    await damage();
    expect(await drift()).toMatch(
      /\(Update 2\) left: table orders is missing; view extra is new; table user is changed \(with `age` int.*\)\. Make the change a migration, or change the schema back by hand$/,
    );
  });

  it('finds what was edited, taken out, and comes out of order', async () => {
    const edited = release({
      '0001_user': USER,
      '0002_aaa': '-- migrate:up\nDO 1;\n-- migrate:down\nDO 1;',
      '0002_name': `${NAME} -- edited`,
    });
    const { ok, findings } = await verify(edited);
    expect(ok).toBe(false);
    expect(findings.map(({ code, migration }) => `${code} ${migration ?? ''}`)).toEqual([
      'checksum-changed 0002_name',
      'removed-migration 0003_orders',
      'out-of-order 0002_aaa',
    ]);
    expect(findings.slice(1).map(({ message }) => message)).toEqual([
      '0003_orders is applied, and the release lacks it. Put its file back and deploy, or deploy with onRemoved: REVERT, which reverts it',
      '0002_aaa is pending and sorts before an applied one. The next deployment applies it; with outOfOrder: FAIL give it a newer name',
    ]);
    expect(commandIn(findings[0]?.message)).toEqual({
      command: 'repair',
      migration: '0002_name',
      checksum: edited.manifest.migrations[2]!.checksum,
    });
  });

  it('finds what is half-applied, and what a rollback kept', async () => {
    await scene.sql(`UPDATE ${scene.name}.migration SET state = 'kept', irreversible = 1 WHERE name = '0002_name'`);
    await scene.sql(
      `UPDATE ${scene.name}.migration SET state = 'reverting', \`before\` = 'blind' WHERE name = '0003_orders'`,
    );
    // What a half-applied migration has changed is no drift.
    await scene.sql(`DROP TABLE ${scene.name}.orders`);
    const { findings } = await verify();
    expect(findings.map(({ code, migration }) => `${code} ${migration ?? ''}`)).toEqual([
      'kept-migration 0002_name',
      'half-applied 0003_orders',
    ]);
    expect(findings[0]?.message).toBe(
      '0002_name was kept by a rollback. The next deployment that has it takes it over; or revert what it did by hand, and say so with {"command":"repair"}',
    );
    expect(commandIn(findings[1]?.message)).toMatchObject({ migration: '0003_orders', step: 1, is: 'done' });
  });

  it.each(["COMPRESS('other')", "'no script'", "COMPRESS('')", "X'00'"])(
    'finds a stored script that is %s',
    async (script) => {
      await scene.sql(`UPDATE ${scene.name}.migration SET script = ${script} WHERE name = '0002_name'`);
      expect(await codes()).toEqual(['not-vouched 0002_name']);
    },
  );

  it('does not take the scripts of another build for changed ones', async () => {
    const others = manifestOf(SECOND.manifest.migrations.map((entry) => ({ ...entry, sha256: '0'.repeat(64) })));
    expect(await codes({ ...SECOND, manifest: others })).toEqual([]);
  });

  it('finds a deployment that did not end well', async () => {
    await scene.sql(
      `UPDATE ${scene.name}.migration_deployment SET status = 'failed', error = 'why' WHERE type = 'Update'`,
    );
    expect((await verify()).findings).toEqual([
      { code: 'deployment-unfinished', message: 'the newest deployment is failed, not applied: why' },
    ]);
  });

  it('finds a run by hand that died, until another one has ended well', async () => {
    const row = (type: string, status: string): Promise<unknown> =>
      scene.sql(
        `INSERT INTO ${scene.name}.migration_deployment (stackId, logicalId, type, status, startedAt)
         VALUES ('', '', '${type}', '${status}', UTC_TIMESTAMP(3))`,
      );
    await row('up', 'running');
    await row('down', 'reverted');
    const { findings } = await verify();
    expect(findings).toEqual([
      {
        code: 'deployment-unfinished',
        message: 'the newest deployment is running, not applied. Nobody is at work: apply again, with {"command":"up"}',
      },
    ]);
    await row('up', 'reverted');
    expect(await codes()).toEqual([]);
  });

  it('says who holds the lock, without waiting for it', async () => {
    await scene.sql(`DO GET_LOCK('${lockName(scene.name)}', 10)`);
    const { findings } = (await invoke(scene, SECOND, { command: 'verify' })) as Verification;
    expect(findings).toEqual([
      { code: 'lock-held', message: expect.stringMatching(/^connection \d+ .*holds the lock/) },
    ]);
  });

  it('says that the journal is out of date where only that column lacks, and the next deployment adds it', async () => {
    const table = `${scene.name}.migration_deployment`;
    await scene.sql(`ALTER TABLE ${table} DROP COLUMN schemaAfterText`);
    expect(await codes()).toEqual(['journal-outdated']);
    const log = release({ '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS, '0004_log': LOG });
    expect(await scene.updated(SECOND, log)).toMatchObject({ status: 'SUCCESS' });
    expect(await verify(log)).toEqual(FINE);
    await scene.sql(`ALTER TABLE ${table} DROP COLUMN schemaAfterText`);
    expect(await scene.updated(log, SECOND)).toMatchObject({
      status: 'SUCCESS',
      data: { Drift: '' },
    });
    expect(await verify()).toEqual(FINE);
  });

  it('says that the journal is out of date, or not there', async () => {
    await scene.sql(`ALTER TABLE ${scene.name}.migration DROP COLUMN removedBy`);
    expect(await codes()).toEqual(['journal-outdated']);
    await scene.sql(`DROP TABLE ${scene.name}.migration, ${scene.name}.migration_deployment`);
    expect(await codes()).toEqual(['journal-absent']);
    expect(Object.keys(await scene.schema()).toSorted()).toEqual(['table orders', 'table user']);
  });
});

const LOG = '-- migrate:up\nCREATE TABLE log (id INT);\n-- migrate:down\nDROP TABLE log;';
