import { databaseOf } from '../../../lambda/edges/database/database-of';
import { writeOneByOne } from '../../../lambda/edges/database/multi-statements';
import type { Database, Written } from '../../../lambda/ports';
import { ConnectionLost, ServerError } from '../../../lambda/ports';
import { servers, type TestServer } from '../../servers';
import { invoke } from '../by-hand';
import { FIRST, release, Scene, USER } from '../scene';

/** DDL, DML, a trigger, a session statement and a JavaScript migration without DDL, in one release. */
const MIXED = release({
  '0001_user': USER,
  '0002_mixed': `-- migrate:up
ALTER TABLE user ADD COLUMN name VARCHAR(100) NULL;
INSERT INTO user (email, name) VALUES ('a@example.com', 'Åsa'), ('b@example.com', 'Bo');
SET @unused = 1;
CREATE TABLE log (email VARCHAR(190) NOT NULL);
ALTER TABLE log ADD COLUMN at DATETIME NULL, ADD INDEX (email);
UPDATE user SET name = CONCAT(name, '!');
DELIMITER //
CREATE TRIGGER user_log AFTER DELETE ON user FOR EACH ROW BEGIN INSERT INTO log (email) VALUES (OLD.email); END//
DELIMITER ;
-- migrate:down
DROP TRIGGER user_log;
DROP TABLE log;
DELETE FROM user WHERE email IN ('a@example.com', 'b@example.com');
ALTER TABLE user DROP COLUMN name;`.replace('SET @unused = 1', "SET time_zone = '+00:00'"),
  '0003_script': `exports.up = async ({ query }) => {
  await query('INSERT INTO user (email, name) VALUES (?, ?)', ['c@example.com', '表']);
};
exports.down = async ({ query }) => {
  const { affectedRows } = await query('DELETE FROM user WHERE email = ?', ['c@example.com']);
  if (affectedRows !== 1) throw new Error('a down that ran twice');
};`,
});

const ROWS = [{ name: 'Åsa!' }, { name: 'Bo!' }, { name: '表' }];

/** Whatever was applied before the loss; nothing any more where it came once all was written down. */
const SAID = /^(2 migrations applied \(0002_mixed, 0003_script\)|this request was carried out before)$/;

/** More than any run of these tests sends. */
const MANY = 400;

/**
 * Of three commands that follow each other one is played, on each server and for each moment another one.
 * `TEST_EVERY_COMMAND` has all of them, as `npm run test:other-server` sets it.
 */
function* commandsOf(server: TestServer, when: 'before' | 'after'): Generator<number> {
  const every = process.env['TEST_EVERY_COMMAND'] === undefined ? 3 : 1;
  const first = 1 + ((servers().findIndex(({ name }) => name === server.name) + (when === 'after' ? 2 : 0)) % every);
  for (let command = first; command < MANY; command += every) yield command;
}

describe.each(servers())('a run on $name that loses its connection', (server) => {
  const scene = Scene.ofEachTest(server);

  it.each(['before', 'after'] as const)(
    '%s any of its commands applies everything exactly once',
    async (when) => {
      const expected = await expectedSchema();
      let points = 0;
      for (const command of commandsOf(server, when)) {
        await scene.sql(`DROP DATABASE ${scene.name}`);
        await scene.sql(`CREATE DATABASE ${scene.name} CHARACTER SET utf8mb4`);
        scene.renew();
        await scene.created(FIRST);
        const fault = faultAt(command, when);
        const answer = await scene.updated(FIRST, MIXED, { connect: fault.connect(scene) });

        expect([command, answer.status, answer.reason]).toEqual([command, 'SUCCESS', expect.stringMatching(SAID)]);
        expect([command, await scene.schema()]).toEqual([command, expected]);
        expect([command, await scene.sql(`SELECT name FROM ${scene.name}.user ORDER BY email`)]).toEqual([
          command,
          ROWS,
        ]);
        expect([command, await scene.history()]).toEqual([
          command,
          ['0001_user applied', '0002_mixed applied', '0003_script applied'],
        ]);
        if (!fault.happened()) break;
        points += 1;
      }
      expect(points).toBeGreaterThan(10);
    },
    240_000,
  );

  it.each(['before', 'after'] as const)(
    '%s any command of its rollback reverts everything exactly once',
    async (when) => {
      let points = 0;
      for (const command of commandsOf(server, when)) {
        await scene.sql(`DROP DATABASE ${scene.name}`);
        await scene.sql(`CREATE DATABASE ${scene.name} CHARACTER SET utf8mb4`);
        scene.renew();
        await scene.created(FIRST);
        const before = await scene.schema();
        await scene.updated(FIRST, MIXED);
        const fault = faultAt(command, when);
        const answer = await scene.updated(MIXED, FIRST, { connect: fault.connect(scene) });

        expect([command, answer.status, answer.reason, answer.data.Drift]).toEqual([
          command,
          'SUCCESS',
          expect.any(String),
          '',
        ]);
        expect([command, await scene.schema()]).toEqual([command, before]);
        expect([command, await scene.history()]).toEqual([command, ['0001_user applied']]);
        if (!fault.happened()) break;
        points += 1;
      }
      expect(points).toBeGreaterThan(6);
    },
    240_000,
  );

  it.each([
    { command: 'status', diff: true },
    { command: 'plan' },
    { command: 'verify' },
    { command: 'watch' },
    { command: 'dump' },
    { command: 'baseline', to: '0001_user' },
  ])('at any command of $command, which only reads, answers what it would have', async (event) => {
    await scene.created(FIRST);
    // Some tell whether the lock is held, and a server frees that of a session that has just ended some time later.
    const answer = async (more = {}): Promise<unknown> => {
      await scene.unlocked();
      return invoke(scene, MIXED, event, more);
    };
    const whole = await answer();
    let command = 1;
    for (let isOver = false; !isOver; command += 1) {
      const fault = faultAt(command, 'before');
      expect([command, await answer({ connect: fault.connect(scene) })]).toEqual([command, whole]);
      isOver = !fault.happened();
    }
    expect(command).toBeGreaterThan(2);
  });

  async function expectedSchema(): Promise<Readonly<Record<string, string>>> {
    await scene.created(MIXED);
    return scene.schema();
  }
});

describe.each(servers())('an error of $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const raise = (number: number, text: string): Promise<unknown> =>
    databaseOf(scene.outside, scene.name).write(
      `SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${number}, MESSAGE_TEXT = '${text}'`,
    );

  test.each([
    [1290, 'The MySQL server is running with the --read-only option so it cannot execute this statement'],
    [1290, 'The MySQL server is running with the --super-read-only option so it cannot execute this statement'],
    [1836, 'Running in read-only mode'],
    [1874, 'InnoDB is in read only mode.'],
  ])(
    'with the number %i is that of a server that fails over: the run starts over on another session',
    async (number, text) => {
      await expect(raise(number, text)).rejects.toThrow(ConnectionLost);
    },
  );

  test('that another option brings is the statement’s own', async () => {
    const text = 'The MySQL server is running with the --secure-file-priv option so it cannot execute this statement';
    await expect(raise(1290, text)).rejects.toThrow(ServerError);
  });
});

/** The session ends at one command of the run: before it reaches the server, or after, before its answer arrives. */
function faultAt(command: number, when: 'before' | 'after') {
  let count = 0;
  const lose = <T>(session: ReturnType<Scene['session']>, work: () => Promise<T>): Promise<T> => {
    count += 1;
    if (count !== command) return work();
    const end = (): never => {
      session.close();
      throw new ConnectionLost('on purpose');
    };
    return when === 'before' ? Promise.resolve().then(end) : work().then(end, end);
  };
  return {
    happened: () => count >= command,
    connect: (scene: Scene) => () => {
      const session = scene.session();
      const { database } = session;
      const write = (statement: string): Promise<Written> => lose(session, () => database.write(statement));
      const faulty: Database = {
        name: database.name,
        packets: database.packets,
        query: (statement) => lose(session, () => database.query(statement)),
        write,
        execute: (statement, parameters) => lose(session, () => database.execute(statement, parameters)),
        readTogether: (statements) => lose(session, () => database.readTogether(statements)),
        writeTogether: (statements, answered) => writeOneByOne(write, statements, answered),
      };
      return Promise.resolve({
        kind: 'connected' as const,
        session: { database: faulty, close: () => session.close() },
      });
    },
  };
}
