import { prepareSession } from '../../../lambda/edges/database/prepare-session';
import { ServerError, type Database } from '../../../lambda/ports';
import { SessionSettings } from '../../../lambda/session/session';
import { servers } from '../../servers';
import { FIRST, Scene } from '../scene';

/**
 * No server that is at hand lacks a variable which its version promises, as MariaDB 10.11.7 does. Here one is called by a name
 * that the server does not know, so that it refuses what that one would refuse, in its own words.
 */
describe.each(servers())('a server that lacks a variable of the session, $name', (server) => {
  const lacked = /mariadb/i.test(server.name) ? 'check_constraint_checks' : 'max_execution_time';
  const scene = Scene.ofEachTest(server);
  let database: Database;
  let sent: string[];
  beforeEach(async () => {
    sent = [];
    const own = scene.session().database;
    const renamed = (statement: string): string => statement.replaceAll(lacked, 'no_such_variable');
    const named = (error: unknown): never => {
      if (!(error instanceof ServerError)) throw error;
      throw new ServerError(error.code, error.errno, error.message.replace('no_such_variable', lacked));
    };
    database = {
      ...own,
      query: (statement) => own.query(renamed(statement)).catch(named),
      write: (statement) => {
        sent.push(statement);
        return own.write(renamed(statement)).catch(named);
      },
    };
  });

  const run = (statement: string): Promise<unknown> =>
    statement.startsWith('SELECT') ? database.query(statement) : database.write(statement);
  const limit = async (): Promise<unknown> => {
    const [row] = await database.query(
      'SELECT CAST(@@SESSION.sql_select_limit AS CHAR) AS found, @@SESSION.autocommit AS autocommit',
    );
    return row;
  };
  const NONE = { found: '18446744073709551615', autocommit: 1 };

  it('has all others set, with one statement more, and looked at', async () => {
    await database.write('SET SESSION sql_select_limit = 1, SESSION autocommit = 0');
    sent = [];

    expect(await prepareSession(run)).toMatchObject({ obstacle: null });

    expect(sent).toHaveLength(2);
    expect(await limit()).toEqual(NONE);
  });

  it('has all others set one by one where it does not say which one it lacks', async () => {
    await database.write('SET SESSION sql_select_limit = 1, SESSION autocommit = 0');
    const silent = (statement: string): Promise<unknown> =>
      run(statement).catch((error: unknown) => {
        if (!(error instanceof ServerError)) throw error;
        throw new ServerError(error.code, error.errno, 'no');
      });

    expect(await prepareSession(silent)).toMatchObject({ obstacle: null });

    expect(await limit()).toEqual(NONE);
  });

  it('has all others restored after a migration', async () => {
    const settings = new SessionSettings(database, scene.ports(FIRST).log);
    await settings.note();
    await database.write('SET SESSION sql_select_limit = 1, SESSION autocommit = 0');

    await settings.restore();

    expect(await limit()).toEqual(NONE);
  });
});
