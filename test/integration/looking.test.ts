import { createColors } from 'picocolors';
import { statusText } from '../../cli/look/status-text';
import { endLines } from '../../cli/watch/watch-text';
import type { PlanAnswer } from '../../lambda/commands/show-plan';
import type { StatusAnswer } from '../../lambda/commands/status';
import type { WatchAnswer } from '../../lambda/commands/watch';
import { servers } from '../servers';
import { invoke } from './by-hand';
import { FIRST, NAME, ORDERS, release, Scene, SECOND, USER } from './scene';

const LONG = `-- migrate:up
CREATE TABLE tag (id INT);
ALTER TABLE user ADD COLUMN tag INT;
-- migrate:down
ALTER TABLE user DROP COLUMN tag;
DROP TABLE tag;`;
const ALL = { '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS };
const THIRD = release({ ...ALL, '0004_tag': LONG });

describe.each(servers())('commands that look, on $name', (server) => {
  const scene = Scene.ofEachTest(server, FIRST);

  const status = async (code = FIRST, more: object = {}): Promise<StatusAnswer> =>
    (await invoke(scene, code, { command: 'status', ...more })) as StatusAnswer;
  const watch = async (code = THIRD): Promise<WatchAnswer> =>
    (await invoke(scene, code, { command: 'watch' })) as WatchAnswer;

  it('status tells the deployments, the newest first, with release, time and outcome', async () => {
    await scene.updated(FIRST, SECOND);
    const broken = release({ ...ALL, '0004_bad': '-- migrate:up\nDROP TABLE none;\n-- migrate:down\nDO 1;' });
    await scene.updated(SECOND, broken);

    const { deployments, deployment } = await status(SECOND);

    expect(deployments).toEqual([
      expect.objectContaining({
        type: 'Update',
        status: 'reverted',
        version: '0004_bad',
        error: expect.stringMatching(/^0004_bad.sql failed at step 1 of 1/) as string,
      }),
      expect.objectContaining({ type: 'Update', status: 'applied', version: '0003_orders', stackId: scene.stackId }),
      expect.objectContaining({
        type: 'Create',
        status: 'applied',
        version: '0001_user',
        isSettled: true,
        error: null,
      }),
    ]);
    expect(Date.parse(deployments[0]!.endedAt!) - Date.parse(deployments[0]!.startedAt!)).toBe(deployments[0]!.tookMs);
    expect(deployment).toMatchObject({ type: 'Update', status: 'applied' });
  });

  it('status tells what was refused from what failed, and the two resources of a construct apart', async () => {
    await scene.updated(FIRST, SECOND);
    const edited = release({ ...ALL, '0001_user': `${USER} -- edited` });
    await scene.updated(SECOND, edited);

    await scene.sql(
      `UPDATE ${scene.name}.migration_deployment SET contractOf = 'Migrations', logicalId = 'MigrationsContract' WHERE id = 2`,
    );
    const answer = await status(SECOND);

    expect(answer.deployments.map(({ isContract }) => isContract)).toEqual([false, true, false]);
    const style = { width: 100, colors: createColors(false) };
    const lines = statusText(answer, style).filter((line) => line.includes('UTC'));
    expect(lines).toEqual([
      expect.stringMatching(/ Update of app +0003_orders +refused +/),
      expect.stringMatching(/ Update of app \(contract\) +0003_orders +applied +/),
      expect.stringMatching(/ Create of app +0001_user +applied +/),
    ]);
  });

  it('watch tells what was done by hand since the newest deployment', async () => {
    await scene.updated(FIRST, SECOND);
    await scene.settle();
    expect(await watch(SECOND)).toMatchObject({ byHand: [] });
    await invoke(scene, SECOND, { command: 'down', steps: 1 });
    await invoke(scene, SECOND, { command: 'repair', migration: '0002_name', is: 'reverted' });
    await scene.unlocked();
    const answer = await watch(SECOND);
    expect(answer).toMatchObject({ deployment: { id: 2, status: 'applied' }, isLocked: false });
    expect(answer.byHand?.map(({ type, error }) => [type, error])).toEqual([
      ['down', null],
      ['repair', null],
    ]);
    expect(endLines(answer, { width: Infinity, colors: createColors(false) }).at(-1)).toBe(
      'Since then, by hand: down and repair. See "npx aurora-migrations status".',
    );
    await invoke(scene, SECOND, { command: 'up' });
    expect(await watch(SECOND)).toMatchObject({ deployment: { type: 'up' }, byHand: [] });
  });

  it('watch tells so of the newest', async () => {
    const colors = createColors(false);
    const edited = release({ ...ALL, '0001_user': `${USER} -- edited` });
    await scene.updated(FIRST, edited);
    const [refused = '', why] = endLines(await watch(FIRST), { width: Infinity, colors });
    await scene.updated(FIRST, SECOND);
    await scene.sql(`UPDATE ${scene.name}.migration_deployment SET contractOf = 'Migrations' ORDER BY id DESC LIMIT 1`);
    const [applied = ''] = endLines(await watch(SECOND), { width: Infinity, colors });

    expect(refused).toBe('Update of 0003_orders: refused');
    expect(why).toMatch(/edited: 0001_user.*nothing was run/);
    expect(applied).toMatch(/^Update \(contract\) of 0003_orders: applied in /);
  });

  it('status tells what is edited and what is missing', async () => {
    await scene.updated(FIRST, SECOND);
    const other = release({ '0001_user': `${USER} -- edited`, '0002_name': NAME });

    expect(await status(other)).toMatchObject({ edited: ['0001_user'], missing: ['0003_orders'], pending: [] });
    await scene.unlocked();
    expect(await status(SECOND)).toMatchObject({ edited: [], missing: [], inDoubt: [], owed: [], lockedBy: null });
  });

  it('status names the step of which nothing shows whether it was done, with its statement', async () => {
    const clear = release({ ...ALL, '0004_clear': '-- migrate:up\nTRUNCATE orders;\n-- migrate:irreversible' });
    await scene.updated(FIRST, clear);
    await scene.sql(
      `UPDATE migration SET state = 'applying', stepsDone = 0, \`before\` = 'blind' WHERE name = '0004_clear'`,
    );

    expect((await status(clear)).inDoubt).toEqual([
      {
        migration: '0004_clear',
        direction: 'up',
        step: 1,
        statement: 'TRUNCATE orders',
        file: '0004_clear.sql',
        line: 2,
      },
    ]);
  });

  it('status compares the schema with what the last run left, where it is asked to', async () => {
    expect(await status()).not.toHaveProperty('drift');
    expect((await status(FIRST, { diff: true })).drift).toEqual({
      kind: 'compared',
      since: 'Create 1',
      differences: [],
    });

    await scene.sql('CREATE TABLE other (id INT)');

    expect((await status(FIRST, { diff: true })).drift).toMatchObject({
      differences: [{ label: 'table other', before: null, now: expect.stringContaining('CREATE TABLE') as string }],
    });
  });

  it('status compares nothing while a deployment is half done: the schema is meant to differ', async () => {
    await scene.sql("UPDATE migration SET state = 'reverting', `before` = NULL WHERE name = '0001_user'");

    expect((await status(FIRST, { diff: true })).drift).toMatchObject({ kind: 'not-comparable' });
  });

  it('plan names what is reverted to its end before anything is applied', async () => {
    await scene.sql("UPDATE migration SET state = 'reverting', downStepsDone = 1 WHERE name = '0001_user'");

    expect(await invoke(scene, FIRST, { command: 'plan' })).toMatchObject({
      apply: ['0001_user'],
      refused: null,
      revertFirst: ['0001_user'],
    });
  });

  it('status of a database to which nothing was deployed has everything pending', async () => {
    await scene.sql('DROP TABLE migration, migration_deployment');

    expect(await status(SECOND, { diff: true })).toMatchObject({
      migrations: [],
      pending: ['0001_user', '0002_name', '0003_orders'],
      deployments: [],
      drift: { kind: 'not-comparable' },
    });
    expect(await watch(SECOND)).toMatchObject({ deployment: null, isLocked: false, current: null });
  });

  it('plan tells the statements in order, and the sizes of the tables that are there', async () => {
    await scene.sql("INSERT INTO user (email) VALUES ('a'), ('b'), ('c')");
    await scene.sql('ANALYZE TABLE user');

    const plan = (await invoke(scene, THIRD, { command: 'plan' })) as PlanAnswer;

    expect(plan.apply).toEqual(['0002_name', '0003_orders', '0004_tag']);
    expect(plan.refused).toMatchObject({ code: 'code-not-updated' });
    expect(plan.migrations.at(-1)).toMatchObject({
      up: ['CREATE TABLE tag (id INT)', 'ALTER TABLE user ADD COLUMN tag INT'],
      down: ['ALTER TABLE user DROP COLUMN tag', 'DROP TABLE tag'],
      tables: ['tag', 'user'],
      leftOut: 0,
    });
    expect(plan.tables).toEqual([{ name: 'user', rows: 3, bytes: expect.any(Number) as number }]);
  });

  it('watch tells the step that runs and who keeps it waiting, takes no lock, and in the end the outcome', async () => {
    await scene.updated(FIRST, SECOND);
    await scene.sql('LOCK TABLES user READ');
    // A table of the same name in another database is none of it.
    const other = await Scene.start(server);
    await other.sql('CREATE TABLE user (id INT)');
    await other.sql('LOCK TABLES user READ');
    const deployed = scene.updated(SECOND, THIRD);
    let seen: WatchAnswer | undefined;
    await scene.until(
      // A look reads the journal before the statement: of a step that begins between the two it does not know all yet.
      async () => (seen = await watch()).current?.isJournalled === true && /lock/.test(seen.statement?.state ?? ''),
    );

    expect(seen).toMatchObject({
      isLocked: true,
      deployment: { type: 'Update', status: 'running', version: '0004_tag', applied: 0, pending: 1, hasEnded: false },
      current: {
        migration: '0004_tag',
        direction: 'up',
        step: 2,
        steps: 2,
        sql: 'ALTER TABLE user ADD COLUMN tag INT',
        isJournalled: true,
      },
      statement: { isRunning: true, share: null },
    });
    const [own] = await scene.sql('SELECT CONNECTION_ID() AS id');
    const isIt = new RegExp(`^connection ${String(own?.['id'])} of [^,]*, for \\d+ s in its present state$`);
    if (server.kind === 'mysql') expect(seen?.blockedBy).toMatch(isIt);

    await scene.sql('UNLOCK TABLES');
    await deployed;
    await other.sql('UNLOCK TABLES');
    await other.end();
    expect(await watch()).toMatchObject({
      deployment: { status: 'applied', applied: 1, pending: 0, hasEnded: true, error: null },
      current: null,
    });
  });

  it('watch tells how far the server is in a statement', async () => {
    await scene.sql('CREATE TABLE big (id INT AUTO_INCREMENT PRIMARY KEY, text CHAR(250)) ');
    await scene.sql("INSERT INTO big (text) VALUES ('a'), ('b'), ('c'), ('d')");
    for (let doublings = 0; doublings < 15; doublings += 1)
      await scene.sql('INSERT INTO big (text) SELECT text FROM big');
    if (server.kind === 'mysql') {
      await scene.sql("UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' WHERE NAME LIKE 'events_stages%'");
    }
    const copy =
      "-- migrate:up\nALTER TABLE big ADD COLUMN more CHAR(200) DEFAULT 'a', ALGORITHM = COPY;\n-- migrate:down\nALTER TABLE big DROP COLUMN more;";
    const copying = release({ '0001_user': USER, '0002_copy': copy });
    let hasEnded = false;
    const deployed = scene.updated(FIRST, copying).finally(() => (hasEnded = true));
    const shares: number[] = [];
    await scene.until(async () => {
      const { statement } = await watch(copying);
      if (typeof statement?.share === 'number') shares.push(statement.share);
      return hasEnded || shares.length > 0;
    });
    expect(await deployed).toMatchObject({ status: 'SUCCESS' });
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
    expect(shares).not.toEqual([]);
  });
});
