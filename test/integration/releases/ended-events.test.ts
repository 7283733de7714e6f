import type { RequestPorts } from '../../../lambda/events/answer-request';
import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { FIRST, release, Scene, USER } from '../scene';

const FINE = { ok: true, findings: [] };
/** So soon that it may be over, in some time zone; the server's own scheduler does not come in between. */
const SOON = 'CURRENT_TIMESTAMP + INTERVAL 1 HOUR';

/** An event ends where the server's scheduler is on, and it may be off: so what that does is done by somebody else. */
describe.each(servers())('an event that has come to its end on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.created(FIRST);
    await scene.settle();
  });

  const withEvent = (schedule: string, down = 'DROP EVENT once', more = ''): ReturnType<typeof release> =>
    release({
      '0001_user': USER,
      '0002_event': `-- migrate:up
CREATE TABLE fired (n INT);
CREATE EVENT once ON SCHEDULE ${schedule} DO INSERT INTO fired VALUES (1);
${more}
-- migrate:down
${down};
DROP TABLE fired;
`,
    });
  const verified = (code: ReturnType<typeof release>): Promise<unknown> => invoke(scene, code, { command: 'verify' });
  const drift = (message: string): object => ({
    findings: [{ code: 'drift', message: expect.stringContaining(message) }],
  });

  test.each(['DROP EVENT once', 'DROP EVENT IF EXISTS once', 'ALTER EVENT once DISABLE'])(
    'is reverted by a down that says %s',
    async (down) => {
      const next = withEvent(`AT ${SOON}`, down);
      await scene.answer(scene.update(FIRST, next), next);
      await scene.sql('DROP EVENT once');
      expect(await scene.answer(scene.update(next, FIRST), next)).toMatchObject({ status: 'SUCCESS' });
      expect(Object.keys(await scene.schema())).toEqual(['table user']);
      expect(await verified(FIRST)).toEqual(FINE);
    },
  );

  test('is reverted where its migration has stopped half-way', async () => {
    const next = withEvent(`AT ${SOON}`, 'DROP EVENT once', 'ALTER TABLE nowhere ADD COLUMN n INT;');
    // It reverts in another session where a routine on the server makes temporary tables.
    const connect: RequestPorts['connect'] = () => {
      const session = scene.session();
      const write: typeof session.database.write = async (statement) => {
        if (statement.startsWith('ALTER TABLE nowhere')) await scene.sql('DROP EVENT once');
        return session.database.write(statement);
      };
      return scene.connectingTo(session, { write })();
    };
    const answer = await scene.answer(scene.update(FIRST, next), next, { connect });
    expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('1 migration reverted') });
    expect(Object.keys(await scene.schema())).toEqual(['table user']);
  });

  test.each([
    [`AT ${SOON}`, 'DROP EVENT once'],
    [`EVERY 1 MINUTE STARTS CURRENT_TIMESTAMP + INTERVAL 30 MINUTE ENDS ${SOON}`, 'DROP EVENT once'],
    [`AT ${SOON} ON COMPLETION PRESERVE`, 'ALTER EVENT once DISABLE'],
  ])('is no drift: %s', async (schedule, end) => {
    const next = withEvent(schedule);
    await scene.answer(scene.update(FIRST, next), next);
    await scene.settle();
    await scene.sql(end);
    expect(await verified(next)).toEqual(FINE);
    expect(await invoke(scene, next, { command: 'status', diff: true })).toMatchObject({ drift: { differences: [] } });
    // And none of a failed deployment, which found it.
    const failing = release({
      '0001_user': USER,
      '0003_fails': '-- migrate:up\nDROP TABLE nowhere;\n-- migrate:down\nDO 0;\n',
    });
    const answer = await scene.answer(scene.update(next, failing), failing);
    expect(answer.status).toBe('FAILED');
    expect(scene.logged.filter(({ message }) => message.includes('event once'))).toEqual([]);
  });

  test.each([
    ['AT CURRENT_TIMESTAMP + INTERVAL 2 DAY', 'DROP EVENT once', 'event once is missing'],
    ['EVERY 1 DAY', 'DROP EVENT once', 'event once is missing'],
    [`AT ${SOON} DISABLE`, 'DROP EVENT once', 'event once is missing'],
    [`AT ${SOON} ON COMPLETION PRESERVE`, 'DROP EVENT once', 'event once is missing'],
    [
      'AT CURRENT_TIMESTAMP + INTERVAL 2 DAY ON COMPLETION PRESERVE',
      'ALTER EVENT once DISABLE',
      'event once is changed',
    ],
  ])('is drift before that: %s', async (schedule, end, message) => {
    const next = withEvent(schedule);
    await scene.answer(scene.update(FIRST, next), next);
    await scene.settle();
    await scene.sql(end);
    expect(await verified(next)).toMatchObject(drift(message));
  });

  test('a down that is refused for another reason stops there', async () => {
    const next = withEvent('EVERY 1 DAY', 'DROP EVENT once;\nDROP EVENT IF EXISTS once;\nDROP TABLE missing');
    await scene.answer(scene.update(FIRST, next), next);
    const answer = await scene.answer(scene.update(next, FIRST), next);
    expect(answer).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('Put right what the server refuses'),
    });
  });
});
