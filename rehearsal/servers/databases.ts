import type { Connection } from 'mysql2/promise';
import { connectTo } from './connect';
import type { Database } from './database-types';

/** The databases that rehearsals make on a server. */
export class Databases {
  readonly #server: Database;
  /** Whether each was made by us, by name. */
  readonly #made = new Map<string, Promise<boolean>>();

  constructor(server: Database) {
    this.#server = server;
  }

  /** Makes a database, where there is none of that name. What is in one is never touched. */
  async create(name: string): Promise<void> {
    let made = this.#made.get(name);
    if (made === undefined) {
      made = this.#connected(async (connection) => {
        const [rows] = await connection.query('SHOW DATABASES LIKE ?', [name]);
        if (Array.isArray(rows) && rows.length > 0) return false;
        await connection.query('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4', [name]);
        return true;
      });
      this.#made.set(name, made);
    }
    await made;
  }

  /** Drops what we made on a server that goes on living. */
  async dropFromForeignServer(): Promise<void> {
    if (this.#server.ownServer) return;
    for (const [name, made] of this.#made) {
      if (await made) await this.#connected((connection) => connection.query('DROP DATABASE ??', [name]));
    }
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
