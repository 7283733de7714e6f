import { servers } from '../../servers';
import { FIRST, release, Scene, USER } from '../scene';

describe.each(servers())('on $name a statement about several accounts of which one is refused', (server) => {
  const scene = Scene.ofEachTest(server, FIRST);

  /** The accounts that are there, and what a failed deployment said. */
  async function deploy(statement: string): Promise<readonly [string, string]> {
    const next = release({
      '0001_user': USER,
      '0002_accounts': `-- migrate:up\n${statement};\n-- migrate:irreversible\n`,
    });
    await scene.sql(`CREATE USER b_${scene.name}`);
    const { reason } = await scene.updated(FIRST, next);
    const there = await scene.sql(`SELECT User FROM mysql.user WHERE User LIKE '%${scene.name}' ORDER BY 1`);
    for (const { User: account } of there) await scene.sql(`DROP USER ${String(account)}`);
    return [there.map(({ User: account }) => String(account).slice(0, 1)).join(), reason];
  }

  // On MySQL it is atomic.
  const said = server.kind === 'mysql' ? 'Nothing had to be reverted' : '[needs-repair]';

  test.each([
    ['DROP USER', (name: string) => `DROP USER b_${name}, nobody_${name}`, ''],
    ['CREATE USER', (name: string) => `CREATE USER a_${name}, b_${name}`, 'a,b'],
    ['RENAME USER', (name: string) => `RENAME USER b_${name} TO a_${name}, nobody_${name} TO c_${name}`, 'a'],
  ])('is something done where the server has done the first: %s', async (_verb, statement, onMariaDb) => {
    const [there, reason] = await deploy(statement(scene.name));
    expect(there).toBe(server.kind === 'mysql' ? 'b' : onMariaDb);
    expect(reason).toContain(said);
  });

  test('about one account is nothing done', async () => {
    const [there, reason] = await deploy(`CREATE USER b_${scene.name}`);
    expect(there).toBe('b');
    expect(reason).toContain('Nothing had to be reverted');
  });
});
