import type { Connection, RowDataPacket } from 'mysql2/promise';
import { connectTo } from './connect';
import type { Database } from './database-types';
import { quotedName } from './quoted-name';

/** The databases that rehearsals make on a server. */
export class Databases {
  readonly #server: Database;
  /** Whether each was made by us, by name. */
  readonly #made = new Map<string, Promise<boolean>>();

  constructor(server: Database) {
    this.#server = server;
  }

  /** Makes a database once. Rejects where a server that is not ours has one of that name: somebody's data would be migrated. */
  async create(name: string): Promise<void> {
    let made = this.#made.get(name);
    if (made === undefined) {
      made = this.#connected(async (connection) => {
        const [rows] = await connection.query('SHOW DATABASES LIKE ?', [name]);
        const isThere = Array.isArray(rows) && rows.length > 0;
        if (isThere && !this.#server.ownServer) {
          const { host, port } = this.#server;
          throw new Error(
            `the server at ${host}:${port} has a database ${name}, and the rehearsal would migrate it: take another server`,
          );
        }
        if (isThere) return false;
        await connection.query(`CREATE DATABASE IF NOT EXISTS ${quotedName(name)} CHARACTER SET utf8mb4`);
        return true;
      });
      this.#made.set(name, made);
      // What was refused is not ours to drop.
      made.catch(() => this.#made.delete(name));
    }
    await made;
  }

  /** Drops what we made on a server that goes on living. */
  async dropFromForeignServer(): Promise<void> {
    if (this.#server.ownServer) return;
    for (const [name, made] of this.#made) {
      if (await made) await this.#connected((connection) => connection.query(`DROP DATABASE ${quotedName(name)}`));
    }
  }

  /** Drops all databases of a server of ours, also those that migrations have made: the next stack finds none. */
  async dropAll(): Promise<void> {
    if (!this.#server.ownServer) throw new Error('only on a server of ours everything may be dropped');
    this.#made.clear();
    await this.#connected(async (connection) => {
      const [rows] = await connection.query<RowDataPacket[]>('SHOW DATABASES');
      for (const row of rows) {
        const name = String(Object.values(row)[0]);
        if (!SYSTEM.has(name)) await connection.query(`DROP DATABASE ${quotedName(name)}`);
      }
    });
  }

  async #connected<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await connectTo(this.#server);
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  }
}

const SYSTEM: ReadonlySet<string> = new Set(['information_schema', 'mysql', 'performance_schema', 'sys']);
