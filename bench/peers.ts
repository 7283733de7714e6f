import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { databaseOf } from '../lambda/edges/mysql';
import type { Database } from '../lambda/ports';
import { type Database as Server, startDatabase, startMysql } from '../rehearsal/servers/database';
import { connect, median } from './bench-connection';
import { HISTORY, historyRow, migrate, releaseOf, sendPlainly, STATEMENTS } from './bench-release';

/**
 * Many migrations of one statement each, against the server's own command line client that is fed the same statements with
 * one INSERT into a history table each, and against dbmate, where it is given: `node dist/bench/peers.js 1000 3 DBMATE`.
 * In turn, with connecting and the start of the programs; ours has no start, since a function is warm or pays it once.
 *
 * Between the client and ours, the client's statements over Node's connection (plain), and with a look at what is there before
 * each CREATE TABLE (looking): a journal that can tell after a crash whether the statement ran needs at least that.
 */
const MIGRATIONS = Number(process.argv[2] ?? 1_000);
const ROUNDS = Number(process.argv[3] ?? 3);
const DBMATE = process.argv[4];

type Runner = (server: Server, name: string) => Promise<void> | void;

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-peers-'));
  const servers = [await startDatabase(), await startMysql()];
  try {
    for (const server of servers) if (server !== undefined) await compare(server, folder);
  } finally {
    for (const server of servers) await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(server: Server, folder: string): Promise<void> {
  for (const [kind, statement] of Object.entries(STATEMENTS)) {
    const release = releaseOf(MIGRATIONS, statement);
    const runners: Record<string, Runner> = {
      client: (_, name) => runClient(server, name, statement),
      plain: runConnected((database) => sendPlainly(database, MIGRATIONS, statement)),
      ours: runConnected((database) => migrate(database, release)),
    };
    if (kind === 'CREATE TABLE')
      runners['looking'] = runConnected((database) => sendPlainly(database, MIGRATIONS, statement, true));
    if (DBMATE !== undefined) {
      const directory = writeMigrations(mkdtempSync(path.join(folder, 'dbmate-')), statement);
      runners['dbmate'] = (_, name) => runDbmate(DBMATE, server, name, directory);
    }
    const times: Record<string, number[]> = Object.fromEntries(Object.keys(runners).map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, run] of Object.entries(runners)) times[name]?.push(await inDatabase(server, run));
    }
    const client = median(times['client'] ?? []);
    const results = Object.entries(times).map(([name, all]) => {
      const time = median(all);
      return `${name} ${(time / MIGRATIONS).toFixed(2)} ms (${(time / client).toFixed(2)})`;
    });
    const version = server.version.split('-')[0] ?? '';
    process.stdout.write(`${server.kind} ${version}, ${MIGRATIONS} × ${kind}, each: ${results.join(', ')}\n`);
  }
}

async function inDatabase(server: Server, run: Runner): Promise<number> {
  const name = `bench_${randomUUID().slice(0, 8)}`;
  const admin = await connect(server);
  await databaseOf(admin, '').write(`CREATE DATABASE ${name}`);
  await databaseOf(admin, '').write(`CREATE TABLE ${name}.target (id INT PRIMARY KEY, name VARCHAR(50))`);
  const startedAt = performance.now();
  await run(server, name);
  const duration = performance.now() - startedAt;
  await databaseOf(admin, '').write(`DROP DATABASE ${name}`);
  admin.destroy();
  return duration;
}

function runConnected(work: (database: Database) => Promise<void>): Runner {
  return async (server, name) => {
    const connection = await connect(server, name);
    await work(databaseOf(connection, name, () => connect(server, name, true)));
    connection.destroy();
  };
}

function runClient({ host, port, user, password }: Server, name: string, statement: (index: number) => string): void {
  const statements = Array.from({ length: MIGRATIONS }, (_, index) => [statement(index), historyRow(index)]).flat();
  const login = [`--host=${host}`, `--port=${port}`, `--user=${user}`, '--protocol=tcp', '--ssl'];
  const { status, stderr, error } = spawnSync('mariadb', [...login, name], {
    input: [HISTORY, ...statements].map((sql) => `${sql};\n`).join(''),
    env: { ...process.env, MYSQL_PWD: password },
  });
  if (status !== 0) throw error ?? new Error(String(stderr));
}

function writeMigrations(directory: string, statement: (index: number) => string): string {
  for (let index = 0; index < MIGRATIONS; index += 1) {
    const file = path.join(directory, `${String(index + 1).padStart(6, '0')}_migration.sql`);
    writeFileSync(file, `-- migrate:up\n${statement(index)};\n-- migrate:down\nSELECT 1;\n`);
  }
  return directory;
}

function runDbmate(program: string, { host, port, user, password }: Server, name: string, directory: string): void {
  const url = `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}/${name}?tls=skip-verify`;
  const options = ['--migrations-dir', directory, '--no-dump-schema', '--url', url];
  execFileSync(program, [...options, 'migrate'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

void main();
