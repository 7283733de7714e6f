import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';
import { ENDLESS_QUERY } from '../integration/servers/endless-query';
import { Scene } from '../integration/scene';
import { servers } from '../servers';

/** What design section 4 found on the servers and the engine builds upon. A server that behaves otherwise fails here. */
describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  let lock: string;
  beforeEach(async () => {
    lock = `measured:${scene.name}`;
  });

  type Session = ReturnType<Scene['session']>;
  const takeLock = async ({ database }: Session, seconds = 0): Promise<unknown> =>
    (await database.query(`SELECT GET_LOCK('${lock}', ${seconds}) AS answer`))[0]?.['answer'];
  const idOf = async ({ database }: Session): Promise<number> =>
    Number((await database.query('SELECT CONNECTION_ID() AS id'))[0]?.['id']);
  const fill = async (table: string, rows: number): Promise<void> => {
    await scene.sql(`CREATE TABLE ${table} (id INT PRIMARY KEY, note CHAR(200) NOT NULL)`);
    await scene.sql(`INSERT INTO ${table} VALUES (0, REPEAT('x', 200))`);
    for (let count = 1; count < rows; count *= 2)
      await scene.sql(`INSERT INTO ${table} SELECT id + ${count}, note FROM ${table}`);
  };

  test('measured: a client that dies leaves its DDL running to its end, which commits, and its session keeps the lock until then', async () => {
    await fill('big', 65_536);
    const dying = scene.session();
    expect(await takeLock(dying)).toBe(1);
    let isOver = false;
    void dying.database
      .write('ALTER TABLE big ADD COLUMN late INT NOT NULL DEFAULT 7, ALGORITHM=COPY')
      .catch(() => undefined)
      .finally(() => (isOver = true));
    await scene.until(async () => isOver || (await scene.isRunning('ALTER TABLE big')));
    dying.close();
    const heir = scene.session();
    // The lock is free only when the statement is over.
    expect(await takeLock(heir, 60)).toBe(1);
    expect(await scene.isRunning('ALTER TABLE big')).toBe(false);
    expect(Object.values((await scene.sql('SHOW CREATE TABLE big'))[0]!).join()).toContain('`late`');
  });

  test('measured: the lock of an idle client that died is free', async () => {
    const dying = scene.session();
    await takeLock(dying);
    dying.close();
    expect(await takeLock(scene.session(), 10)).toBe(1);
  });

  test('measured: a client that died while it waited in GET_LOCK does not get the lock', async () => {
    const holder = scene.session();
    await takeLock(holder);
    const waiter = scene.session();
    const id = await idOf(waiter);
    void takeLock(waiter, 3600).catch(() => undefined);
    await scene.until(() => scene.isRunning('SELECT GET_LOCK'));
    die(waiter.connection);
    // Its session is gone long before its hour is over.
    await scene.until(async () => (await scene.sessions()).every(({ Id }) => Id !== id));
    holder.close();
    expect(await takeLock(scene.session(), 10)).toBe(1);
  });

  test('measured: where KILL QUERY ends an ALTER with 1317, the table was never changed', async () => {
    await fill('big', 32_768);
    const definition = async (): Promise<string> =>
      Object.values((await scene.sql('SHOW CREATE TABLE big'))[0]!).join();
    let killed = 0;
    for (let round = 0; round < 12; round += 1) {
      const session = scene.session();
      const id = await idOf(session);
      const before = await definition();
      const algorithm = round % 2 === 0 ? 'COPY' : 'INPLACE';
      const clause =
        algorithm === 'COPY' ? `ADD COLUMN c${round} INT NOT NULL DEFAULT 7` : `ADD INDEX i${round} (note, id)`;
      let isOver = false;
      const ended = session.database.write(`ALTER TABLE big ${clause}, ALGORITHM=${algorithm}`).then(
        () => 'done',
        (error: unknown) => (error as { errno?: number }).errno,
      );
      void ended.finally(() => (isOver = true));
      await scene.until(async () => isOver || (await scene.isRunning('ALTER TABLE big')));
      // Each round a little later.
      for (let wait = 0; wait < round; wait += 1) await scene.sql('DO SLEEP(0.005)');
      await scene.sql(`KILL QUERY ${id}`).catch(() => undefined);
      const end = await ended;
      expect([1317, 'done']).toContain(end);
      expect([end, (await definition()) === before]).toEqual([end, end === 1317]);
      if (end === 1317) killed += 1;
      session.close();
    }
    expect(killed).toBeGreaterThan(0);
  });

  test('measured: where KILL QUERY ends a DROP PROCEDURE with 1317, it may be gone all the same', async () => {
    const session = scene.session();
    const id = await idOf(session);
    const isThere = async (): Promise<boolean> =>
      (await scene.sql(`SELECT 1 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '${scene.name}'`)).length > 0;
    await scene.until(async () => {
      if (!(await isThere())) await scene.sql('CREATE PROCEDURE gone() SELECT 1');
      const ended = session.database.write('DROP PROCEDURE gone').then(
        () => 'done',
        (error: unknown) => (error as { errno?: number }).errno,
      );
      await scene.sql(`KILL QUERY ${id}`);
      // One that was late is not to end the next statement.
      await session.database.write('DO 0').catch(() => undefined);
      return (await ended) === 1317 && !(await isThere());
    });
  });

  test('measured: a statement that KILL ends is told as a lost connection, and never as the statement’s own error', async () => {
    const session = scene.session();
    const id = await idOf(session);
    const ended = session.database.write(`CREATE TABLE endless AS ${ENDLESS_QUERY}`).then(
      () => 'done',
      (error: unknown) => (error as Error).name,
    );
    await scene.until(() => scene.isRunning('CREATE TABLE endless'));
    await scene.sql(`KILL ${id}`);
    expect(await ended).toBe('ConnectionLost');
  });

  test('measured: GET_LOCK answers 1, or 0 where it is held, and neither to a session whose wait is killed', async () => {
    const holder = scene.session();
    expect(await takeLock(holder)).toBe(1);
    expect(await takeLock(holder)).toBe(1);
    const waiter = scene.session();
    expect(await takeLock(waiter)).toBe(0);
    const id = await idOf(waiter);
    const killed = takeLock(waiter, 3600).then(
      (answer) => answer,
      (error: unknown) => (error as { errno: number }).errno,
    );
    await scene.until(() => scene.isRunning('SELECT GET_LOCK'));
    await scene.sql(`KILL QUERY ${id}`);
    expect([null, 1317]).toContain(await killed);
  });

  test('measured: COM_RESET_CONNECTION would free the lock, and putting settings back one by one does not', async () => {
    const session = scene.session();
    await takeLock(session);
    const held = async (): Promise<unknown> => (await scene.sql(`SELECT IS_USED_LOCK('${lock}') AS id`))[0]?.['id'];
    await session.database.write("SET SESSION autocommit = 1, sql_mode = '', time_zone = '+00:00'");
    expect(await held()).toBe(await idOf(session));
    await reset(session.connection);
    expect(await held()).toBeNull();
  });

  test('measured: DDL commits what stood open, and its failure too', async () => {
    await scene.sql('CREATE TABLE t (n INT)');
    const session = scene.session();
    for (const ddl of ['CREATE TABLE other (n INT)', 'CREATE TABLE other (n INT)']) {
      await session.database.write('START TRANSACTION');
      await session.database.write('INSERT INTO t VALUES (1)');
      await session.database.write(ddl).catch(() => undefined);
      await session.database.write('ROLLBACK');
    }
    expect(await scene.sql('SELECT COUNT(*) AS n FROM t')).toEqual([{ n: 2 }]);
  });

  test('measured: a multi-table DDL that fails has done nothing, and what SHOW CREATE shows is the same in each session', async () => {
    await scene.sql('CREATE TABLE there (n INT)');
    const before = await scene.schema();
    await expect(scene.sql('ALTER TABLE there ADD COLUMN a INT, ADD COLUMN n INT')).rejects.toMatchObject({
      errno: 1060,
    });
    await expect(scene.sql('RENAME TABLE there TO moved, missing TO other')).rejects.toMatchObject({ errno: 1146 });
    expect(await scene.schema()).toEqual(before);
    const { database } = scene.session();
    await database.write('SET NAMES latin1');
    await database.write("SET time_zone = '+05:00'");
    const [shown] = await database.query('SHOW CREATE TABLE there');
    expect(String(shown?.['Create Table'])).toBe(before['table there']);
  });
});

/** What is left of a connection whose process is killed: the kernel closes its socket. `destroy()` only half closes it. */
function die(connection: Connection): void {
  (connection as unknown as { readonly stream: Socket }).stream.destroy();
}

function reset(connection: Connection): Promise<void> {
  const { reset: run } = connection as unknown as { readonly reset?: (done: (error: Error | null) => void) => void };
  if (run === undefined) throw new Error('the driver cannot reset a connection');
  return new Promise((resolve, reject) => run.call(connection, (error) => (error ? reject(error) : resolve())));
}
