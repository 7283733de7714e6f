import type { Database } from '../../../lambda/ports';
import { ServerError } from '../../../lambda/ports';
import { release, Scene } from '../../integration/scene';
import { servers } from '../../servers';
import { weightyApplication } from '../deadlock';
import { dyingAt, migration, ProcessDied } from '../dying-process';

const ROWS = {
  '0001_a': migration('INSERT INTO counted VALUES (11)', 'DELETE FROM counted WHERE n = 11'),
  '0002_b': migration('INSERT INTO counted VALUES (12)', 'DELETE FROM counted WHERE n = 12'),
  '0003_c': migration('UPDATE counted SET n = n + 1 WHERE n = 12', 'UPDATE counted SET n = n - 1 WHERE n = 13'),
};
const NOW = Date.now();
/** It stands still: on a busy machine the transaction would be open for too long to be that of the next migration. */
const CLOCK = { now: () => NOW, remaining: () => 600_000, sleep: () => Promise.resolve() };

describe.each(servers())('migrations of DML alone that follow each other, on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.sql('CREATE TABLE counted (n INT PRIMARY KEY)');
    await scene.sql('INSERT INTO counted VALUES (1)');
  });

  const rows = async (): Promise<unknown> => (await scene.sql('SELECT n FROM counted ORDER BY n')).map(({ n }) => n);
  const history = async (): Promise<unknown> =>
    (await scene.sql(`SELECT id, name, state, stepsDone FROM ${scene.name}.migration ORDER BY id`)).map((row) =>
      Object.values(row).map(String).join(' '),
    );
  /** What the function sends, without what reads. */
  const watched = (change: (statement: string, database: Database) => Promise<void> = () => Promise.resolve()) => {
    const sent: string[] = [];
    const session = scene.session();
    const write = async (statement: string) => {
      sent.push(statement);
      await change(statement, session.database);
      return session.database.write(statement);
    };
    return { sent, connect: scene.connectingTo(session, { write }) };
  };
  const count = (sent: readonly string[], start: string): number =>
    sent.filter((text) => text.startsWith(start)).length;

  test('are one transaction and one write of the journal, in their order', async () => {
    const code = release(ROWS);
    // Nothing here leads to it.
    await scene.sql('CREATE TABLE plain (n INT) ENGINE=MyISAM');
    const { sent, connect } = watched();
    expect(await scene.run(scene.create(code), code, { connect, clock: CLOCK })).toMatchObject({ status: 'SUCCESS' });
    expect([count(sent, 'START TRANSACTION'), count(sent, 'COMMIT')]).toEqual([1, 1]);
    expect(sent.filter((text) => /^INSERT INTO `\w+`\.`migration` /.test(text))).toHaveLength(1);
    expect([await rows(), await history()]).toEqual([
      [1, 11, 13],
      ['1 0001_a applied 1', '2 0002_b applied 1', '3 0003_c applied 1'],
    ]);
  });

  test('are committed one by one where they take their time', async () => {
    const code = release(ROWS);
    const { sent, connect } = watched();
    let now = Date.now();
    const clock = { ...CLOCK, now: () => (now += 300) };
    expect(await scene.run(scene.create(code), code, { connect, clock })).toMatchObject({ status: 'SUCCESS' });
    expect([count(sent, 'START TRANSACTION'), count(sent, 'COMMIT')]).toEqual([3, 3]);
  });

  test.each([
    ['INSERT INTO counted VALUES (12)', 'after'],
    ['UPDATE counted', 'before'],
    [/^INSERT INTO `\w+`\.`migration` /, 'after'],
    ['COMMIT', 'before'],
  ] as const)('rule 13: none of them is done where the process died at %s (%s)', async (command, when) => {
    const code = release(ROWS);
    const create = scene.create(code);
    await expect(scene.run(create, code, { ...dyingAt(scene, command, when), clock: CLOCK })).rejects.toThrow(
      ProcessDied,
    );
    expect([await rows(), await history()]).toEqual([[1], []]);
    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect([await rows(), (await scene.history()).length]).toEqual([[1, 11, 13], 3]);
  });

  test('rule 13: all of them are done where it died after the commit', async () => {
    const code = release(ROWS);
    const create = scene.create(code);
    await expect(scene.run(create, code, { ...dyingAt(scene, 'COMMIT', 'after'), clock: CLOCK })).rejects.toThrow(
      ProcessDied,
    );
    expect([await rows(), (await scene.history()).length]).toEqual([[1, 11, 13], 3]);
    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect(await rows()).toEqual([1, 11, 13]);
  });

  test('rule 11: where one fails none is left, not even what no down could revert', async () => {
    await scene.sql('INSERT INTO counted VALUES (13)');
    const code = release({
      ...ROWS,
      '0001_a': '-- migrate:up\nINSERT INTO counted VALUES (11);\n-- migrate:irreversible',
    });
    const answer = await scene.created(code, { clock: CLOCK });
    expect(answer).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('0003_c.sql failed at step 1 of 1 (line 2): ER_DUP_ENTRY') as string,
    });
    expect(answer.reason).not.toContain('0001_a');
    expect([await rows(), await history()]).toEqual([[1, 13], []]);
  });

  test('rule 19: where the run is cancelled none is left', async () => {
    const code = release(ROWS);
    const { connect } = watched(async (statement) => {
      if (statement.startsWith('UPDATE counted'))
        await scene.sql(`UPDATE ${scene.name}.migration_deployment SET cancelled = 1 WHERE status = 'running'`);
    });
    expect(await scene.run(scene.create(code), code, { connect, clock: CLOCK })).toMatchObject({ kind: 'silent' });
    expect([await rows(), await history()]).toEqual([[1], []]);
  });

  test('rule 1: where the lock is lost none is left, and another session does them all', async () => {
    const code = release(ROWS);
    let connections = 0;
    const { connect } = watched(async (statement, database) => {
      if (statement.startsWith('UPDATE counted')) await database.query('DO RELEASE_ALL_LOCKS()');
    });
    const twice = () => {
      connections += 1;
      return connections === 1 ? connect() : scene.ports(code).connect();
    };
    expect(await scene.run(scene.create(code), code, { connect: twice, clock: CLOCK })).toMatchObject({
      status: 'SUCCESS',
    });
    expect([connections, await rows(), (await scene.history()).length]).toEqual([2, [1, 11, 13], 3]);
  });

  test('where the time runs out, those before it are done, and a later attempt goes on from there', async () => {
    const code = release(ROWS);
    const create = scene.create(code);
    let remaining = 600_000;
    const { connect } = watched((statement) => {
      if (statement.startsWith('INSERT INTO counted VALUES (12)')) remaining = 1_000;
      return Promise.resolve();
    });
    const clock = { ...CLOCK, remaining: () => remaining };
    expect(await scene.run(create, code, { connect, clock })).toMatchObject({ kind: 'go-on' });
    expect([await rows(), await scene.history()]).toEqual([
      [1, 11, 12],
      ['0001_a applied', '0002_b applied'],
    ]);
    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect(await rows()).toEqual([1, 11, 13]);
  });

  test('where it runs out between the looks at it of one migration, those before it stay done', async () => {
    const code = release(ROWS);
    const create = scene.create(code);
    let looks = -1;
    const { connect } = watched((statement) => {
      if (statement.startsWith('INSERT INTO counted VALUES (11)')) looks = 0;
      return Promise.resolve();
    });
    const remaining = (): number => {
      if (looks >= 0) looks += 1;
      return looks > 1 ? 1_000 : 600_000;
    };
    const clock = { ...CLOCK, remaining };
    expect(await scene.run(create, code, { connect, clock })).toMatchObject({ kind: 'go-on' });
    expect([await rows(), await scene.history()]).toEqual([[1, 11], ['0001_a applied']]);
    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect(await rows()).toEqual([1, 11, 13]);
  });

  test('where it runs out in one of them, those that were rolled back with it are tried again', async () => {
    const code = release(ROWS);
    const create = scene.create(code);
    let remaining = 600_000;
    const session = scene.session();
    const write = async (statement: string) => {
      if (!statement.startsWith('UPDATE counted')) return session.database.write(statement);
      remaining = 1_000;
      throw new ServerError('ER_QUERY_INTERRUPTED', 1317, 'Query execution was interrupted');
    };
    const clock = { ...CLOCK, remaining: () => remaining };
    const connect = scene.connectingTo(session, { write });
    expect(await scene.run(create, code, { connect, clock })).toMatchObject({ kind: 'go-on' });
    expect([await rows(), await history()]).toEqual([[1], []]);
    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect(await rows()).toEqual([1, 11, 13]);
  });

  test('are not one transaction where a view may lead to a table without transactions', async () => {
    await scene.sql('CREATE TABLE plain (n INT) ENGINE=MyISAM');
    await scene.sql('CREATE VIEW audit AS SELECT n FROM plain');
    const code = release({
      '0001_a': migration('INSERT INTO audit VALUES (7)', 'DELETE FROM audit WHERE n = 7'),
      '0002_b': migration('INSERT INTO counted VALUES (1)'),
    });
    const answer = await scene.created(code, { clock: CLOCK });
    expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('(0001_a)') as string });
    expect(await scene.sql('SELECT n FROM plain')).toEqual([]);
  });

  test.each([
    ['DDL', migration('CREATE TABLE made (n INT)', 'DROP TABLE made')],
    ['one that sets the session', migration('SET @a = 1; INSERT INTO counted VALUES (20)')],
    ['one of two kinds', migration('INSERT INTO counted VALUES (20); CREATE TABLE made (n INT)')],
    ['JavaScript', "exports.up = ({ query }) => query('INSERT INTO counted VALUES (20)');"],
    ['DML to a table without transactions', migration('INSERT INTO plain VALUES (1)')],
    ['one without statements', migration('-- nothing to do')],
  ])('are committed before %s, before which a process dies, and after which another fails', async (_, other) => {
    await scene.sql('CREATE TABLE plain (n INT) ENGINE=MyISAM');
    const code = release({ ...ROWS, '0004_d': other });
    const { sent, connect } = watched();
    expect(await scene.run(scene.create(code), code, { connect, clock: CLOCK })).toMatchObject({ status: 'SUCCESS' });
    expect(count(sent, 'COMMIT')).toBeGreaterThan(0);
    expect([(await scene.history()).length, (await scene.history()).filter((row) => row.endsWith(' applied'))]).toEqual(
      [4, ['0001_a applied', '0002_b applied', '0003_c applied', '0004_d applied']],
    );
    expect(await rows()).toEqual(expect.arrayContaining([1, 11, 13]));
  });

  test('end the DDL migration before them with their write, and leave it in doubt where they are not committed', async () => {
    const code = release({ '0000_made': migration('CREATE TABLE made (n INT)', 'DROP TABLE made'), ...ROWS });
    const create = scene.create(code);
    await expect(scene.run(create, code, { ...dyingAt(scene, 'COMMIT', 'before'), clock: CLOCK })).rejects.toThrow(
      ProcessDied,
    );
    expect([await rows(), await scene.history()]).toEqual([[1], ['0000_made applying']]);
    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect([await rows(), (await scene.history()).length]).toEqual([[1, 11, 13], 4]);
  });

  test('the victim of a deadlock and those before it are run again, each once', async () => {
    const application = await weightyApplication(scene);
    const code = release({
      '0000_made': migration('CREATE TABLE made (n INT)', 'DROP TABLE made'),
      '0001_a': migration('UPDATE counted SET n = n + 10', 'SELECT 1'),
      '0002_b': migration('UPDATE other SET n = n + 10', 'SELECT 1'),
      '0003_c': migration('INSERT INTO counted VALUES (12)', 'SELECT 1'),
    });
    const { sent, connect } = watched();
    const running = scene.run(scene.create(code), code, { connect, clock: CLOCK });
    await application.meet('UPDATE other SET n = n + 10');
    expect(await running).toMatchObject({
      status: 'SUCCESS',
      reason: expect.stringContaining('4 migrations') as string,
    });
    expect([await rows(), await scene.sql('SELECT n FROM other')]).toEqual([[12, 111], [{ n: 12 }]]);
    expect(await history()).toEqual([
      '1 0000_made applied 1', '2 0001_a applied 1', '3 0002_b applied 1', '4 0003_c applied 1',
    ]); // prettier-ignore
    expect(count(sent, 'UPDATE counted')).toBe(2);
  });
});
