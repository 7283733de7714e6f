import { lockName } from '../../../lambda/session/lock';
import { servers } from '../../servers';
import { hastyClock, invoke } from '../by-hand';
import { FIRST, NAME, ORDERS, release, Scene, SECOND, USER } from '../scene';

const THIRD = release({
  '0001_user': USER,
  '0002_name': NAME,
  '0003_orders': ORDERS,
  '0004_log': '-- migrate:up\nCREATE TABLE log (id INT);\n-- migrate:down\nDROP TABLE log;',
});

describe.each(servers())('the command down on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  let first: Readonly<Record<string, string>>;
  let second: Readonly<Record<string, string>>;
  beforeEach(async () => {
    await scene.created(FIRST);
    first = await scene.schema();
    await scene.updated(FIRST, SECOND);
    second = await scene.schema();
  });

  const down = (event: Record<string, unknown>, code = SECOND): Promise<unknown> =>
    invoke(scene, code, { command: 'down', ...event });

  it('reverts what was applied after a migration, newest first', async () => {
    expect(await down({ to: '0001_user' })).toEqual({
      kind: 'reverted',
      reverted: ['0003_orders', '0002_name'],
      drift: null,
    });
    expect(await scene.schema()).toEqual(first);
    expect(await scene.history()).toMatchObject(['0001_user applied']);
    expect(await invoke(scene, SECOND, { command: 'plan' })).toMatchObject({
      apply: ['0002_name', '0003_orders'],
      contract: [],
    });
    expect(await down({ to: '0001_user' })).toEqual({ kind: 'reverted', reverted: [], drift: null });
  });

  it('reverts a number of migrations, and up applies them again', async () => {
    expect(await down({ steps: 1 })).toMatchObject({ kind: 'reverted', reverted: ['0003_orders'] });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied']);
    expect(await invoke(scene, SECOND, { command: 'up' })).toMatchObject({ kind: 'applied', applied: ['0003_orders'] });
    expect(await scene.schema()).toEqual(second);
    expect(await down({ steps: 3 })).toMatchObject({ reverted: ['0003_orders', '0002_name', '0001_user'] });
    expect(await scene.schema()).toEqual({});
  });

  it.each([
    { what: 'the older release', code: FIRST },
    { what: 'the newer release', code: SECOND },
  ])('leaves the rest to the rollback of the deployment, with the code of $what', async ({ code }) => {
    await down({ steps: 1 });
    expect(await scene.answer(scene.update(SECOND, FIRST), code)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0002_name', Drift: '' },
    });
    expect(await scene.schema()).toEqual(first);
  });

  it.each([
    { what: 'the older release', code: FIRST },
    { what: 'the newer release', code: SECOND },
  ])('leaves a rollback nothing to do, with the code of $what, and the next try applies all', async ({ code }) => {
    await down({ to: '0001_user' });
    const rollback = await scene.answer(scene.update(SECOND, FIRST), code);
    expect(rollback).toMatchObject({ status: 'SUCCESS', data: { Applied: '', Reverted: '' } });
    expect(await scene.schema()).toEqual(first);
    expect(await scene.updated(FIRST, SECOND)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '0002_name, 0003_orders' },
    });
    expect(await scene.schema()).toEqual(second);
    expect(await scene.updated(SECOND, FIRST)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0003_orders, 0002_name' },
    });
    expect(await scene.schema()).toEqual(first);
  });

  it('makes pending what the next deployment applies, and its rollback reverts as far as that', async () => {
    await scene.settle();
    await down({ steps: 1 });
    const lowered = await scene.schema();
    expect(await scene.updated(SECOND, THIRD)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '0003_orders, 0004_log' },
    });
    expect(await scene.updated(THIRD, SECOND)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0004_log, 0003_orders', Drift: '' },
    });
    expect(await scene.schema()).toEqual(lowered);
  });

  it('says how the schema differs where it reverts all that a deployment had applied', async () => {
    await scene.sql(`CREATE TABLE ${scene.name}.extra (id INT)`);
    expect(await down({ steps: 1 })).toMatchObject({ kind: 'reverted', drift: null });
    expect(await down({ steps: 1 })).toMatchObject({ kind: 'reverted', drift: 'table extra is new' });
    expect(scene.logged).toContainEqual(
      expect.objectContaining({ level: 'error', fields: { drift: 'table extra is new' } }),
    );
  });

  it('says nothing of the schema where a later release had removed something', async () => {
    const removing = { OnRemoved: 'REVERT' } as const;
    const third = release({ '0001_user': USER, '0003_orders': ORDERS, '0004_late': LATE }, removing);
    const fourth = release({ '0001_user': USER, '0004_late': LATE }, removing);
    await scene.settle();
    await scene.updated(SECOND, third);
    await scene.settle();
    await scene.updated(third, fourth);
    await scene.settle();
    expect(await scene.history()).toEqual(['0001_user applied', '0004_late applied']);
    expect(await down({ steps: 1 }, fourth)).toEqual({ kind: 'reverted', reverted: ['0004_late'], drift: null });
    expect(await scene.schema()).toEqual(first);
  });

  it('refuses all where an irreversible migration is in the way', async () => {
    const irreversible = '-- migrate:up\nCREATE TABLE fixed (id INT);\n-- migrate:irreversible';
    const fixed = release({ '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS, '0004_fixed': irreversible });
    await scene.updated(SECOND, fixed);
    const before = await scene.schema();
    for (const until of [{ to: '0002_name' }, { steps: 2 }]) {
      expect(await down(until, fixed)).toMatchObject({
        kind: 'refused',
        failure: { code: 'irreversible', message: expect.stringMatching(/^0004_fixed cannot be reverted/) },
      });
    }
    expect(await scene.schema()).toEqual(before);
  });

  it('refuses a name that is not applied, and more than there is', async () => {
    for (const until of [{ to: '0009_none' }, { steps: 4 }]) {
      expect(await down(until)).toMatchObject({ kind: 'refused', failure: { code: 'bad-request' } });
    }
    expect(await scene.schema()).toEqual(second);
  });

  it('refuses the code of another release than the one deployed last', async () => {
    expect(await down({ steps: 1 }, FIRST)).toMatchObject({ kind: 'refused', failure: { code: 'code-not-updated' } });
    expect(await down({ steps: 1 }, THIRD)).toMatchObject({ kind: 'refused', failure: { code: 'code-not-updated' } });
    await scene.sql(`UPDATE ${scene.name}.migration_deployment SET status = 'running' WHERE type = 'Update'`);
    expect(await down({ steps: 1 })).toMatchObject({ kind: 'refused', failure: { code: 'code-not-updated' } });
    expect(await scene.schema()).toEqual(second);
  });

  it('refuses while a deployment holds the lock, and stops nobody', async () => {
    const session = scene.session();
    await session.database.query(`SELECT GET_LOCK('${lockName(scene.name)}', 10)`);
    const event = { command: 'down', steps: 1 };
    expect(await invoke(scene, SECOND, event, { clock: hastyClock() })).toMatchObject({
      kind: 'refused',
      failure: { code: 'lock-not-free', message: expect.stringMatching(/^connection \d+ .*holds the lock/) },
    });
    await session.database.query('SELECT 1');
    expect(await scene.schema()).toEqual(second);
  });

  it('does not run a stored script that somebody changed', async () => {
    await scene.sql(
      `UPDATE ${scene.name}.migration SET script = COMPRESS('{"v":1,"up":[],"down":["DROP DATABASE ${scene.name}"]}')
       WHERE name = '0003_orders'`,
    );
    expect(await down({ steps: 1 })).toMatchObject({ kind: 'reverted', reverted: ['0003_orders'] });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied']);
  });

  it('refuses all where it can trust no script of one of them', async () => {
    await scene.sql(
      `UPDATE ${scene.name}.migration SET script = COMPRESS('{}'), checksum = '' WHERE name = '0002_name'`,
    );
    expect(await down({ to: '0001_user' })).toMatchObject({ kind: 'refused', failure: { code: 'not-vouched' } });
    expect(await scene.schema()).toEqual(second);
  });

  it('says which statement failed, and goes on there', async () => {
    await scene.sql(
      `CREATE TABLE ${scene.name}.line (id INT, item BIGINT, FOREIGN KEY (item) REFERENCES ${scene.name}.orders (id))`,
    );
    expect(await down({ to: '0001_user' })).toMatchObject({
      kind: 'failed',
      reverted: [],
      reason: expect.stringContaining('reverting 0003_orders failed at down step 1 of 1 (line 4): '),
    });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied', '0003_orders reverting']);
    await scene.sql(`DROP TABLE ${scene.name}.line`);
    expect(await down({ to: '0001_user' })).toMatchObject({ reverted: ['0003_orders', '0002_name'], drift: null });
    expect(await scene.schema()).toEqual(first);
  });

  it('has nothing to revert where nothing was ever deployed, and makes no tables', async () => {
    await scene.sql(`DROP TABLE ${scene.name}.migration, ${scene.name}.migration_deployment`);
    expect(await down({ steps: 1 })).toMatchObject({ kind: 'refused', failure: { code: 'bad-request' } });
    expect(await scene.schema()).toEqual(second);
  });
});

const LATE = '-- migrate:up\nCREATE TABLE late (id INT);\n-- migrate:down\nDROP TABLE late;';
