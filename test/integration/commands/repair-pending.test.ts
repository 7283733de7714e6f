import { servers } from '../../servers';
import { commandIn, invoke } from '../by-hand';
import { FIRST, NAME, release, Scene, SECOND, USER } from '../scene';

const BOTH = release({ '0001_user': USER, '0002_name': NAME });
const LATE = release({ '0001_user': USER, '0002_late': USER.replaceAll('user', 'late'), '0003_name': NAME });
const SMALL = `-- migrate:phase contract\n${USER.replaceAll('user', 'small')}`;

describe.each(servers())('a pending migration that was run by hand, on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const said = (migration: string, code = BOTH): Promise<unknown> =>
    invoke(scene, code, { command: 'repair', migration, is: 'applied' });
  const refusal = (message: string): unknown => ({
    kind: 'refused',
    failure: expect.objectContaining({ code: 'bad-request', message: `${message}; nothing was written` }) as unknown,
  });
  const runNameByHand = (): Promise<unknown> =>
    scene.sql(`ALTER TABLE ${scene.name}.user ADD COLUMN name VARCHAR(100) NULL`);

  it('is recorded as applied, so that the next deployment does not run it', async () => {
    await scene.created(FIRST);
    await runNameByHand();
    expect(await said('0002_name')).toEqual({
      kind: 'repaired',
      migration: '0002_name',
      state: 'applied',
      checksum: BOTH.manifest.migrations[1]?.checksum,
      stepsDone: 2,
      stepsTotal: 2,
    });
    expect(await scene.deployments()).toEqual(['Create applied', 'repair reverted']);
    expect(await invoke(scene, BOTH, { command: 'verify' })).toMatchObject({ findings: [] });
    expect(await scene.updated(FIRST, BOTH)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '', Drift: '' },
    });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied']);
    expect(await scene.sql(`SELECT * FROM ${scene.name}.user`)).toEqual([]);
  });

  it('stays where the release that has it is rolled back, and is deployed again with it', async () => {
    await scene.created(FIRST);
    await runNameByHand();
    await said('0002_name');
    await scene.updated(FIRST, SECOND);
    expect(await scene.updated(SECOND, FIRST)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0003_orders' },
    });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_name applied']);
    expect(await scene.updated(FIRST, SECOND)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '0003_orders' },
    });
  });

  it('is never reverted, until a person says that it was', async () => {
    await scene.created(FIRST);
    await runNameByHand();
    await said('0002_name');
    await scene.updated(FIRST, BOTH);
    await scene.settle();
    const down = (await invoke(scene, BOTH, { command: 'down', steps: 1 })) as { failure: { message: string } };
    await scene.sql(`ALTER TABLE ${scene.name}.user DROP COLUMN name`);
    expect(await invoke(scene, BOTH, commandIn(down.failure.message))).toMatchObject({ kind: 'repaired', state: null });
    expect(await invoke(scene, BOTH, { command: 'up' })).toMatchObject({ kind: 'applied', applied: ['0002_name'] });
  });

  it('keeps its phase', async () => {
    const code = release({ '0001_user': USER, '0002_small': SMALL });
    await scene.created(FIRST);
    await said('0002_small', code);
    expect(await scene.sql(`SELECT contracts FROM ${scene.name}.migration WHERE name = '0002_small'`)).toEqual([
      { contracts: 1 },
    ]);
  });

  it('may sort before one that is applied, but not after one that is pending', async () => {
    await scene.created(FIRST);
    expect(await said('0003_name', LATE)).toEqual(refusal('0002_late is pending and comes before 0003_name'));
    const newer = release({ '0001_user': USER, '0003_name': NAME });
    await scene.updated(FIRST, newer);
    await scene.settle();
    await scene.sql(`CREATE TABLE ${scene.name}.late (id BIGINT PRIMARY KEY)`);
    expect(await said('0002_late', LATE)).toMatchObject({ kind: 'repaired', state: 'applied' });
    const strict = { ...LATE, properties: { ...LATE.properties, OutOfOrder: 'FAIL' as const } };
    expect(await scene.updated(newer, strict)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '' },
    });
  });

  it('is refused where it is in no release, where nothing was deployed, and of a step or a text', async () => {
    expect(await said('0002_name')).toEqual(
      refusal('nothing was deployed to this database yet: see {"command":"baseline","to":"NAME"}'),
    );
    await scene.created(FIRST);
    expect(await said('0002_naem')).toEqual(
      refusal(`neither the history nor this release, ${BOTH.properties.Digest}, has 0002_naem`),
    );
    for (const more of [{ step: 1, is: 'done' }, { is: 'reverted' }, { checksum: true }]) {
      expect(await invoke(scene, BOTH, { command: 'repair', migration: '0002_name', ...more })).toEqual(
        refusal('the history has no 0002_name that is applied'),
      );
    }
    expect(await scene.history()).toEqual(['0001_user applied']);
  });
});
