import { randomUUID } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { connectTo } from '../../../rehearsal/servers/connect';
import { databaseAt } from '../../../rehearsal/servers/database-url';
import { migrationFolder } from '../../lib/source/migration-folder';
import { migrate } from '../migrated';
import { throwawaysLike, type TestServer } from '../../servers';
import type { Run } from '../run-program';
import { startProgram, type RunOptions } from './remote-program';

/** A server of the tests. */
type Server = Pick<TestServer, 'url' | 'host' | 'port' | 'user' | 'password' | 'caFile' | 'program'>;

/** A schema of its own, on which the program is run by its URL. */
export class RemoteSchema {
  private constructor(
    readonly name: string,
    /** With the schema's name, as people write it. */
    readonly url: string,
    /** A session beside the program. */
    readonly outside: Connection,
    readonly server: Server,
  ) {}

  static async make(server: Server): Promise<RemoteSchema> {
    const name = `remote_${randomUUID().slice(0, 8)}`;
    const outside = await connectTo(await databaseAt(server.url, 'the URL'));
    await outside.query(`CREATE DATABASE ${name}`);
    await outside.query(`USE ${name}`);
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return new RemoteSchema(name, url.href, outside, server);
  }

  /** Runs the program with `DATABASE_URL`, and throwaway servers of the same kind, in a folder of these files. */
  async run(args: string, options: RunOptions, files: Readonly<Record<string, string>>): Promise<Run> {
    const { code, stdout, stderr } = await startProgram(args.split(' '), {
      cwd: migrationFolder(files),
      ...options,
      environment: { ...throwawaysLike(this.server), DATABASE_URL: this.url, ...options.environment },
    }).ended;
    return { code, stdout: this.plain(stdout), stderr: this.plain(stderr) };
  }

  /** Has all of these files applied. */
  migrated(files: Readonly<Record<string, string>>, folder?: string): Promise<void> {
    return migrate(this.server, this.name, files, folder);
  }

  /** What is another one in each run is the same. */
  plain(text: string): string {
    return text
      .replaceAll(this.name, 'shop')
      .replaceAll(`${this.server.host}:${this.server.port}`, 'SERVER')
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, '2026-01-01 00:00:00 UTC')
      .replace(/\d+\.\d s/g, '0.0 s')
      .replace(/in \d+ ms/g, 'in 0 ms')
      .replace(/in \d\d:\d\d/g, 'in 00:00')
      .replace(/, 0\.\d MB/g, ', 0.0 MB');
  }

  async end(): Promise<void> {
    await this.outside.query(`DROP DATABASE IF EXISTS ${this.name}`);
    await this.outside.end();
  }
}
