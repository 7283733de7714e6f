import type { Connection, RowDataPacket } from 'mysql2/promise';
import { connectTo } from './connect';
import type { Database } from './database-types';
import { quotedName } from './quoted-name';

/** A migration as the journal has it. */
export interface JournalRow {
  readonly name: string;
  readonly state: string;
}

/** Reads journals from outside the functions, over one session. */
export class JournalReader {
  readonly #server: Database;
  #session: Promise<Connection> | undefined;

  constructor(server: Database) {
    this.#server = server;
  }

  /** The migrations of a database; undefined where they cannot be read now, or the table is another tool's. */
  async read(database: string): Promise<readonly JournalRow[] | undefined> {
    try {
      const session = await (this.#session ??= connectTo(this.#server));
      const sql = `SELECT name, state FROM ${quotedName(database)}.migration`;
      const [rows] = await session.query<RowDataPacket[]>({ sql, timeout: 5_000 });
      return rows.map((row) => ({ name: String(row['name']), state: String(row['state']) }));
    } catch (error) {
      const { errno } = error as { readonly errno?: number };
      if (errno === NO_SUCH_TABLE || errno === NO_SUCH_DATABASE) return [];
      if (errno !== NO_SUCH_COLUMN) await this.end();
      return undefined;
    }
  }

  /** Ends the session; the next read begins another one. */
  async end(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    (await session?.catch(() => undefined))?.destroy();
  }
}

const NO_SUCH_TABLE = 1146;
const NO_SUCH_DATABASE = 1049;
const NO_SUCH_COLUMN = 1054;
