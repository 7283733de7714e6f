import { randomUUID } from 'node:crypto';
import { databaseOf } from '../lambda/edges/database/database-of';
import { type Database as Server, startDatabases } from '../rehearsal/servers/database';
import { connect, counting, median } from './bench-connection';
import { type BenchRelease, migrate, releaseOf } from './bench-release';

/** What a deployment costs that has nothing to apply, with a short history and a long one, in turn. */
const SHORT = 10;
const LONG = Number(process.argv[2] ?? 10_000);
const ROUNDS = Number(process.argv[3] ?? 21);

async function main(): Promise<void> {
  for (const server of await startDatabases()) {
    try {
      await compare(server);
    } finally {
      await server.stop();
    }
  }
}

async function compare(server: Server): Promise<void> {
  const [short, long] = [releaseOf(SHORT, insert), releaseOf(LONG, insert)];
  const [few, many] = [await migrated(server, short), await migrated(server, long)];
  const times: { readonly few: number[]; readonly many: number[] } = { few: [], many: [] };
  let commands = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    times.few.push((await again(server, few, short, round)).ms);
    const { ms, count } = await again(server, many, long, round);
    times.many.push(ms);
    commands = count;
  }
  const [a, b] = [median(times.few), median(times.many)];
  process.stdout.write(
    `${server.kind} ${server.version.split('-')[0] ?? ''}, nothing pending, connecting included: ${SHORT} rows ${a.toFixed(1)} ms, ` +
      `${LONG} rows ${b.toFixed(1)} ms, ratio ${(b / a).toFixed(2)}, ${commands} commands\n`,
  );
}

const insert = (index: number): string => `INSERT INTO target VALUES (${index}, 'row')`;

async function migrated(server: Server, release: BenchRelease): Promise<string> {
  const name = `bench_${randomUUID().slice(0, 8)}`;
  const admin = await connect(server);
  await databaseOf(admin, '').write(`CREATE DATABASE ${name}`);
  admin.destroy();
  const connection = await connect(server, name);
  await databaseOf(connection, name).write('CREATE TABLE target (id INT PRIMARY KEY, name VARCHAR(50))');
  await migrate(databaseOf(connection, name), release);
  connection.destroy();
  return name;
}

/** Another request for the same release, with another nonce. */
async function again(
  server: Server,
  name: string,
  release: BenchRelease,
  round: number,
): Promise<{ readonly ms: number; readonly count: number }> {
  const start = performance.now();
  const connection = await connect(server, name);
  const counted = counting(databaseOf(connection, name));
  await migrate(counted.database, release, String(round));
  const ms = performance.now() - start;
  // Ends the session, and with it the lock.
  connection.destroy();
  return { ms, count: counted.count() };
}

void main();
