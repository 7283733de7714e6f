import { randomUUID } from 'node:crypto';
import type { Connection } from 'mysql2';
import { databaseOf } from '../lambda/edges/database/database-of';
import { type Database as Server, startDatabases } from '../rehearsal/servers/database';
import { connect, counting, median } from './bench-connection';
import { migrate, releaseOf, sendPlainly, STATEMENTS } from './bench-release';

/**
 * What the journal costs: many migrations of one statement each, against one connection that sends the same statements
 * with one INSERT into a history table each. Both in turn, on a server with its default durability; medians and ratios.
 */
const MIGRATIONS = Number(process.argv[2] ?? 300);
const ROUNDS = Number(process.argv[3] ?? 5);

async function main(): Promise<void> {
  const servers = await startDatabases();
  try {
    for (const server of servers) await compare(server);
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function compare(server: Server): Promise<void> {
  for (const [kind, statement] of Object.entries(STATEMENTS)) {
    const release = releaseOf(MIGRATIONS, statement);
    const plain: number[] = [];
    const ours: number[] = [];
    let commands = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      plain.push(
        await inDatabase(server, (connection) => sendPlainly(databaseOf(connection, ''), MIGRATIONS, statement)),
      );
      ours.push(
        await inDatabase(server, async (connection, name) => {
          const counted = counting(databaseOf(connection, name));
          await migrate(counted.database, release);
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
}

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

function perMigration(milliseconds: number): string {
  return (milliseconds / MIGRATIONS).toFixed(2);
}

void main();
