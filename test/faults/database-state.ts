import { readFileSync } from 'node:fs';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import type { Database } from '../../rehearsal/database-types';
import { dumpSchema } from '../../rehearsal/schema-dump';

/** All that a deployment may change, as lines that can be compared and shown. */
export type DatabaseState = readonly string[];

/** Sees the database from outside of the proxy, with nothing of the function's code. */
export class StateReader {
  /** Another database, in which a migration works too. */
  readonly side: string;
  readonly #server: Database;
  readonly #name: string;
  /** Holds a copy of what there was after the first release. */
  readonly #kept: string;

  constructor(server: Database, name: string) {
    this.#server = server;
    this.#name = name;
    this.side = `${name}_side`;
    this.#kept = `${name}_kept`;
  }

  /** Makes all databases new. */
  async create(): Promise<void> {
    await this.#connected(async (connection) => {
      for (const name of [this.#name, this.side, this.#kept]) await renew(connection, name);
    });
  }

  /** Keeps a copy of the tables. */
  async keep(): Promise<void> {
    await this.#connected((connection) => copyTables(connection, this.#name, this.#kept));
  }

  /** Goes back to the copy. */
  async restore(): Promise<void> {
    await this.#connected(async (connection) => {
      await renew(connection, this.#name);
      if ((await tablesOf(connection, this.side)).length > 0) await renew(connection, this.side);
      await copyTables(connection, this.#kept, this.#name);
    });
  }

  async drop(): Promise<void> {
    await this.#connected(async (connection) => {
      for (const name of [this.#name, this.side, this.#kept]) await connection.query(`DROP DATABASE IF EXISTS ${name}`);
    });
  }

  /** Schema, rows and history. */
  async read(): Promise<DatabaseState> {
    if (!(await this.#hasJournal())) return [];
    const { objects, history } = await dumpSchema(this.#server, this.#name);
    const lines = [...objects].map(([name, definition]) => `${name}: ${definition}`);
    lines.push(...history.map(({ name, state, steps }) => `history: ${name} ${state} ${steps}`));
    await this.#connected(async (connection) => {
      const side = await tablesOf(connection, this.side);
      for (const table of side) {
        const [shown] = await connection.query<RowDataPacket[]>(`SHOW CREATE TABLE ${this.side}.${table}`);
        lines.push(`table ${this.side}.${table}: ${String(shown[0]?.['Create Table'])}`);
      }
      const main = (await tablesOf(connection, this.#name)).filter((table) => !table.startsWith('migration'));
      const all = [...main.map((table) => `${this.#name}.${table}`), ...side.map((table) => `${this.side}.${table}`)];
      for (const table of all) {
        const [rows] = await connection.query<RowDataPacket[]>(`SELECT * FROM ${table} ORDER BY 1`);
        lines.push(...rows.map((row) => `row of ${table}: ${JSON.stringify(row)}`));
      }
    });
    return lines;
  }

  /** Before the first deployment there is none, and nothing else. */
  async #hasJournal(): Promise<boolean> {
    let tables: readonly string[] = [];
    await this.#connected(async (connection) => {
      tables = await tablesOf(connection, this.#name);
    });
    return tables.length > 0;
  }

  /** The journal's rows of deployments, for the report of a point that did not hold. */
  async deployments(): Promise<readonly string[]> {
    const rows: string[] = [];
    await this.#connected(async (connection) => {
      const [found] = await connection.query<RowDataPacket[]>(
        `SELECT id, type, status, answered, cancelled, attempts, stackStatus, error FROM ${this.#name}.migration_deployment ORDER BY id`,
      );
      rows.push(...found.map((row) => JSON.stringify(row)));
    });
    return rows;
  }

  async #connected(work: (connection: Connection) => Promise<void>): Promise<void> {
    const { host, port, user, password, caFile } = this.#server;
    const ssl = caFile === undefined ? undefined : { ca: readFileSync(caFile, 'utf8') };
    const connection = await createConnection({ host, port, user, password, ssl });
    try {
      await work(connection);
    } finally {
      connection.destroy();
    }
  }
}

async function renew(connection: Connection, database: string): Promise<void> {
  await connection.query(`DROP DATABASE IF EXISTS ${database}`);
  await connection.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
}

/** Only good for tables without foreign keys, of which the first release has none. */
async function copyTables(connection: Connection, from: string, to: string): Promise<void> {
  for (const table of await tablesOf(connection, from)) {
    await connection.query(`CREATE TABLE ${to}.${table} LIKE ${from}.${table}`);
    await connection.query(`INSERT INTO ${to}.${table} SELECT * FROM ${from}.${table}`);
  }
}

async function tablesOf(connection: Connection, database: string): Promise<readonly string[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? ORDER BY 1`,
    [database],
  );
  return rows.map((row) => String(row['name']));
}

/** Lines that only one of two states has: `-` of the wanted one, `+` of the one found. */
export function stateDifferences(wanted: DatabaseState, found: DatabaseState): readonly string[] {
  return [
    ...wanted.filter((line) => !found.includes(line)).map((line) => `- ${line}`),
    ...found.filter((line) => !wanted.includes(line)).map((line) => `+ ${line}`),
  ];
}
