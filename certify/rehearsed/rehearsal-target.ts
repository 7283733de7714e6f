import { randomBytes } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { SeenLine, StackEvent } from '../evidence/evidence';
import { readSeenLines } from '../evidence/recorder-lines';
import type { Release } from '../plays/release';
import { ReleaseFolders } from '../target/release-folders';
import type { CertifyTarget, DeployHow, Need, Operation, Pace } from '../target/target';
import { Rehearsal } from '../../rehearsal/rehearsal';
import type { RehearsalOptions } from '../../rehearsal/rehearsal-options';
import { connectTo } from '../../rehearsal/servers/connect';
import type { Stack } from '../../rehearsal/stack/stack';
import type { OperationResult } from '../../rehearsal/stack/stack-types';
import type { Json } from '../../rehearsal/template/json';
import { RotatingUser } from './rotating-user';
import { Synthesizer } from './synthesizer';

/** The certify stack in the rehearsal: a real server, the real bundle, and CloudFormation as we believe it to be. */
export class RehearsalTarget implements CertifyTarget {
  readonly name = 'rehearsal';
  readonly region = 'eu-central-1';
  readonly pace: Pace = { slowBytes: 1_500_000, gateSeconds: 1, deathSeconds: 0.5, lookEverySeconds: 0.02 };
  readonly lacks: ReadonlyMap<Need, string> = new Map([
    ['express', 'the rehearsal has no Express mode'],
    ['pause', 'the rehearsal has a server that never pauses'],
    ['lambda', 'the rehearsal has a certificate authority of its own, and not the file of the Lambda runtime'],
  ]);
  readonly versions: Readonly<Record<string, string>>;
  readonly #rehearsal: Rehearsal;
  readonly #databaseName = `certify_${randomBytes(4).toString('hex')}`;
  readonly #folders: ReleaseFolders;
  readonly #synthesizer = new Synthesizer();
  readonly #user: RotatingUser;
  readonly #base: Stack;
  readonly #stack: Stack;
  #session: Promise<Connection> | undefined;

  private constructor(rehearsal: Rehearsal) {
    this.#rehearsal = rehearsal;
    const { database, secrets } = rehearsal;
    this.#folders = new ReleaseFolders(this.pace.gateSeconds);
    this.#user = new RotatingUser(database, secrets);
    this.#base = rehearsal.stack('CertifyBase');
    this.#stack = rehearsal.stack('Certify', { environment: { DATABASE_NAME: this.#databaseName } });
    this.versions = { server: `${database.kind} ${database.version}`, node: process.version };
  }

  /** @param options - how the rehearsal is played; a world that goes other ways shows that the judges see it */
  static async start(options: RehearsalOptions = {}): Promise<RehearsalTarget> {
    return new RehearsalTarget(
      await Rehearsal.start({ retryDelaysMs: [300, 600], reuseProcesses: true, database: { fast: true }, ...options }),
    );
  }

  async prepare(): Promise<void> {
    const session = await connectTo(this.#rehearsal.database);
    await this.#user.create(session);
    session.destroy();
    const folder = this.#folders.make({ name: 'base', plain: ['0001'] });
    await this.#base.deploy(await this.#synthesizer.synthesize(folder));
  }

  async deploy(release: Release, { rollback }: DeployHow = {}): Promise<Operation> {
    const assembly = await this.#synthesizer.synthesize(this.#folders.make(release));
    const command = `deploy ${release.name}${rollback === false ? ' without rollback' : ''}`;
    return this.#ended(command, await this.#stack.deploy(assembly, { rollback }));
  }

  cancelUpdate(): Promise<void> {
    this.#stack.cancelUpdate();
    return Promise.resolve();
  }

  async rollBack(): Promise<Operation> {
    const isFailed = this.#stack.status === 'UPDATE_ROLLBACK_FAILED';
    return this.#ended('roll back', await (isFailed ? this.#stack.continueUpdateRollback() : this.#stack.rollback()));
  }

  async destroy(): Promise<Operation> {
    return this.#ended('destroy', await this.#stack.destroy());
  }

  events(): Promise<readonly StackEvent[]> {
    let stackId = '';
    const events = this.#stack.events.map(({ kind, time, logicalId, type, physicalId, status, reason }) => {
      if (kind === 'stack') stackId = physicalId ?? '';
      return { time: time.toISOString(), stackId, logicalId, type, physicalId, status, reason };
    });
    return Promise.resolve(events);
  }

  seen(): Promise<readonly SeenLine[]> {
    const lines = this.#stack.invocations.flatMap(({ log }) => readSeenLines(log));
    return Promise.resolve(lines.toSorted((a, b) => a.time.localeCompare(b.time)));
  }

  async settle(): Promise<void> {
    await this.#stack.idle();
  }

  async query(sql: string): Promise<readonly Readonly<Record<string, Json>>[]> {
    this.#session ??= connectTo(this.#rehearsal.database, this.#databaseName);
    const [rows] = await (await this.#session).query<RowDataPacket[]>(sql);
    return Array.isArray(rows) ? rows : [];
  }

  deliver(event: Json): Promise<void> {
    this.#stack.function('Migrations').invokeAsync(event);
    return Promise.resolve();
  }

  async invoke(event: Json): Promise<{ readonly failed: boolean; readonly payload: Json }> {
    const { outcome } = await this.#stack.function('Migrations').invoke(event);
    switch (outcome.kind) {
      case 'returned':
        return { failed: false, payload: outcome.payload as Json };
      case 'failed':
      case 'crashed':
      case 'timed-out':
        return { failed: true, payload: outcome.error.errorMessage };
      case 'stopped':
        return { failed: true, payload: 'stopped' };
      default:
        return outcome satisfies never;
    }
  }

  async rotateSecret(): Promise<void> {
    await this.#user.rotate(await this.#connection());
  }

  isRotated(): Promise<boolean> {
    return Promise.resolve(true);
  }

  awaitPause(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async end(): Promise<readonly string[]> {
    this.#synthesizer.stop();
    this.#folders.remove();
    await this.#user.drop(await this.#connection()).catch(() => undefined);
    (await this.#session?.catch(() => undefined))?.destroy();
    await this.#rehearsal.stop();
    return [];
  }

  #connection(): Promise<Connection> {
    return (this.#session ??= connectTo(this.#rehearsal.database, this.#databaseName));
  }

  #ended(command: string, { status }: OperationResult): Operation {
    return { command, status: status === 'DELETE_COMPLETE' ? 'DELETED' : status };
  }
}
