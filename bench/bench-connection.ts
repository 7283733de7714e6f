import { readFileSync } from 'node:fs';
import { createConnection, type Connection } from 'mysql2';
import { stateWithout } from '../lambda/session/session-state';
import type { Database } from '../lambda/ports';
import type { Database as Server } from '../rehearsal/servers/database';

/** Connects to a server, as the function does. */
export function connect(server: Server, database?: string, multipleStatements = false): Promise<Connection> {
  const { host, port, user, password, caFile } = server;
  const connection = createConnection({
    host,
    port,
    user,
    password,
    multipleStatements,
    ...(database === undefined ? {} : { database }),
    ...(caFile === undefined ? {} : { ssl: { ca: readFileSync(caFile, 'utf8') } }),
  });
  // The server is stopped before connections that were only destroyed are gone.
  connection.on('error', () => undefined);
  return new Promise((resolve, reject) =>
    // In the state in which the function's sessions begin.
    connection.query(stateWithout([]), (error) => (error === null ? resolve(connection) : reject(error))),
  );
}

/** Counts the commands that go through a port. */
export function counting(database: Database): { readonly database: Database; readonly count: () => number } {
  let count = 0;
  return {
    count: () => count,
    database: {
      name: database.name,
      packets: database.packets,
      query: (sql) => ((count += 1), database.query(sql)),
      write: (sql) => ((count += 1), database.write(sql)),
      execute: (sql, parameters) => ((count += 1), database.execute(sql, parameters)),
      readTogether: (statements) => ((count += 1), database.readTogether(statements)),
      writeTogether: (statements, answered) => ((count += 1), database.writeTogether(statements, answered)),
    },
  };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
