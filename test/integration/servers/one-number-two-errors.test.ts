import { translateError } from '../../../lambda/edges/database/translate-error';
import { ConnectionLost } from '../../../lambda/ports';
import { migration } from '../../rules/dying-process';
import { servers } from '../../servers';
import { release, Scene } from '../scene';

const FOLLOWS = 'CREATE TRIGGER second BEFORE INSERT ON user FOR EACH ROW FOLLOWS first SET @a = 1';

describe.each(servers())('4031 on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  it('is no lost connection where a trigger is to follow one that is not there', async () => {
    const code = release({ '0001_user': migration(`CREATE TABLE user (id INT);\n${FOLLOWS}`, 'DROP TABLE user') });

    const { status, reason } = await scene.created(code);

    expect(status).toBe('FAILED');
    expect(reason).toMatch(
      /^0001_user.sql failed at step 2 of 2 \(line 3\): .*Referenced trigger 'first'.*as it was before/,
    );
    expect(await scene.schema()).toEqual({});
  });

  // What the server's own files are about: MariaDB answers so to a database that is not there.
  it('is none either where the server answers with a number below 1000', async () => {
    const code = release({ '0001_user': migration('ALTER DATABASE nosuch CHARACTER SET utf8mb4', 'DO 0') });
    const { status, reason } = await scene.created(code);
    expect(status).toBe('FAILED');
    expect(reason).toMatch(/^0001_user.sql failed at step 1 of 1.*nosuch/);
  });

  it('is one where the session was idle for too long', async () => {
    const { connection, database } = scene.session();
    await database.write('SET SESSION wait_timeout = 1');
    await new Promise<void>((resolve) => connection.once('error', () => resolve()).once('end', () => resolve()));

    await expect(database.query('SELECT 1')).rejects.toThrow(ConnectionLost);
  });
});

describe.each(servers())('what $name refuses', (server) => {
  const scene = Scene.ofEachTest(server);

  // The driver has MySQL's names: MariaDB's 4025 is that of an innodb_autoextend_size there.
  it.each([
    [
      'a row that a CHECK forbids',
      'INSERT INTO a VALUES (0)',
      'ER_CHECK_CONSTRAINT_VIOLATED (3819): ',
      'error (4025): ',
    ],
    ['a VIEW that is not there', 'DROP VIEW nowhere, neither', 'ER_BAD_TABLE_ERROR (1051): ', 'error (4092): '],
    ['a column that is there', 'ALTER TABLE a ADD id INT', 'ER_DUP_FIELDNAME (1060): ', 'ER_DUP_FIELDNAME (1060): '],
  ])('is told under no name of another error: %s', async (_name, statement, onMysql, onMariaDb) => {
    const make = 'CREATE TABLE a (id INT PRIMARY KEY, CHECK (id > 0))';
    const code = release({ '0001_a': migration(`${make};\n${statement}`, 'DROP TABLE a') });
    const { reason } = await scene.created(code);
    expect(reason).toContain(`step 2 of 2 (line 3): ${server.kind === 'mariadb' ? onMariaDb : onMysql}`);
  });
});

it('4031 of MySQL, read as the answer to the next command, is a lost connection', () => {
  const message =
    'The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.';
  const error = Object.assign(new Error(message), { errno: 4031, code: 'ER_CLIENT_INTERACTION_TIMEOUT' });
  expect(translateError(error)).toBeInstanceOf(ConnectionLost);
});
