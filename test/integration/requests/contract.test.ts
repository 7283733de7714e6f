import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { NAME, ORDERS, release, type Release, Scene, USER } from '../scene';

const CONTRACTING = `-- migrate:phase contract\n${NAME}`;
const FIRST = release({ '0001_user': USER });
const SECOND = release({ '0001_user': USER, '0002_name': CONTRACTING, '0003_orders': ORDERS });
const SLOW = release({
  '0001_user': USER,
  '0002_name': CONTRACTING,
  '0003_orders': ORDERS,
  '0004_slow': `-- migrate:phase contract
-- migrate:up
CREATE TABLE slow AS SELECT SLEEP(600) AS nothing;
-- migrate:down
DROP TABLE slow;`,
});
const ID = 'aurora-migrations:app/MigrationsContract:cluster-TEST/app';

/** The same release as the construct's second resource has it. */
function second({ properties, ...rest }: Release): Release {
  return { ...rest, properties: { ...properties, ContractOf: 'Migrations' } };
}

describe.each(servers())('two resources of one construct on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  /** A live stack at the first release, whose construct has both resources. */
  async function atFirst(): Promise<void> {
    await scene.created(FIRST);
    expect(await scene.answer(scene.create(second(FIRST)), FIRST)).toMatchObject({ physicalId: ID });
    await scene.settle();
  }

  it('run each its phase, and are told apart from a database that is at the release', async () => {
    await atFirst();
    expect(await scene.updated(FIRST, SECOND)).toMatchObject({ data: { Applied: '0003_orders' } });
    const pending = { pending: ['0002_name'], contract: ['0002_name'] };
    expect(await invoke(scene, SECOND, { command: 'status' })).toMatchObject(pending);
    expect(await invoke(scene, SECOND, { command: 'plan' })).toMatchObject({
      apply: ['0002_name'],
      contract: ['0002_name'],
    });
    const again = release(
      { '0001_user': USER, '0002_name': CONTRACTING, '0003_orders': ORDERS },
      { OnRemoved: 'REVERT' },
    );
    const reason = 'what is pending contracts, and waits for the application';
    expect(await scene.updated(SECOND, again)).toMatchObject({ reason, data: { Applied: '' } });
    const contract = scene.update(second(FIRST), second(again), ID);
    expect(await scene.answer(contract, again)).toMatchObject({ physicalId: ID, data: { Applied: '0002_name' } });
    expect(await scene.history()).toEqual(['0001_user applied', '0003_orders applied', '0002_name applied']);
  });

  it('by hand, all phases are applied, but not before the application was updated', async () => {
    await atFirst();
    await scene.updated(FIRST, SECOND);
    const message = expect.stringContaining('0002_name of the phase contract must wait') as string;
    expect(await invoke(scene, SECOND, { command: 'up' })).toMatchObject({ kind: 'refused', failure: { message } });
    expect(await scene.history()).toEqual(['0001_user applied', '0003_orders applied']);
    await scene.settle();
    expect(await invoke(scene, SECOND, { command: 'up' })).toMatchObject({ applied: ['0002_name'] });
    expect(await invoke(scene, SECOND, { command: 'status' })).toMatchObject({
      deployment: { type: 'up', stack: null },
    });
  });

  it.each(['first', 'second'] as const)('are reverted together, the %s one first, with the old code', async (which) => {
    await atFirst();
    const schema = await scene.schema();
    await scene.updated(FIRST, SECOND);
    await scene.answer(scene.update(second(FIRST), second(SECOND), ID), SECOND);
    const back = [scene.update(SECOND, FIRST), scene.update(second(SECOND), second(FIRST), ID)] as const;
    const reverted = [];
    for (const intent of which === 'first' ? back : back.toReversed()) {
      // In the order in which CloudFormation asks, a request is newer than the one before.
      const issuedAt = intent.request.issuedAt + reverted.length * 10_000;
      const answer = await scene.answer({ ...intent, request: { ...intent.request, issuedAt } }, FIRST);
      expect(answer).toMatchObject({ status: 'SUCCESS', data: { Drift: '' } });
      reverted.push(answer.data.Reverted);
    }
    expect(reverted).toEqual(which === 'first' ? ['0002_name, 0003_orders', ''] : ['0002_name', '0003_orders']);
    expect([await scene.schema(), await scene.history()]).toEqual([schema, ['0001_user applied']]);
    expect(await scene.deployments()).toEqual([
      ...['Create applied', 'Create applied'],
      ...['Update reverted', 'Update reverted'],
    ]);
  });

  it('a run of the second one that is under way is ended by the rollback of the first, and answers nobody', async () => {
    await atFirst();
    await scene.updated(FIRST, SLOW);
    const contract = scene.run(scene.update(second(FIRST), second(SLOW), ID), SLOW);
    await scene.until(() => scene.isRunning('CREATE TABLE slow '));

    const back = await scene.updated(SLOW, FIRST);

    expect(back).toMatchObject({ status: 'SUCCESS', data: { Drift: '' } });
    expect(back.data.Reverted).toMatch(/0002_name, 0003_orders$/);
    expect(await contract).toMatchObject({ kind: 'silent' });
    expect(await scene.history()).toEqual(['0001_user applied']);
  });

  it('a request of the second one that comes after the rollback of the first runs nothing', async () => {
    await atFirst();
    await scene.updated(FIRST, SECOND);
    const late = scene.update(second(FIRST), second(SECOND), ID);
    await scene.answer(scene.update(SECOND, FIRST), SECOND);
    expect(await scene.run(late, SECOND)).toMatchObject({ kind: 'silent' });
    expect(await scene.history()).toEqual(['0001_user applied']);
  });

  it('a journal that knows of no second resource is brought up to date', async () => {
    await atFirst();
    await scene.sql(`ALTER TABLE ${scene.name}.migration_deployment DROP COLUMN contractOf`);
    expect(await scene.updated(FIRST, SECOND)).toMatchObject({ data: { Applied: '0003_orders' } });
  });

  it('a stack that is deleted is reverted as a whole with its first resource', async () => {
    const REVERT = release({ '0001_user': USER, '0002_name': CONTRACTING }, { OnDelete: 'REVERT' });
    await scene.created(REVERT);
    await scene.answer(scene.create(second(REVERT)), REVERT);
    await scene.settle();
    expect(await scene.answer(scene.delete(second(REVERT), ID), REVERT)).toMatchObject({ data: { Reverted: '' } });
    expect(await scene.answer(scene.delete(REVERT), REVERT)).toMatchObject({
      data: { Reverted: '0002_name, 0001_user' },
    });
    expect(await scene.schema()).toEqual({});
  });
});
