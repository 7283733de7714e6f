import { databaseOf } from '../../../lambda/edges/database/database-of';
import { lockName } from '../../../lambda/session/lock';
import { noteStackStatus } from '../../../lambda/journal/settle';
import { failure } from '../../../lambda/words/failure';
import type { Intent } from '../../../lambda/plan/intent';
import { up } from '../../../lambda/commands/up';
import { NOTHING_YET } from '../../../lambda/work/spent-session';
import { FIRST, NAME, ORDERS, PHYSICAL_ID, release, Scene, SECOND, USER } from '../../integration/scene';
import { servers } from '../../servers';

/** The same request, of a construct with another name. */
function named<T extends Intent>(intent: T, logicalId: string): T {
  const { request } = intent;
  const renamed = { ...intent, request: { ...request, resource: { ...request.resource, logicalId } } };
  return 'physicalId' in renamed ? { ...renamed, physicalId: idOf(logicalId) } : renamed;
}

/** As if CloudFormation had signed both URLs in one second. */
function inSecondOf<T extends Intent>({ request: { issuedAt } }: Intent, intent: T): T {
  return { ...intent, request: { ...intent.request, issuedAt } };
}

function idOf(logicalId: string): string {
  return PHYSICAL_ID.replace('Migrations', logicalId);
}

const REVERTING = release({ '0001_user': USER }, { OnDelete: 'REVERT' });

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const deployments = (): Promise<unknown> => scene.sql(`SELECT * FROM ${scene.name}.migration_deployment ORDER BY id`);
  const status = async (name: string, at: number): Promise<void> =>
    noteStackStatus(databaseOf(scene.outside, scene.name), { stackId: scene.stackId, status: name, at });
  const newest = async (): Promise<unknown> =>
    (
      await scene.sql(
        `SELECT stackStatus, settledAt IS NOT NULL AS isSettled FROM ${scene.name}.migration_deployment ORDER BY id DESC LIMIT 1`,
      )
    )[0];

  test.each(['FAILED', 'SUCCESS'] as const)(
    'rule 1: A→B is answered %s and rolled back, and B is deployed again: it migrates',
    async (first) => {
      await scene.created(FIRST);
      if (first === 'FAILED') await scene.sql('CREATE TABLE orders (id INT)');
      expect(await scene.updated(FIRST, SECOND)).toMatchObject({ status: first });
      expect(await scene.updated(SECOND, FIRST)).toMatchObject({ status: 'SUCCESS' });
      await scene.sql('DROP TABLE IF EXISTS orders');

      expect(await scene.updated(FIRST, SECOND)).toMatchObject({
        status: 'SUCCESS',
        data: { Applied: '0002_name, 0003_orders' },
      });
      expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied', '0003_orders applied']);
      expect(await scene.deployments()).toEqual(['Create applied', 'Update reverted', 'Update applied']);
    },
  );

  test('rule 1: a duplicate of a change of options only does not mirror itself', async () => {
    await scene.created(FIRST);
    const update = scene.update(FIRST, REVERTING);
    const [first, second] = [await scene.answer(update, REVERTING), await scene.answer(update, REVERTING)];
    for (const answer of [first, second]) expect(answer).toMatchObject({ status: 'SUCCESS', data: { Reverted: '' } });
    expect(await scene.deployments()).toEqual(['Create applied', 'Update applied']);
  });

  test('rule 4: the success of an operation that was over before the request settles nothing, though it comes late', async () => {
    await scene.created(FIRST);
    await scene.settle();
    const update = scene.update(FIRST, SECOND);
    await scene.answer(update, SECOND);
    await status('UPDATE_COMPLETE', update.request.issuedAt - 1000);
    expect(await newest()).toEqual({ stackStatus: null, isSettled: 0 });
    expect(await scene.updated(SECOND, FIRST)).toMatchObject({
      data: { Reverted: '0003_orders, 0002_name' },
    });
  });

  test('rule 4: the newest status by its own time is kept, in whatever order they come', async () => {
    const create = scene.create(FIRST);
    await scene.answer(create, FIRST);
    await status('ROLLBACK_IN_PROGRESS', create.request.issuedAt + 20_000);
    await status('CREATE_IN_PROGRESS', create.request.issuedAt + 1000);
    expect(await newest()).toEqual({ stackStatus: 'ROLLBACK_IN_PROGRESS', isSettled: 0 });
  });

  test('rule 3: the success of a stack settles the whole chain', async () => {
    const middle = release({ '0001_user': USER, '0002_name': NAME });
    await scene.created(FIRST);
    await scene.settle();
    await scene.updated(FIRST, middle);
    await scene.stackIs('UPDATE_FAILED');
    await scene.updated(middle, SECOND);
    await scene.settle();
    expect(
      await scene.sql(`SELECT COUNT(*) AS n FROM ${scene.name}.migration_deployment WHERE settledAt IS NULL`),
    ).toEqual([{ n: 0 }]);
    // Going back to what stood before the chain is a deployment, which lacks migrations.
    expect(await scene.updated(SECOND, FIRST)).toMatchObject({ status: 'FAILED' });
  });

  test('rule 5: a forward run that still connects while its rollback is answered migrates nothing, and writes nothing', async () => {
    await scene.created(FIRST);
    const overtaken = scene.update(FIRST, SECOND);
    expect(await scene.updated(SECOND, FIRST)).toMatchObject({ status: 'SUCCESS' });
    const before = await deployments();
    expect(await scene.run(overtaken, SECOND)).toMatchObject({ kind: 'silent' });
    expect([await deployments(), await scene.history()]).toEqual([before, ['0001_user applied']]);
  });

  test('rule 5: nor one whose rollback was signed in the same second; that operation is tried again later', async () => {
    await scene.created(FIRST);
    const overtaken = scene.update(FIRST, SECOND);
    const rollback = inSecondOf(overtaken, scene.update(SECOND, FIRST));
    expect(await scene.answer(rollback, FIRST)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.run(overtaken, SECOND)).toMatchObject({ kind: 'silent' });
    expect(await scene.answer(rollback, FIRST)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.history()).toEqual(['0001_user applied']);
    expect(await scene.updated(FIRST, SECOND)).toMatchObject({ status: 'SUCCESS' });
  });

  test('rule 5: nor a Create whose Delete was signed in the same second', async () => {
    const overtaken = scene.create(FIRST);
    await scene.answer(inSecondOf(overtaken, scene.delete(FIRST, 'app-Migrations-1ABC')), FIRST);
    expect(await scene.run(overtaken, FIRST)).toMatchObject({ kind: 'silent' });
    expect(await scene.schema()).toEqual({});
  });

  test('rule 5: a rollback of the same second is answered, whether its update was carried out, refused, or twice', async () => {
    await scene.created(FIRST);
    const update = scene.update(FIRST, SECOND);
    await scene.answer(update, SECOND);
    await scene.answer(update, SECOND);
    const rollback = inSecondOf(update, scene.update(SECOND, FIRST));
    expect(await scene.answer(rollback, SECOND)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.history()).toEqual(['0001_user applied']);

    const other = release({ '0001_user': ORDERS });
    const refused = scene.update(FIRST, other);
    expect(await scene.answer(refused, other)).toMatchObject({ status: 'FAILED' });
    const back = inSecondOf(refused, scene.update(other, FIRST));
    expect(await scene.answer(back, other)).toMatchObject({ status: 'SUCCESS' });
  });

  test('rule 5: an Update that waits for its code leaves its date: an older one that still connects is stale', async () => {
    await scene.created(FIRST);
    const overtaken = scene.update(FIRST, SECOND);
    const middle = release({ '0001_user': USER, '0002_name': NAME });
    expect(await scene.run(scene.update(FIRST, middle), FIRST)).toMatchObject({ kind: 'try-again' });
    expect(await scene.run(overtaken, SECOND)).toMatchObject({ kind: 'silent' });
    expect(await scene.history()).toEqual(['0001_user applied']);
  });

  test('rule 6: a Delete that had nothing to do is answered in the same way a second time', async () => {
    await scene.created(FIRST);
    const theirs = named(scene.delete(FIRST), 'Theirs');
    const [first, second] = [await scene.answer(theirs, FIRST), await scene.answer(theirs, FIRST)];
    expect(first.status).toBe('SUCCESS');
    expect(second).toEqual(first);
  });

  test('rule 5: a Create that still connects while its Delete is answered migrates nothing', async () => {
    const overtaken = scene.create(FIRST);
    await scene.created(FIRST);
    await scene.stackIs('ROLLBACK_IN_PROGRESS');
    await scene.answer(scene.delete(FIRST), FIRST);
    expect(await scene.run(overtaken, FIRST)).toMatchObject({ kind: 'silent' });
    expect(await scene.schema()).toEqual({});
  });

  test('rule 5: nor does the first Create of a database, whose Delete found no journal', async () => {
    const overtaken = scene.create(FIRST);
    await scene.answer(scene.delete(FIRST, 'app-Migrations-1ABC'), FIRST);
    expect(await scene.run(overtaken, FIRST)).toMatchObject({ kind: 'silent' });
    expect(await scene.schema()).toEqual({});
  });

  test('rule 5: a command never cancels: it finds the lock taken, and is refused', async () => {
    await scene.created(FIRST);
    const runner = scene.session();
    await runner.database.query(`SELECT GET_LOCK('${lockName(scene.name)}', 10)`);
    await scene.sql(
      `UPDATE ${scene.name}.migration_deployment SET status = 'running', session = IS_USED_LOCK('${lockName(scene.name)}')`,
    );
    const before = await deployments();
    const world = scene.ports(FIRST);
    let now = 0;
    const clock = { ...world.clock, now: () => (now += 6_000) };
    expect(await up(scene.session().database, { ...world, clock }, 'request-1', null, NOTHING_YET)).toMatchObject({
      kind: 'refused',
      failure: { code: 'lock-not-free' },
    });
    expect(await deployments()).toEqual(before);
    expect(await runner.database.query('SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  });

  test('rule 6: the clean-up Delete of a renamed construct with onDelete REVERT drops nothing of a live application', async () => {
    await scene.created(REVERTING);
    await scene.settle();
    await scene.sql("INSERT INTO user (email) VALUES ('live@example.com')");

    const taken = await scene.answer(named(scene.create(REVERTING), 'Renamed'), REVERTING);
    expect(taken).toMatchObject({ status: 'SUCCESS', physicalId: idOf('Renamed'), data: { Applied: '' } });
    expect(await scene.answer(scene.delete(REVERTING), REVERTING)).toMatchObject({ status: 'SUCCESS' });

    expect(await scene.sql('SELECT email FROM user')).toEqual([{ email: 'live@example.com' }]);
    await scene.settle();
    // And the new name owns it now.
    await scene.answer(named(scene.delete(REVERTING), 'Renamed'), REVERTING);
    expect(await scene.schema()).toEqual({});
  });

  test.each([
    ['RETAIN', 'SUCCESS'],
    ['REVERT', 'FAILED'],
  ] as const)(
    'rule 6: a Delete that cannot connect, with onDelete %s: %s, and the log says so',
    async (onDelete, answered) => {
      const code = release({ '0001_user': USER }, { OnDelete: onDelete });
      const cannot = { kind: 'failed', failure: failure('cannot-connect', 'nobody there') } as const;
      const answer = await scene.answer(scene.delete(code), code, { connect: () => Promise.resolve(cannot) });
      expect(answer).toMatchObject({ status: answered, physicalId: PHYSICAL_ID });
      expect(answer.reason).toContain('nobody there');
      if (answered === 'SUCCESS') expect(scene.logged).toContainEqual(expect.objectContaining({ level: 'error' }));
    },
  );

  test('rule 6: a Create that could not connect has nothing to revert: its Delete does not connect', async () => {
    const cannot = { kind: 'failed', failure: failure('cannot-connect', 'nobody there') } as const;
    const answer = await scene.created(FIRST, { connect: () => Promise.resolve(cannot) });
    expect(answer).toMatchObject({ status: 'FAILED', physicalId: `${PHYSICAL_ID}:nothing` });
    const never = (): never => {
      throw new Error('it connected');
    };
    expect(await scene.answer(scene.delete(FIRST, answer.physicalId), FIRST, { connect: never })).toMatchObject({
      status: 'SUCCESS',
      physicalId: answer.physicalId,
    });
  });

  test('rule 7: the cluster was replaced: an Update on an empty database applies everything', async () => {
    const moved = release(
      { '0001_user': USER, '0002_name': NAME, '0003_orders': ORDERS },
      { Database: 'cluster-NEW/app' },
    );
    expect(await scene.updated(SECOND, moved)).toMatchObject({
      status: 'SUCCESS',
      physicalId: PHYSICAL_ID,
      data: { Applied: '0001_user, 0002_name, 0003_orders' },
    });
  });
});
