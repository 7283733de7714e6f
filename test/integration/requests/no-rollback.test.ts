import { servers } from '../../servers';
import { commandIn, invoke } from '../by-hand';
import { FIRST, NAME, ORDERS, release, Scene, USER } from '../scene';

const MARK = '-- migrate:up\nCREATE TABLE mark (id INT);\n-- migrate:down\nDROP TABLE mark;';

describe.each(servers())('two deployments with --no-rollback on $name, the second with a file edited', (server) => {
  const B = release({ '0001_user': USER, '0002_mark': MARK, '0003_orders': ORDERS });
  const EDITED = release({
    '0001_user': USER,
    '0002_mark': MARK.replace('id INT', 'id BIGINT'),
    '0003_orders': ORDERS,
  });
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    expect(await scene.created(FIRST)).toMatchObject({ status: 'SUCCESS' });
    await scene.settle();
    // Something else in the stack fails then.
    expect(await scene.updated(FIRST, B)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.updated(B, EDITED)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('[checksum-changed]') as string,
    });
  });

  describe.each([
    ['old', FIRST],
    ['new', EDITED],
  ])('rolled back by the %s code', (_name, code) => {
    it('accuses nobody, reverts what the edited release vouches for, and its advice gets the stack going', async () => {
      const answer = await scene.answer(scene.update(EDITED, FIRST), code);
      expect(answer).toMatchObject({ status: 'FAILED', data: { Reverted: '0003_orders' } });
      expect(answer.reason).toContain('0002_mark was applied with a text that neither the release which is reverted');
      expect(answer.reason).toContain('Nobody need have changed anything');
      expect(answer.reason).not.toContain('Somebody');

      await scene.sql('DROP TABLE mark');
      const command = commandIn(answer.reason);
      expect(command).toEqual({ command: 'repair', migration: '0002_mark', is: 'reverted' });
      expect(await invoke(scene, code, command)).toMatchObject({ kind: 'repaired', state: null });
      expect(await scene.answer(scene.update(EDITED, FIRST), code)).toMatchObject({ status: 'SUCCESS' });
      expect(await scene.history()).toEqual(['0001_user applied']);
      expect(Object.keys(await scene.schema())).toEqual(['table user']);

      const next = release({ '0001_user': USER, '0002_name': NAME });
      expect(await scene.updated(FIRST, next)).toMatchObject({ status: 'SUCCESS' });
    });

    it('is rolled back as a whole where the first text was deployed again before', async () => {
      expect(await scene.updated(EDITED, B)).toMatchObject({ status: 'SUCCESS' });
      const answer = await scene.answer(scene.update(B, FIRST), code === FIRST ? FIRST : B);
      expect([answer.status, answer.data.Reverted]).toEqual(['SUCCESS', '0003_orders, 0002_mark']);
    });

    it('finds out where somebody did change the script', async () => {
      const evil = '{"v":1,"up":["SELECT 1"],"down":["DROP TABLE user"]}';
      await scene.sql(`UPDATE migration SET script = COMPRESS('${evil}') WHERE name = '0002_mark'`);
      const answer = await scene.answer(scene.update(EDITED, FIRST), code);
      expect(answer.reason).toContain('Somebody changed the table migration');
      expect(Object.keys(await scene.schema())).toContain('table user');
    });
  });
});

test.each(servers())(
  'a creation that failed and is tried again with --no-rollback is reverted as a whole, on $name',
  async (server) => {
    const scene = await Scene.start(server);
    // CloudFormation stopped waiting for the first one.
    for (const create of [scene.create(FIRST), scene.create(FIRST)])
      expect(await scene.answer(create, FIRST)).toMatchObject({ status: 'SUCCESS' });
    await scene.stackIs('ROLLBACK_IN_PROGRESS');
    expect(await scene.answer(scene.delete(FIRST), FIRST)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0001_user' },
    });
    expect(await scene.schema()).toEqual({});
    await scene.end();
  },
);
