import { readFileSync } from 'node:fs';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import type { Rehearsal } from '../../../rehearsal/rehearsal';
import type { StackOverrides } from '../../../rehearsal/rehearsal-options';
import type { Stack } from '../../../rehearsal/stack/stack';
import type { TestServer } from '../../servers';
import { rehearseOn } from '../stack-scene';

/** A server with the databases of an example, which must be none of somebody's. */
export class ExampleScene {
  readonly #rehearsal: Rehearsal;
  readonly #connection: Connection;
  readonly #databases: readonly string[];

  private constructor(rehearsal: Rehearsal, connection: Connection, databases: readonly string[]) {
    this.#rehearsal = rehearsal;
    this.#connection = connection;
    this.#databases = databases;
  }

  static async start(server: TestServer, databases: readonly string[]): Promise<ExampleScene> {
    const { host, port, user, password, caFile } = server;
    const ssl = caFile === undefined ? {} : { ssl: { ca: readFileSync(caFile, 'utf8') } };
    const connection = await createConnection({ host, port, user, password, charset: 'utf8mb4', ...ssl });
    const scene = new ExampleScene(await rehearseOn(server), connection, databases);
    const there = await scene.existing();
    if (there.length > 0) {
      await scene.#close();
      throw new Error(`the server has ${there.join(', ')}, which are not ours: give the tests a server of their own`);
    }
    return scene;
  }

  stack(name: string, overrides: StackOverrides = {}): Stack {
    return this.#rehearsal.stack(name.replace(/\W/g, ''), overrides);
  }

  async sql(statement: string): Promise<readonly RowDataPacket[]> {
    const [rows] = await this.#connection.query<RowDataPacket[]>(statement);
    return rows;
  }

  /** Those of the databases that there are. */
  async existing(): Promise<readonly string[]> {
    const names = (await this.sql('SHOW DATABASES')).map((row) => String(row['Database']));
    return names.filter((name) => this.#databases.includes(name) || name.startsWith('tenant_'));
  }

  /** Names of the migrations in each database, in the order in which they ran. */
  async applied(): Promise<Readonly<Record<string, readonly string[]>>> {
    const found: [string, string[]][] = [];
    for (const database of await this.existing()) {
      const rows = await this.sql(`SELECT name FROM \`${database}\`.migration WHERE state = 'applied' ORDER BY id`);
      found.push([database, rows.map((row) => String(row['name']).replace(/\..*$/, ''))]);
    }
    return Object.fromEntries(found);
  }

  /** Definition and rows of every table but the journal's. */
  async contents(): Promise<unknown> {
    const found: unknown[] = [];
    for (const database of await this.existing()) {
      for (const row of await this.sql(`SHOW TABLES FROM \`${database}\``)) {
        const table = String(Object.values(row)[0]);
        if (table === 'migration' || table === 'migration_deployment') continue;
        const name = `\`${database}\`.\`${table}\``;
        const [definition] = await this.sql(`SHOW CREATE TABLE ${name}`);
        found.push({
          name,
          definition: definition?.['Create Table'] as unknown,
          rows: await this.sql(`SELECT * FROM ${name}`),
        });
      }
    }
    return found;
  }

  async end(): Promise<void> {
    for (const database of await this.existing()) await this.sql(`DROP DATABASE \`${database}\``);
    await this.#close();
  }

  async #close(): Promise<void> {
    this.#connection.destroy();
    await this.#rehearsal.stop();
  }
}
