import type { RequestPorts } from '../../../lambda/events/answer-request';
import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { FIRST, Scene } from '../scene';

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
  const withoutRight = async (right: string): Promise<Pick<RequestPorts, 'connect'>> => {
    await scene.sql(`GRANT ${ALL.filter((each) => each !== right).join(', ')} ON ${scene.name}.* TO ${user}`);
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

  const said = (right: string): string =>
    expect.stringMatching(
      new RegExp(
        `${right}.* command denied to user '${user}'.*migration.*: GRANT ALL ON .${scene.name}.\\.\\* TO that user, and try again; the table migration has what was done \\[no-right\\]$`,
      ),
    ) as string;
});
