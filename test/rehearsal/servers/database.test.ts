import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectTo } from '../../../rehearsal/servers/connect';
import { type Database, startDatabase, startDatabases } from '../../../rehearsal/servers/database';
import { databaseAt, parseDatabaseUrl } from '../../../rehearsal/servers/database-url';
import { Databases } from '../../../rehearsal/servers/databases';
import type * as FreePort from '../../../rehearsal/servers/free-port';
import { readGreeting } from '../../../rehearsal/servers/greeting';
import {
  findInstalledPrograms,
  findNamedPrograms,
  findServerProgram,
  findServerPrograms,
  parseServerVersion,
  type ServerProgram,
} from '../../../rehearsal/servers/server-program';
import { startThrowawayServer } from '../../../rehearsal/servers/throwaway-server';
import { servers } from '../../servers';

jest.setTimeout(120_000);

/** Ports that are said to be free, before those that are. */
const saidFree: number[] = [];
jest.mock('../../../rehearsal/servers/free-port', () => {
  const real = jest.requireActual<typeof FreePort>('../../../rehearsal/servers/free-port');
  return { findFreePort: () => Promise.resolve(saidFree.shift()).then((port) => port ?? real.findFreePort()) };
});

/** What runs a server of this run; none where all of them were given, and then such tests are shown as skipped. */
const [program] = servers().flatMap((server) => server.program ?? []);
const withProgram = (name: string, run: (program: ServerProgram) => Promise<void>): void =>
  program === undefined ? test.skip(name, () => undefined) : test(name, () => run(program));

const started: Database[] = [];
const folder = mkdtempSync(path.join(tmpdir(), 'rehearsal-test-'));
const { REHEARSAL_DATABASE_URL, DATABASE_SERVER_COMMANDS, XDG_CACHE_HOME } = process.env;
beforeAll(() => {
  delete process.env.REHEARSAL_DATABASE_URL;
  // A template of this test's own: the first start makes it, the second one takes it.
  process.env.XDG_CACHE_HOME = folder;
});
afterAll(async () => {
  Object.assign(process.env, {
    ...(REHEARSAL_DATABASE_URL && { REHEARSAL_DATABASE_URL }),
    ...(XDG_CACHE_HOME && { XDG_CACHE_HOME }),
  });
  await Promise.all(started.map((database) => database.stop()));
  rmSync(folder, { recursive: true });
});

async function start(...options: Parameters<typeof startDatabase>): Promise<Database> {
  const database = await startDatabase(...options);
  started.push(database);
  return database;
}

test('two servers that start at once share one template, and are servers of their own', async () => {
  const [one, two] = await Promise.all([start({ fast: true }), start({ password: `it's "quoted" \\ 表` })]);
  expect(one.port).not.toBe(two.port);
  expect(readdirSync(path.join(folder, 'cdk-aurora-migrations'))).toEqual([`${one.kind}-${one.version}`]);
  for (const database of [one, two]) {
    const connection = await connectTo(database);
    const [rows] = await connection.query("SHOW STATUS LIKE 'Ssl_version'");
    expect(rows).toEqual([{ Variable_name: 'Ssl_version', Value: expect.stringContaining('TLS') }]);
    await connection.end();
  }
});

test('a server whose port another one took is not taken for that one, and gets another port', async () => {
  const one = await start({ fast: true });
  saidFree.push(one.port);
  const two = await start({ fast: true });
  expect(saidFree).toEqual([]);
  expect(two.port).not.toBe(one.port);
  await (await connectTo(two)).end();
});

test('a server that is killed keeps its data until it is restarted', async () => {
  const database = await start({ args: ['--max-connections=17'] });
  const before = await connectTo(database);
  await before.query('CREATE DATABASE kept');
  await before.end();

  await database.kill();
  await expect(readGreeting(database)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await database.restart();

  const after = await connectTo(database, 'kept');
  expect((await after.query('SELECT @@max_connections AS value'))[0]).toEqual([{ value: 17 }]);
  await after.end();
});

test('a server that is stopped leaves nothing behind', async () => {
  const database = await start({ fast: true });
  const files = path.dirname(database.caFile!);
  expect(existsSync(files)).toBe(true);
  await database.stop();
  expect(existsSync(files)).toBe(false);
  await expect(readGreeting(database)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a server that refuses its arguments says why', async () => {
  await expect(start({ args: ['--no-such-option'] })).rejects.toThrow(/ended while it started:[^]*no-such-option/);
});

test.each(['failed with error 28', 'No space left on device'])('a server without room says so: %s', async (said) => {
  const refused = start({ args: [`--no-such-option-${said}`] });
  await expect(refused).rejects.toThrow('since there is no room for its data (set TMPDIR, or make room)');
});

test('the server of REHEARSAL_DATABASE_URL goes before all others, and is not ours to end', async () => {
  const [server] = servers();
  process.env.REHEARSAL_DATABASE_URL = server!.url;
  try {
    const database = await startDatabase();
    expect(database).toMatchObject({
      port: server!.port,
      kind: server!.kind,
      caFile: server!.caFile,
      ownServer: false,
    });
    await database.stop();
    await expect(database.kill()).rejects.toThrow("it is REHEARSAL_DATABASE_URL's, not ours");
    await expect(readGreeting(server!)).resolves.toMatchObject({ kind: server!.kind });
  } finally {
    delete process.env.REHEARSAL_DATABASE_URL;
  }
});

test('the server of DATABASE_URL is never taken: somebody’s data may be there', async () => {
  process.env.DATABASE_URL = servers()[0]!.url;
  try {
    const database = await start({ fast: true });
    expect(database).toMatchObject({ ownServer: true });
    expect(database.port).not.toBe(servers()[0]!.port);
  } finally {
    delete process.env.DATABASE_URL;
  }
});

test('on a server that is not ours, what was made is dropped, and what was there is refused', async () => {
  const database = await databaseAt(servers()[0]!.url, 'the URL');
  const connection = await connectTo(database);
  await connection.query('CREATE DATABASE rehearsal_was_there');
  try {
    const databases = new Databases(database);
    await Promise.all(['rehearsal_new', 'rehearsal_new'].map((name) => databases.create(name)));
    await expect(databases.create('rehearsal_was_there')).rejects.toThrow('has a database rehearsal_was_there');
    await databases.dropFromForeignServer();
    const [rows] = await connection.query("SHOW DATABASES LIKE 'rehearsal\\_%'");
    expect((rows as object[]).flatMap((row) => Object.values(row) as unknown[])).toEqual(['rehearsal_was_there']);
  } finally {
    await connection.query('DROP DATABASE rehearsal_was_there');
    await connection.end();
  }
});

test('a URL is taken apart', () => {
  expect(parseDatabaseUrl('mysql://us%40er:p%3Aw@db.example:3307/app?ssl-ca=%2Ftmp%2Fca.pem', 'it')).toEqual({
    host: 'db.example',
    port: 3307,
    user: 'us@er',
    password: 'p:w',
    caFile: '/tmp/ca.pem',
  });
  expect(parseDatabaseUrl('mysql://[::1]', 'it')).toMatchObject({
    host: '::1',
    port: 3306,
    user: 'root',
    password: '',
  });
  expect(() => parseDatabaseUrl('secret', 'it')).toThrow('it is no URL; expected mysql://');
  expect(() => parseDatabaseUrl('postgres://x', 'it')).toThrow('it begins with postgres://; expected mysql://');
});

test('a URL where nobody answers is an error, and not a reason to start another server', async () => {
  await expect(databaseAt('mysql://root:password@127.0.0.1:1/', 'it')).rejects.toThrow(
    'it names a server at 127.0.0.1:1 that does not answer',
  );
});

test('a server tells its kind and version', () => {
  expect(parseServerVersion('mysqld  Ver 8.0.40 for Linux on x86_64 (MySQL Community Server - GPL)')).toEqual({
    kind: 'mysql',
    version: '8.0.40',
  });
  expect(
    parseServerVersion('mysqld  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12)'),
  ).toEqual({
    kind: 'mariadb',
    version: '10.11.14-MariaDB-0+deb12u2',
  });
  expect(parseServerVersion('usage: mysqld')).toBeUndefined();
});

test('programs on the PATH go before those in the usual folders', async () => {
  const program = path.join(folder, 'mysqld');
  writeFileSync(program, '#!/bin/sh\necho "mysqld  Ver 8.0.99 for Linux"\n', { mode: 0o755 });
  const found = { kind: 'mysql', version: '8.0.99', command: [program], ownFiles: [] };
  expect((await findInstalledPrograms(folder))[0]).toEqual(found);
});

describe('DATABASE_SERVER_COMMANDS', () => {
  afterEach(() => {
    delete process.env.DATABASE_SERVER_COMMANDS;
    if (DATABASE_SERVER_COMMANDS !== undefined) process.env.DATABASE_SERVER_COMMANDS = DATABASE_SERVER_COMMANDS;
  });

  /** A program that lies in a folder of its own and is started by another one, as that of an unpacked package is. */
  function runner(name: string): string {
    const file = path.join(folder, name);
    writeFileSync(file, '#!/bin/sh\n[ "$1" = --env ] && shift\nexec "$@"\n', { mode: 0o755 });
    return file;
  }

  test('names commands with their options, and goes before the PATH', async () => {
    const server = path.join(folder, 'named-mysqld');
    // The first option of all has to be that one, as it is for a real server.
    writeFileSync(server, '#!/bin/sh\n[ "$1" = --no-defaults ] && echo "mysqld  Ver 8.4.99 for Linux"\n', {
      mode: 0o755,
    });
    const run = runner('run');
    process.env.DATABASE_SERVER_COMMANDS = ` ${run} ${server}  --basedir=/opt/a --plugin-dir=/opt/b ;${server}; `;
    const expected = [
      {
        kind: 'mysql',
        version: '8.4.99',
        command: [run, server],
        ownFiles: ['--basedir=/opt/a', '--plugin-dir=/opt/b'],
      },
      { kind: 'mysql', version: '8.4.99', command: [server], ownFiles: [] },
    ];
    expect(await findNamedPrograms()).toEqual(expected);
    expect((await findServerPrograms()).slice(0, 2)).toEqual(expected);
    expect(await findServerProgram('mysql')).toEqual(expected[0]);
  });

  test.each([
    ['/no/such/mysqld --basedir=/x', 'which cannot be run (spawn /no/such/mysqld ENOENT)'],
    ['/bin/echo mysqld', 'which does not say of which version it is'],
    ['--basedir=/x', 'which names no program before its options'],
  ])('%s is an error that names the command, and no reason to take another server', async (command, why) => {
    process.env.DATABASE_SERVER_COMMANDS = command;
    for (const find of [startDatabase, startDatabases])
      await expect(find()).rejects.toThrow(
        `DATABASE_SERVER_COMMANDS has \`${command}\`, ${why}; no server was started`,
      );
  });

  withProgram(
    'a server of it is initialised, started, killed and started again as one of the PATH is, and stands for its kind',
    async (program) => {
      const command = [runner('run-again'), ...program.command, ...program.ownFiles].join(' ');
      process.env.DATABASE_SERVER_COMMANDS = command;
      const running = await startDatabases({ fast: true });
      started.push(...running);
      const database = running.at(-1)!;
      expect(running.filter(({ kind }) => kind === program.kind)).toEqual([database]);
      expect(database).toMatchObject({
        kind: program.kind,
        program: { command: [runner('run-again'), ...program.command] },
      });
      await database.kill();
      await database.restart();
      await (await connectTo(database)).end();
    },
  );
});

withProgram('a server that is initialised in another way has a template of its own', async (program) => {
  const database = await startThrowawayServer(program, { fast: true, args: ['--lower-case-table-names=1'] });
  started.push(database);
  const connection = await connectTo(database);
  const [rows] = await connection.query('SELECT @@lower_case_table_names AS value');
  await connection.end();
  expect(rows).toEqual([{ value: 1 }]);
  expect(readdirSync(path.join(folder, 'cdk-aurora-migrations'))).toContain(
    `${program.kind}-${program.version.replace(/[^\w.+-]/g, '_')}---lower-case-table-names_1`,
  );
});

test('a machine without any server gets one error that lists the ways to one', async () => {
  const asked: string[] = [];
  const no = (name: string, reason: string) => ({
    name,
    start: () => {
      asked.push(name);
      return Promise.resolve({ kind: 'unavailable', reason } as const);
    },
  });
  const error = startDatabase({}, [no('one way', 'not here'), no('another way', 'only as root')]);
  await expect(error).rejects.toThrow(/REHEARSAL_DATABASE_URL=[^]*mysqld[^]*npm install[^]*apt-get install/);
  await expect(error).rejects.toThrow('tried: one way: not here; another way: only as root');
  expect(asked).toEqual(['one way', 'another way']);
});
