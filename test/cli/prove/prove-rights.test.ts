import { randomUUID } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { connectTo } from '../../../rehearsal/servers/connect';
import { databaseAt } from '../../../rehearsal/servers/database-url';
import { migrationFolder } from '../../lib/source/migration-folder';
import { servers } from '../../servers';
import { runProgram } from '../run-program';

jest.setTimeout(120_000);

const USER = '-- migrate:up\nCREATE TABLE user (id INT);\n-- migrate:down\nDROP TABLE user;\n';
const VIEW = '-- migrate:up\nCREATE VIEW users AS SELECT id FROM user;\n-- migrate:down\nDROP VIEW users;\n';

describe.each(servers())('prove by a user who lacks a right, on $name', (server) => {
  const user = `prover_${randomUUID().slice(0, 8)}`;
  const account = `'${user}'@'%'`;
  let outside: Connection;
  beforeAll(async () => {
    outside = await connectTo(await databaseAt(server.url, 'the URL'));
  });
  beforeEach(() => outside.query(`CREATE USER ${account} IDENTIFIED BY 'secret'`));
  afterEach(() => outside.query(`DROP USER ${account}`));
  afterAll(() => outside.end());

  const prove = (...more: readonly string[]): ReturnType<typeof runProgram> => {
    const folder = migrationFolder({ '0001_user.sql': USER, '0002_view.sql': VIEW });
    const url = `mysql://${user}:secret@${server.host}:${server.port}/${server.caFile === undefined ? '' : `?ssl-ca=${server.caFile}`}`;
    return runProgram(folder, ['prove', '.', '--url', url, ...more]);
  };
  const schema = `rights_${randomUUID().slice(0, 8)}`;
  const mayOn = (rights: string, pattern = `rights\\_${schema.slice(7)}`): string =>
    `GRANT ${rights} ON \`${pattern}\`.* TO ${account}`;
  const isLeft = async (): Promise<boolean> => {
    const [rows] = await outside.query('SHOW DATABASES LIKE ?', [schema]);
    return (rows as readonly object[]).length > 0;
  };
  const lacks = (right: string, grant = mayOn('ALL PRIVILEGES')): object => ({
    code: 1,
    stderr: expect.stringMatching(
      new RegExp(
        `aurora-migrations: the user ${account} lacks the right ${right} on the server[^]*: ${literal(grant)}; or leave`,
      ),
    ) as string,
  });

  test('of a schema that is named in the run, the right on any such', () => {
    expect(prove()).toMatchObject(lacks('CREATE', mayOn('ALL PRIVILEGES', 'prove\\_%')));
  });

  test('none at all, only some, and all that are named', async () => {
    const named = (): ReturnType<typeof runProgram> => prove('--schema', schema);
    expect(named()).toMatchObject(lacks('CREATE'));

    await outside.query(mayOn('CREATE'));
    expect(named()).toMatchObject(lacks('DROP'));
    expect(named().stderr).toContain(`there is a schema ${schema} on the server of --url already`);
    await outside.query(`DROP DATABASE ${schema}`);
    expect(named().stderr).toContain(`. The empty schema ${schema} is left there: drop it. `);
    await outside.query(`DROP DATABASE ${schema}`);

    await outside.query(mayOn('CREATE, DROP, ALTER, SELECT, UPDATE, DELETE'));
    expect(named()).toMatchObject(lacks('INSERT'));
    expect(await isLeft()).toBe(false);

    await outside.query(mayOn('INSERT, SHOW VIEW'));
    expect(named()).toMatchObject(lacks('CREATE VIEW'));
    expect(await isLeft()).toBe(false);

    await outside.query(mayOn('ALL PRIVILEGES'));
    expect(named()).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n2 proved, /) as string });
    expect(await isLeft()).toBe(false);
  });
});

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
