import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Certificates, makeCertificates } from '../../rehearsal/certificates';
import { startDatabase, startMysql } from '../../rehearsal/database';
import type { Database } from '../../rehearsal/database-types';
import { guard, type Release } from '../../rehearsal/guard';
import { FaultStage } from './fault-stage';

/** A process that is killed loses nothing that it gave to the system: only a power failure would. */
const CRASH_SAFE = ['--innodb-flush-log-at-trx-commit=2', '--skip-log-bin', '--loose-innodb-flush-method=nosync'];

/** A server of our own, for faults to be done to, and stages on it. */
export class FaultServer {
  readonly database: Database;
  readonly #certificates: Certificates;
  readonly #folder: string;
  readonly #release: Release;
  readonly #stages: FaultStage[] = [];

  private constructor(database: Database, certificates: Certificates, folder: string, release: Release) {
    this.database = database;
    this.#certificates = certificates;
    this.#folder = folder;
    this.#release = release;
  }

  /** Undefined where this machine has no server of the kind. */
  static async start(kind: Database['kind']): Promise<FaultServer | undefined> {
    const certificates = await makeCertificates();
    const options = { certificates, args: CRASH_SAFE };
    const database = kind === 'mysql' ? await startMysql(options) : await startDatabase(options);
    if (database === undefined) return undefined;
    if (database.kind !== kind || !database.ownServer) {
      await database.stop();
      return undefined;
    }
    const folder = await mkdtemp(path.join(tmpdir(), 'faults-'));
    return new FaultServer(database, certificates, folder, await guard({ pids: [], folder }));
  }

  /** That many stages; more are started where there are too few. */
  async stages(count: number): Promise<readonly FaultStage[]> {
    while (this.#stages.length < count) {
      const { database: server } = this;
      const certificates = this.#certificates;
      const name = String(this.#stages.length + 1);
      this.#stages.push(await FaultStage.start({ server, certificates, name, folder: this.#folder }));
    }
    return this.#stages.slice(0, count);
  }

  async stop(): Promise<void> {
    for (const stage of this.#stages) await stage.stop();
    await this.database.stop();
    await rm(this.#folder, { recursive: true, force: true });
    this.#release();
  }
}
