import { randomBytes } from 'node:crypto';
import { DRIVER_OPTIONS } from '../../../lambda/edges/database/mysql';
import { databaseOf } from '../../../lambda/edges/database/database-of';
import { DeploymentJournal } from '../../../lambda/journal/deployment-journal';
import { ConnectionLost, ServerError } from '../../../lambda/ports';
import { manifestOf } from '../../../lambda/manifest/manifest';
import type { ManifestEntry } from '../../../lambda/manifest/types';
import type { Database } from '../../../rehearsal/servers/database-types';
import { servers, toTestServer } from '../../servers';
import { describeEachStartable, startAnother } from '../../startable-servers';
import { FIRST, release, type Release, Scene, USER } from '../scene';

const MIB = 1024 * 1024;

/** Settings of the whole server, so it is one of our own. */
describeEachStartable(servers(), 'on $name with a max_allowed_packet of 1 MiB and LOCAL allowed', (like) => {
  let database: Database;
  let scene: Scene;
  beforeAll(async () => {
    const options = { fast: true, args: [`--max-allowed-packet=${MIB}`, '--local-infile=1'] };
    database = await startAnother(like, options);
  });
  afterAll(() => database.stop());
  beforeEach(async () => {
    scene = await Scene.start(toTestServer(database));
  });
  afterEach(() => scene.end());

  const withB = (step: string): ReturnType<typeof release> =>
    release({
      '0001_user': USER,
      '0002_b': `-- migrate:up\nCREATE TABLE b (t LONGTEXT);\n${step};\n-- migrate:down\nDROP TABLE b;`,
    });

  async function failsAtStepTwo(next: ReturnType<typeof release>): Promise<string> {
    await scene.created(FIRST);
    const schema = await scene.schema();
    const answer = await scene.updated(FIRST, next);
    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toMatch(/^0002_b\.sql failed at step 2 of 2 \(line 3\): /);
    expect(answer.reason).toContain('the schema is as it was before the deployment');
    expect(await scene.schema()).toEqual(schema);
    for (const code of [FIRST, next])
      expect(await scene.answer(scene.update(next, FIRST), code)).toMatchObject({ status: 'SUCCESS' });
    return answer.reason;
  }

  test('a statement larger than the server takes fails at its step, with both numbers, and is reverted', async () => {
    const reason = await failsAtStepTwo(withB(`INSERT INTO b VALUES ('${'x'.repeat(2_000_000)}')`));
    expect(reason).toContain('ER_NET_PACKET_TOO_LARGE (1153): the statement takes 2,000,028 bytes');
    expect(reason).toContain("the server's max_allowed_packet is 1,048,576; it was not sent");
  });

  test('what is refused is what the server does not take, and no less', async () => {
    const { database: port } = scene.session();
    port.packets.max = MIB;
    const ofPayload = (bytes: number): string => `DO '${'x'.repeat(bytes - 8)}'`;
    await expect(port.write(ofPayload(MIB - 1))).resolves.toMatchObject({ found: 0 });
    await expect(port.write(ofPayload(MIB))).rejects.toThrow(ServerError);
    // Without the check it is the end of the session.
    const { database: unaware } = scene.session();
    await expect(unaware.write(ofPayload(MIB + 64))).rejects.toThrow(ConnectionLost);
  });

  test('a JavaScript migration sees the error of its own large parameter, and may go on', async () => {
    const next = release({
      '0001_user': USER,
      '0002_script': `exports.up = async ({ query }) => {
        const error = await query('INSERT INTO user (email) VALUES (?)', ['x'.repeat(2000000)]).catch((e) => e);
        await query('INSERT INTO user (email) VALUES (?)', [error.code]);
      };
      exports.down = async ({ query }) => { await query('DELETE FROM user'); };`,
    });
    await scene.created(FIRST);
    expect(await scene.updated(FIRST, next)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql('SELECT email FROM user')).toEqual([{ email: 'ER_NET_PACKET_TOO_LARGE' }]);
  });

  test('what the journal writes is split, and a script that does not fit is refused before it is run', async () => {
    const noise = (bytes = MIB / 2): string => randomBytes(bytes).toString('base64');
    const first = release({
      '0001_big': `exports.up = ({ query }) => query('CREATE TABLE a (id INT)');
exports.down = ({ query }) => query('DROP TABLE a');\n// ${noise()}`,
    });
    expect(await scene.created(first)).toMatchObject({ status: 'SUCCESS' });
    const [stored] = await scene.sql('SELECT UNCOMPRESS(script) AS script FROM migration');
    expect(String(stored?.['script']) === first.scripts.get('0001_big')).toBe(true);

    const huge = release({
      '0002_huge': `-- migrate:up\nCREATE TABLE huge (id INT);\n-- migrate:down\nDROP TABLE huge; DO '${noise(2 * MIB)}';`,
    });
    const answer = await scene.answer(scene.update(first, both(first, huge)), both(first, huge));
    expect(answer.reason).toMatch(/^0002_huge\.sql was not run: .*max_allowed_packet is 1,048,576/);
    expect(answer.reason).toContain('Nothing had to be reverted');

    const { database: port } = scene.session();
    // As of a server with a much smaller limit yet.
    port.packets.max = 64 * 1024;
    const journal = new DeploymentJournal(port);
    const entries = Array.from({ length: 5_000 }, (_, index): ManifestEntry => {
      const hash = randomBytes(32).toString('hex');
      const name = `${index}_x` as ManifestEntry['name'];
      return { name, file: '', checksum: hash as never, sha256: hash, steps: 1, irreversible: false };
    });
    const { digest } = manifestOf(entries);
    const { request } = scene.update(first, FIRST);
    const id = await journal.begin({
      request,
      type: 'Update',
      rootStackId: scene.stackId,
      physicalId: 'x',
      oldHash: null,
      newHash: 'x',
      oldDigest: null,
      newDigest: digest,
      manifest: entries,
      checksum: 'x',
      status: 'running',
    });
    const text = noise();
    await journal.setSchemaBefore(id, { objects: [{ kind: 'table', name: 'x', definition: text }] });
    expect((await journal.manifest(digest))?.map(({ sha256 }) => sha256)).toEqual(entries.map(({ sha256 }) => sha256));
    expect((await journal.schemaBefore(id))?.objects[0]?.definition === text).toBe(true);
  });

  test.each(['DATA', 'XML'])('LOAD %s LOCAL fails at its step, says why, and is reverted', async (what) => {
    const reason = await failsAtStepTwo(withB(`/* seed */ LOAD ${what} LOCAL INFILE 'seed.csv' INTO TABLE b`));
    expect(reason).toContain('needs a file on the client, which the function has not: write the rows as INSERT');
    expect(reason).not.toContain('[internal]');
  });

  test('in a JavaScript migration the query of a LOAD DATA LOCAL is refused with an error that says so', async () => {
    const next = release({
      '0001_user': USER,
      '0002_script': `exports.up = async ({ query }) => { await query("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE user"); };`,
    });
    await scene.created(FIRST);
    const answer = await scene.updated(FIRST, next);
    expect(answer.reason).toMatch(/^0002_script\.js failed at its up: .*needs a file on the client/);
    expect(answer.reason).toContain('Nothing had to be reverted');
  });

  test('the server is not told that it may ask for files, and reads none', async () => {
    const { connection, database: port } = scene.session();
    expect(DRIVER_OPTIONS.flags).toContain('-LOCAL_FILES');
    const { clientFlags } = (connection as unknown as { config: { clientFlags: number } }).config;
    expect(clientFlags & 0x80).toBe(0);
    await scene.sql('CREATE TABLE b (t TEXT)');
    await expect(port.query(`LOAD DATA LOCAL INFILE '${__filename}' INTO TABLE b`)).rejects.toThrow(ServerError);
    await expect(port.execute(`LOAD DATA LOCAL INFILE '${__filename}' INTO TABLE b`, [])).rejects.toThrow(ServerError);
    // The session is as good as before.
    expect(await port.query('SELECT COUNT(*) AS n FROM b')).toEqual([{ n: 0 }]);
    // One that asks all the same, as the driver tells it.
    const asks = { query: (_: string, done: (error: Error) => void) => done(new Error(DRIVERS_TEXT)) };
    await expect(databaseOf(asks as never, 'x').query('SELECT 1')).rejects.toThrow(/needs a file on the client/);
  });

  test.each([
    ['undefined', '[undefined]'],
    ['a circle', '[(() => { const a = {}; a.a = a; return a; })()]'],
    ['too few parameters', '[]'],
  ])('a parameter that the driver does not take (%s) is the failure of its migration', async (_, parameters) => {
    const next = release({
      '0001_user': USER,
      '0002_script': `exports.up = async ({ query }) => { await query('SELECT ?', ${parameters}); };`,
    });
    await scene.created(FIRST);
    const answer = await scene.updated(FIRST, next);
    expect(answer.reason).toMatch(/^0002_script\.js failed at its up: /);
    expect(await scene.deployments()).toEqual(['Create applied', 'Update reverted']);
  });

  test.each([
    [
      'step',
      withB('ALTER TABLE b ADD COLUMN x INT'),
      'ALTER TABLE b',
      String.raw`step 2 of 2 of 0002_b.sql \(line 3\)`,
    ],
    [
      'migration',
      release({
        '0001_user': USER,
        '0002_script': `exports.up = async ({ query }) => { await query('DELETE FROM user'); }; exports.down = exports.up;`,
      }),
      'DELETE FROM user',
      'the up of 0002_script.js',
    ],
  ])(
    'a connection that ends at the same %s each time is its fault, and it is named',
    async (_, next, begins, where) => {
      await scene.created(FIRST);
      let connections = 0;
      const connect = (): ReturnType<ReturnType<Scene['connectingTo']>> => {
        connections += 1;
        const session = scene.session();
        const ending =
          <T>(work: (statement: string) => Promise<T>) =>
          (statement: string): Promise<T> => {
            if (!statement.startsWith(begins)) return work(statement);
            session.close();
            return Promise.reject(new ConnectionLost('ECONNRESET: on purpose'));
          };
        return scene.connectingTo(session, {
          execute: ending((statement) => session.database.execute(statement, [])),
          write: ending((statement) => session.database.write(statement)),
        })();
      };
      const answer = await scene.updated(FIRST, next, { connect });
      expect(answer.reason).toMatch(
        new RegExp(`^the connection to the database was lost 3 times, each time at ${where} .*That statement itself`),
      );
      expect(answer.reason).not.toContain('health');
      expect(connections).toBe(3);
      await scene.unlocked();
      expect(await scene.updated(next, FIRST)).toMatchObject({ status: 'SUCCESS' });
      expect(await scene.history()).toEqual(['0001_user applied']);
    },
  );
});

/** Two releases in one. */
function both(one: Release, other: Release): Release {
  const manifest = manifestOf([...one.manifest.migrations, ...other.manifest.migrations]);
  const scripts = new Map([...one.scripts, ...other.scripts]);
  return { manifest, scripts, properties: { ...one.properties, Digest: manifest.digest } };
}

const DRIVERS_TEXT =
  'As a result of LOCAL INFILE command server wants to read /etc/passwd file, but as of v2.0 you must';
