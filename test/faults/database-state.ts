import type { Connection, RowDataPacket } from 'mysql2/promise';

/** All that a deployment may change, as lines that can be compared and shown. */
export type DatabaseState = readonly string[];

/** Sees the databases from outside of the proxy, with nothing of the function's code. */
export class StateReader {
  readonly #connect: () => Promise<Connection>;
  readonly #name: string;
  readonly #side: string;
  /** Holds a copy of what there was after the first release. */
  readonly #kept: string;
  #connection: Connection | undefined;
  #restore = '';

  /** @param name - of the migrated database; there is another one beside it, in which a migration works too */
  constructor(name: string, connect: () => Promise<Connection>) {
    this.#connect = connect;
    this.#name = name;
    this.#side = `${name}_side`;
    this.#kept = `${name}_kept`;
  }

  /** Makes all databases new. */
  async create(): Promise<void> {
    await this.#rows([this.#name, this.#side, this.#kept].map(renewal).join(''));
  }

  /** Keeps a copy of the tables. Only good for tables without foreign keys, of which the first release has none. */
  async keep(): Promise<void> {
    const tables = (await this.#tables()).map(([, table]) => table);
    const copy = (from: string, to: string): string =>
      tables
        .map(
          (table) =>
            `CREATE TABLE ${to}.${table} LIKE ${from}.${table}; INSERT INTO ${to}.${table} SELECT * FROM ${from}.${table};`,
        )
        .join('');
    await this.#rows(copy(this.#name, this.#kept));
    this.#restore = renewal(this.#name) + copy(this.#kept, this.#name);
  }

  /** Goes back to the copy; nobody else is connected then. */
  async restore(): Promise<void> {
    const [sessions, own, side] = await this.#rows(
      `SHOW PROCESSLIST; SELECT CONNECTION_ID() AS id; SHOW TABLES FROM ${this.#side};`,
    );
    const others = sessions!.filter(({ Id, User }) => User === 'root' && Id !== own![0]!['id']);
    for (const { Id: id } of others) await this.#rows(`KILL ${String(id)}; DO 0;`).catch(() => undefined);
    await this.#rows(this.#restore + (side!.length > 0 ? renewal(this.#side) : ''));
  }

  /** Schema, rows and history. */
  async read(): Promise<DatabaseState> {
    const tables = await this.#tables();
    // Before the first deployment there is none, and nothing else.
    if (!tables.some(([database, table]) => database === this.#name && table === 'migration')) return [];
    const [triggers] = await this.#rows(`SHOW TRIGGERS FROM ${this.#name}; DO 0;`);
    const queries: string[] = [`SELECT name, state, stepsDone, stepsTotal FROM ${this.#name}.migration ORDER BY id`];
    const formats: ((rows: readonly RowDataPacket[]) => readonly string[])[] = [
      (rows) =>
        rows.map(({ name, state, stepsDone, stepsTotal }) => `history: ${name} ${state} ${stepsDone}/${stepsTotal}`),
    ];
    for (const { Trigger: trigger } of triggers!) {
      queries.push(`SHOW CREATE TRIGGER ${this.#name}.${String(trigger)}`);
      formats.push(([row]) => [`trigger ${String(trigger)}: ${String(row?.['SQL Original Statement'])}`]);
    }
    for (const [database, table] of tables.filter(([, name]) => !name.startsWith('migration'))) {
      const name = `${database}.${table}`;
      queries.push(`SHOW CREATE TABLE ${name}`, `SELECT * FROM ${name} ORDER BY 1`);
      formats.push(
        ([row]) => [`table ${name}: ${String(row?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, '')}`],
        (rows) => rows.map((row) => `row of ${name}: ${JSON.stringify(row)}`),
      );
    }
    const found = await this.#rows(`${queries.join(';')}; DO 0;`);
    return formats.flatMap((format, index) => format(found[index]!));
  }

  /** The journal's rows of deployments, for the report of a point that did not hold. */
  async deployments(): Promise<readonly string[]> {
    const [rows] = await this.#rows(
      `SELECT id, type, status, answered, cancelled, attempts, stackStatus, error FROM ${this.#name}.migration_deployment ORDER BY id; DO 0;`,
    );
    return rows!.map((row) => JSON.stringify(row));
  }

  close(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  async #tables(): Promise<readonly (readonly [database: string, table: string])[]> {
    const [rows] = await this.#rows(
      `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name FROM information_schema.TABLES ` +
        `WHERE TABLE_SCHEMA IN ('${this.#name}', '${this.#side}') ORDER BY 1, 2; DO 0;`,
    );
    return rows!.map((row) => [String(row['db']), String(row['name'])]);
  }

  /** Runs statements, more than one, in one packet. A connection that the server's end has cut is made anew. */
  async #rows(statements: string): Promise<readonly (readonly RowDataPacket[])[]> {
    if (this.#connection === undefined) {
      const made = await this.#connect();
      made.on('error', () => this.close());
      this.#connection = made;
    }
    try {
      const [rows] = await this.#connection.query<RowDataPacket[][]>(statements);
      return rows;
    } catch (error) {
      this.close();
      throw error;
    }
  }
}

function renewal(database: string): string {
  return `DROP DATABASE IF EXISTS ${database}; CREATE DATABASE ${database} CHARACTER SET utf8mb4;`;
}

/** Lines that only one of two states has: `-` of the wanted one, `+` of the one found. */
export function stateDifferences(wanted: DatabaseState, found: DatabaseState): readonly string[] {
  return [
    ...wanted.filter((line) => !found.includes(line)).map((line) => `- ${line}`),
    ...found.filter((line) => !wanted.includes(line)).map((line) => `+ ${line}`),
  ];
}
