import type { Connection } from 'mysql2/promise';

/** Keeps all sessions of a server but its own from writing, so that whatever writes waits there. */
export class WriteBlocker {
  readonly #connect: () => Promise<Connection>;
  #connection: Connection | undefined;

  constructor(connect: () => Promise<Connection>) {
    this.#connect = connect;
  }

  /** Where a transaction that is open cannot be made to wait, nothing does. */
  async block(): Promise<void> {
    try {
      this.#connection = await this.#connect();
      this.#connection.on('error', () => undefined);
      await this.#connection.query('SET SESSION lock_wait_timeout = 1');
      await this.#connection.query('FLUSH TABLES WITH READ LOCK');
    } catch {
      await this.unblock();
    }
  }

  async unblock(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    // The server may have been killed in the meantime.
    await connection?.query('UNLOCK TABLES').catch(() => undefined);
    connection?.destroy();
  }
}
