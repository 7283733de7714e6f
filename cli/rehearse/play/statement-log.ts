import type { Connection, RowDataPacket } from 'mysql2/promise';
import { connectTo } from '../../../rehearsal/servers/connect';
import type { Database } from '../../../rehearsal/servers/database-types';

/** Settings of a server that keeps every statement with its time, those of the schema too. */
export const STATEMENT_LOG_ARGUMENTS = [
  '--slow-query-log=ON',
  '--long-query-time=0',
  '--log-output=TABLE',
  '--loose-log-slow-admin-statements=ON',
] as const;

/** A statement that a server has run. */
export interface RunStatement {
  readonly sql: string;
  readonly milliseconds: number;
}

/** What a server has run, in its own words and by its own clock. */
export class StatementLog {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  static async open(server: Database): Promise<StatementLog> {
    return new StatementLog(await connectTo(server));
  }

  /** Forgets what was run so far. */
  async clear(): Promise<void> {
    await this.#connection.query('TRUNCATE TABLE mysql.slow_log');
  }

  async statements(): Promise<readonly RunStatement[]> {
    const [rows] = await this.#connection.query<RowDataPacket[]>(
      'SELECT CONVERT(sql_text USING utf8mb4) AS text, TIME_TO_SEC(query_time) * 1000 + MICROSECOND(query_time) / 1000 AS time FROM mysql.slow_log',
    );
    return rows.map((row) => ({ sql: String(row['text']), milliseconds: Number(row['time']) }));
  }

  close(): void {
    this.#connection.destroy();
  }
}
