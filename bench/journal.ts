import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createConnection, type Connection } from 'mysql2';
import { deploy } from '../lambda/deploy';
import { databaseOf } from '../lambda/edges/mysql';
import type { Database, Log } from '../lambda/engine/ports';
import { checksumOf, sha256 } from '../lambda/plan/checksum';
import type { Intent } from '../lambda/plan/intent';
import { manifestOf } from '../lambda/plan/manifest';
import type { Manifest, ManifestEntry, MigrationName } from '../lambda/plan/types';
import { type Database as Server, startDatabase, startMysql } from '../rehearsal/database';

/**
 * What the journal costs: many migrations of one statement each, against one connection that sends the same statements
 * with one INSERT into a history table each. Both in turn, on a server with its default durability; medians and ratios.
 */
const MIGRATIONS = Number(process.argv[2] ?? 300);
const ROUNDS = Number(process.argv[3] ?? 5);

async function main(): Promise<void> {
  const servers = [await startDatabase(), await startMysql()];
  try {
    for (const server of servers) if (server !== undefined) await compare(server);
  } finally {
    for (const server of servers) await server?.stop();
  }
}

async function compare(server: Server): Promise<void> {
  for (const [kind, statement] of Object.entries(STATEMENTS)) {
    const plain: number[] = [];
    const ours: number[] = [];
    let commands = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      plain.push(await inDatabase(server, (connection) => sendPlainly(connection, statement)));
      ours.push(
        await inDatabase(server, async (connection, name) => {
          const counted = counting(databaseOf(connection, name));
          await migrate(counted.database, statement);
          commands = counted.count();
        }),
      );
    }
    const [a, b] = [median(plain), median(ours)];
    process.stdout.write(
      `${server.kind} ${server.version.split('-')[0] ?? ''}, ${MIGRATIONS} × ${kind}: plain ${perMigration(a)} ms, ours ${perMigration(b)} ms a migration, ` +
        `ratio ${(b / a).toFixed(2)}, ${(commands / MIGRATIONS).toFixed(2)} commands a migration\n`,
    );
  }
  await inDatabase(server, (connection, name) => countIdle(server, connection, name));
}

/** Commands of a deployment that has nothing to apply. */
async function countIdle(server: Server, connection: Connection, name: string): Promise<void> {
  const statement = STATEMENTS['CREATE TABLE'];
  await migrate(databaseOf(connection, name), statement);
  // Ends the session, and with it the lock.
  connection.destroy();
  const again = await connect(server, name);
  const counted = counting(databaseOf(again, name));
  await migrate(counted.database, statement, 'nonce');
  process.stdout.write(`${server.kind}: ${counted.count()} commands where nothing is pending\n`);
  again.destroy();
}

const STATEMENTS = {
  'CREATE TABLE': (index: number) => `CREATE TABLE t${index} (id INT PRIMARY KEY, name VARCHAR(50))`,
  INSERT: (index: number) => `INSERT INTO target VALUES (${index}, 'row')`,
} as const;

async function inDatabase(
  server: Server,
  work: (connection: Connection, name: string) => Promise<void>,
): Promise<number> {
  const name = `bench_${randomUUID().slice(0, 8)}`;
  const admin = await connect(server);
  await databaseOf(admin, '').write(`CREATE DATABASE ${name}`);
  const connection = await connect(server, name);
  await databaseOf(connection, name).write('CREATE TABLE target (id INT PRIMARY KEY, name VARCHAR(50))');
  const start = performance.now();
  await work(connection, name);
  const duration = performance.now() - start;
  connection.destroy();
  await databaseOf(admin, '').write(`DROP DATABASE ${name}`);
  admin.destroy();
  return duration;
}

async function sendPlainly(connection: Connection, statement: (index: number) => string): Promise<void> {
  const database = databaseOf(connection, '');
  await database.write('CREATE TABLE history (name VARCHAR(255) PRIMARY KEY, at DATETIME)');
  for (let index = 0; index < MIGRATIONS; index += 1) {
    await database.write(statement(index));
    await database.write(`INSERT INTO history VALUES ('${nameOf(index)}', NOW())`);
  }
}

async function migrate(database: Database, statement: (index: number) => string, nonce = ''): Promise<void> {
  const { manifest, scripts } = releaseOf(statement);
  const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const answer = await deploy(intentFor(manifest, nonce), {
    connect: () => Promise.resolve({ kind: 'connected', session: { database, close: () => undefined } }),
    code: manifest,
    own: {
      text: (name) => scripts.get(name) ?? '',
      largeUp: () => [],
      module: () => ({ up: () => Promise.resolve() }),
    },
    rootStackId: STACK,
    isFirstAttempt: true,
    log: silent,
    clock: { now: () => Date.now(), remaining: () => 900_000, sleep: () => Promise.resolve() },
  });
  if (answer.kind !== 'answer' || answer.status !== 'SUCCESS') throw new Error(JSON.stringify(answer));
}

function releaseOf(statement: (index: number) => string): { manifest: Manifest; scripts: ReadonlyMap<string, string> } {
  const scripts = new Map<string, string>();
  const entries = Array.from({ length: MIGRATIONS }, (_, index): ManifestEntry => {
    const up = statement(index);
    const text = JSON.stringify({ v: 1, up: [up], down: [`DROP TABLE t${index}`] });
    scripts.set(nameOf(index), text);
    const name = nameOf(index) as MigrationName;
    return { name, file: `${name}.sql`, checksum: checksumOf(up), sha256: sha256(text), steps: 1, irreversible: false };
  });
  return { manifest: manifestOf(entries), scripts };
}

const STACK = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/bench/1';

function intentFor(manifest: Manifest, nonce: string): Intent {
  return {
    kind: 'create',
    request: { resource: { stackId: STACK, logicalId: 'Bench' }, requestId: randomUUID(), issuedAt: Date.now() },
    release: {
      digest: manifest.digest,
      version: '',
      database: 'bench',
      onDelete: 'RETAIN',
      onRemoved: 'FAIL',
      outOfOrder: 'ALLOW',
      hash: sha256(manifest.digest + nonce),
    },
  };
}

function counting(database: Database): { readonly database: Database; readonly count: () => number } {
  let count = 0;
  return {
    count: () => count,
    database: {
      name: database.name,
      query: (sql) => ((count += 1), database.query(sql)),
      write: (sql) => ((count += 1), database.write(sql)),
      prepared: (sql, parameters) => ((count += 1), database.prepared(sql, parameters)),
    },
  };
}

function connect(server: Server, database?: string): Promise<Connection> {
  const { host, port, user, password, caFile } = server;
  const connection = createConnection({
    host,
    port,
    user,
    password,
    ...(database === undefined ? {} : { database }),
    ...(caFile === undefined ? {} : { ssl: { ca: readFileSync(caFile, 'utf8') } }),
  });
  // The server is stopped before connections that were only destroyed are gone.
  connection.on('error', () => undefined);
  return new Promise((resolve, reject) =>
    connection.connect((error) => (error === null ? resolve(connection) : reject(error))),
  );
}

function nameOf(index: number): string {
  return `${String(index + 1).padStart(5, '0')}_migration`;
}

function perMigration(milliseconds: number): string {
  return (milliseconds / MIGRATIONS).toFixed(2);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

void main();
