import type { RequestPorts } from '../../../lambda/events/answer-request';
import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { migration } from '../../rules/dying-process';
import { FIRST, release, Scene, USER } from '../scene';

const ALL = ['CREATE', 'SELECT', 'INSERT', 'UPDATE'];

describe.each(servers())('for a user who lacks a right on the journal, on $name', (server) => {
  // Before that of the scene, which closes its session.
  afterEach(() => scene.sql(`DROP USER ${user}`));
  const scene = Scene.ofEachTest(server);
  let user: string;
  beforeEach(async () => {
    user = `u${scene.name.slice(-8)}`;
    await scene.sql(`CREATE USER ${user} IDENTIFIED BY 'pw'`);
  });
  const withoutRight = async (right: string, all = ALL): Promise<Pick<RequestPorts, 'connect'>> => {
    await scene.sql(`GRANT ${all.filter((each) => each !== right).join(', ')} ON ${scene.name}.* TO ${user}`);
    const limited = Object.create(scene, { server: { value: { ...server, user, password: 'pw' } } }) as Scene;
    return { connect: () => Promise.resolve({ kind: 'connected', session: limited.session() }) };
  };

  test.each(ALL)('a deployment names what is lacking, and the table: %s', async (right) => {
    const ports = await withoutRight(right);
    const { status, reason } = await scene.answer(scene.create(FIRST), FIRST, ports);
    expect([status, reason]).toEqual(['FAILED', said(right)]);
  });

  test.each(ALL)('a command does: %s', async (right) => {
    const ports = await withoutRight(right);
    await expect(invoke(scene, FIRST, { command: 'up' }, ports)).rejects.toMatchObject({ message: said(right) });
  });

  const WRONG = release({
    '0001_user': USER,
    '0002_wrong': migration('CREATE TABLE a (id INT); DO nothing_like_it()', 'DROP TABLE a'),
  });
  const failed =
    /^0002_wrong\.sql failed at step 2 of 2 .*nothing_like_it.*\. Reverting it failed: .*DELETE command denied/;

  test('a deployment whose migration fails says first why, and then what it could not write', async () => {
    const ports = await withoutRight('DELETE', [...ALL, 'DROP', 'REFERENCES', 'INDEX']);
    const { status, reason } = await scene.answer(scene.create(WRONG), WRONG, ports);
    expect([status, reason]).toEqual(['FAILED', expect.stringMatching(failed)]);
    expect(reason).toMatch(/GRANT ALL ON .* what was done \[no-right\] \[migration-failed\]$/);
    expect(await scene.deployments()).toEqual(['Create failed']);
    expect(await scene.answer(scene.delete(WRONG), WRONG)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.history()).toEqual([]);
  });

  test('so does up', async () => {
    const ports = await withoutRight('DELETE', [...ALL, 'DROP', 'REFERENCES', 'INDEX']);
    const result = await invoke(scene, WRONG, { command: 'up' }, ports);
    expect(result).toEqual({ kind: 'failed', reason: expect.stringMatching(failed) as string });
  });

  const said = (right: string): string =>
    expect.stringMatching(
      new RegExp(
        `${right}.* command denied to user '${user}'.*migration.*: GRANT ALL ON .${scene.name}.\\.\\* TO that user, and try again; the table migration has what was done \\[no-right\\]$`,
      ),
    ) as string;
});
