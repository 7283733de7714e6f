import type { Database } from '../../../rehearsal/servers/database-types';
import { migration } from '../dying-process';
import { describeEach, servers, toTestServer, type TestServer } from '../../servers';
import { isStartable, startAnother } from '../../startable-servers';
import { release, Scene } from '../../integration/scene';

/** Where each statement has a GTID, one that writes to tables of both kinds does not begin. */
const ONE_KIND = 'ALTER TABLE source ENGINE=MyISAM';

/** What a server refuses before it runs it. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['a text that is no SQL', 'INSERT INTO kept VALUES (1), (2'],
  ['a table that is not there', 'INSERT INTO kept SELECT n FROM nowhere'],
  ['a database that is not there', 'INSERT INTO kept SELECT n FROM nowhere_at_all.a'],
  ['a column that is not there', 'UPDATE kept SET nope = 1'],
  ['a column of two tables', 'INSERT INTO kept SELECT n FROM source JOIN other'],
  ['more values than columns', 'INSERT INTO kept VALUES (1), (2, 3)'],
  ['a function that is not there', 'INSERT INTO kept SELECT nowhere_at_all(n) FROM source'],
  ['a table that nobody may write to', 'INSERT INTO information_schema.TABLES (TABLE_ROWS) SELECT n FROM kept'],
];

/** Statements that have written a row when the server says the same of them: it says it of what they call. */
const CALLED: readonly (readonly [string, string])[] = [
  ['a table that is not there', 'INSERT INTO nowhere VALUES (1)'],
  ['a column that is not there', 'UPDATE source SET nope = 1'],
  ['more values than columns', 'INSERT INTO source VALUES (2, 3)'],
  ['a function that is not there', 'INSERT INTO source VALUES (nowhere_at_all(1))'],
];

describe.each(servers())('DML on a table without transactions that is refused, on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await makeTables(scene);
  });

  it.each(REFUSED)('rule 13: has surely written nothing where it names %s: all is taken back', async (_, dml) => {
    await expectNothing(scene, dml);
  });

  it.each(REFUSED)(
    'rule 13: has written nothing in a JavaScript migration either, where it names %s',
    async (_, dml) => {
      const code = release({
        '0001_script': `exports.up = ({ query }) => query(${JSON.stringify(dml)});
        exports.down = async () => { throw new Error('not to be run'); };`,
      });
      const answer = await scene.created(code);
      expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('Nothing had to be reverted') });
      expect(await rows(scene)).toEqual([]);
    },
  );

  it.each(CALLED)('rule 13: has written a row where its trigger names %s: a person has to look', async (_, inside) => {
    await scene.sql(ONE_KIND);
    await scene.sql(`CREATE TRIGGER late AFTER INSERT ON kept FOR EACH ROW ${inside}`);
    await expectDoubt(scene, 'INSERT INTO kept VALUES (1), (2)');
  });

  it.each(CALLED)(
    'rule 13: has written a row where a function of it names %s: a person has to look',
    async (_, inside) => {
      await scene.sql(ONE_KIND);
      await scene.sql(
        `CREATE FUNCTION late() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO kept VALUES (1); ${inside}; RETURN 1; END`,
      );
      await expectDoubt(scene, 'SELECT late()');
    },
  );

  it('rule 13: has written a row where the second one is there already', async () => {
    await scene.sql('ALTER TABLE kept ADD UNIQUE (n)');
    await expectDoubt(scene, 'INSERT INTO kept VALUES (1), (1)');
  });
});

/** Statements that would write to a table with transactions, and to one without. */
const BOTH: readonly (readonly [string, string])[] = [
  ['a trigger, for each of many rows', 'INSERT INTO watched VALUES (1), (2), (3)'],
  ['a trigger, for each row of a query', 'INSERT INTO watched SELECT n FROM source'],
  ['a function, for each row of a query', 'INSERT INTO kept SELECT writes(n) FROM source'],
  ['itself', 'UPDATE kept, source SET kept.n = 9, source.n = 9'],
];

const mysql = servers().filter(({ kind }) => kind === 'mysql');
describeEach(mysql, 'one statement that writes to tables of both kinds, where each has a GTID, on $name', (server) => {
  let another: Database | undefined;
  let own: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    if (isStartable(server)) another = await startAnother(server, { fast: false, args: WITH_GTIDS });
    own = another === undefined ? server : toTestServer(another);
  });
  afterAll(() => another?.stop());
  beforeEach(async () => {
    scene = await Scene.start(own);
    await makeTables(scene);
    await scene.sql('CREATE TABLE watched (n INT)');
    await scene.sql('CREATE TRIGGER t AFTER INSERT ON watched FOR EACH ROW INSERT INTO kept VALUES (NEW.n)');
    await scene.sql(
      'CREATE FUNCTION writes(n INT) RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO other VALUES (n); RETURN n; END',
    );
  });
  afterEach(() => scene.end());

  it.each(BOTH)('rule 13: is refused with 1785 before it writes any row, by %s: all is taken back', async (_, dml) => {
    const [row] = await scene.sql('SELECT @@enforce_gtid_consistency AS isForbidden');
    if (row?.['isForbidden'] === 'ON') await expectNothing(scene, dml, '1785');
    // A server that was found running, and asks for no GTIDs.
    else await expectRun(scene, dml);
    expect(await scene.sql('SELECT COUNT(*) AS n FROM source')).toEqual([{ n: 3 }]);
  });
});

const WITH_GTIDS = [
  '--log-bin=bin',
  '--server-id=1',
  '--sync-binlog=0',
  '--innodb-flush-log-at-trx-commit=0',
  '--gtid-mode=ON',
  '--enforce-gtid-consistency=ON',
];

async function makeTables(scene: Scene): Promise<void> {
  await scene.sql('CREATE TABLE kept (n INT) ENGINE=MyISAM');
  await scene.sql('CREATE TABLE source (n INT)');
  await scene.sql('INSERT INTO source VALUES (1), (2), (3)');
  await scene.sql('CREATE TABLE other (n INT)');
}

const withDml = (dml: string) =>
  release({ '0001_dml': migration(`CREATE TABLE first_step (id INT); ${dml}`, 'DROP TABLE first_step') });

async function expectNothing(scene: Scene, dml: string, error = ''): Promise<void> {
  const code = withDml(dml);
  const before = await scene.schema();
  const { status, reason } = await scene.created(code);
  expect({ status, reason }).toEqual({ status: 'FAILED', reason: expect.stringContaining(error) });
  expect(reason).toContain('step 2');
  expect(reason).not.toContain('[needs-repair]');
  expect([await rows(scene), await scene.history(), await scene.schema()]).toEqual([[], [], before]);
  expect(await scene.sql('SELECT n FROM other')).toEqual([]);
}

async function expectDoubt(scene: Scene, dml: string): Promise<void> {
  const code = withDml(dml);
  const { reason } = await scene.created(code);
  expect(reason).toContain('nothing shows whether step 2 ');
  expect(reason).toContain('[needs-repair]');
  expect(await rows(scene)).toEqual([{ n: 1 }]);
}

async function expectRun(scene: Scene, dml: string): Promise<void> {
  const code = withDml(dml);
  expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
}

function rows(scene: Scene) {
  return scene.sql('SELECT n FROM kept');
}
