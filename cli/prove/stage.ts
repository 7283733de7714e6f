import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../../lambda/edges/database/mysql';
import { answerRequest, type RequestPorts } from '../../lambda/events/answer-request';
import { readSchema } from '../../lambda/look/fingerprint';
import { lockName } from '../../lambda/session/lock';
import type { Database, Log } from '../../lambda/ports';
import { noteStackStatus } from '../../lambda/journal/settle';
import { identifier, sql } from '../../lambda/sql-text';
import type { Intent } from '../../lambda/plan/intent';
import { SERVER_SCHEMAS } from '../../lambda/words/server-schemas';
import type { SchemaSnapshot } from '../../lambda/schema/inventory';
import { type BaseSchema, makeBase } from './base-schema';
import type { Death, Refusal } from './observed-database';
import { type Denied, deniedBy } from './server/missing-right';
import { Died, observed } from './observed-database';
import { connectBare, openSession, sentAside, type ServerLogin } from '../database/open-session';
import { playedOf, type Played } from './played';
import type { PlayedRelease } from './played-release';

/**
 * A server to play on. `ownServer`: nobody else uses it, and whoever logs in there may do all. `holdsNothingElse`: it was
 * started for this stage, so that any other schema there was made by what was played.
 */
export type StageServer = ServerLogin & {
  readonly ownServer?: boolean;
  readonly holdsNothingElse?: boolean;
  readonly kind?: 'mysql' | 'mariadb';
};

/**
 * A schema on a server, with the function's own deployments to it: each is the request that CloudFormation would send,
 * carried out by the function's code in a session of its own.
 */
export class Stage {
  readonly #stackId = `arn:aws:cloudformation:eu-west-1:111122223333:stack/prove/${randomUUID()}`;
  readonly #sessions = new Set<Session>();
  #look: Session | null = null;
  #requests = 0;
  #releases: { readonly before: PlayedRelease; readonly now: PlayedRelease } | null = null;

  private constructor(
    readonly server: StageServer,
    /** Of the schema. */
    readonly name: string,
    readonly signal: AbortSignal,
    private readonly base: BaseSchema | null,
  ) {}

  /**
   * Makes the schema, which must not be there.
   *
   * @param base what is in it before the first migration; null: nothing
   */
  static async open(
    server: StageServer,
    name: string,
    signal: AbortSignal,
    base: BaseSchema | null = null,
  ): Promise<Stage> {
    const stage = new Stage(server, name, signal, base);
    await sentAside(server, sql`CREATE DATABASE ${identifier(name)} CHARACTER SET utf8mb4`);
    // Not by closing the session: the driver then never answers what runs in it, and the engine would wait for that.
    signal.addEventListener('abort', () => void stage.#killSessions().catch(() => undefined));
    return stage;
  }

  /** Drops the schema. */
  async end(): Promise<void> {
    await this.#killSessions();
    if (!this.signal.aborted) for (const session of this.#sessions) this.#close(session);
    this.#look = null;
    await sentAside(this.server, sql`DROP DATABASE IF EXISTS ${identifier(this.name)}`);
  }

  /** Begins anew: a schema with nothing but its base in it, then all of a release. */
  async startAt(release: PlayedRelease): Promise<Played> {
    await this.end();
    if (this.server.holdsNothingElse === true) await this.#dropOthers();
    await sentAside(this.server, sql`CREATE DATABASE ${identifier(this.name)} CHARACTER SET utf8mb4`);
    await this.#makeBase();
    const played = await this.#play({ kind: 'create', ...this.#request(), release: release.properties }, release, null);
    this.#releases = { before: release, now: release };
    if (played.kind === 'done') await this.settle();
    return played;
  }

  /** The stack is updated to a release. */
  async forward(to: PlayedRelease, death: Omit<Death, 'happens'> | null = null): Promise<Played> {
    const from = this.#current();
    this.#releases = { before: from, now: to };
    return this.#play(this.#update(from, to), to, death);
  }

  /** The stack rolls back what it was updated to last: the code is the older release's again. */
  async back(): Promise<Played> {
    if (this.#releases === null) throw new Error('there is nothing to go back from');
    const { before, now } = this.#releases;
    this.#releases = { before, now: before };
    return this.#play(this.#update(now, before), before, null);
  }

  /** The stack's operation has ended well: what it deployed stays. */
  async settle(): Promise<void> {
    const change = { stackId: this.#stackId, status: 'UPDATE_COMPLETE', at: Date.now() };
    await noteStackStatus(await this.database(), change);
  }

  async schema(): Promise<SchemaSnapshot> {
    return readSchema(await this.database());
  }

  /** The sql_mode that a session of the function has before a migration sets another one. */
  async sqlMode(): Promise<string> {
    const [row] = await (await this.database()).query('SELECT @@SESSION.sql_mode AS mode');
    return String(row?.['mode']);
  }

  /** A session beside the function's. */
  async database(): Promise<Database> {
    if (this.#look === null) {
      this.#look = await this.#open();
      // It may have to wait for a person who writes the next version of a file.
      await this.#look.database.write('SET SESSION wait_timeout = 604800');
    }
    return this.#look.database;
  }

  async #play(intent: Intent, release: PlayedRelease, death: Omit<Death, 'happens'> | null): Promise<Played> {
    const refusals: Refusal[] = [];
    const connect: RequestPorts['connect'] = async () => {
      this.signal.throwIfAborted();
      const session = await this.#open();
      const close = (): void => this.#close(session);
      const database = observed(session.database, refusals, death && { ...death, happens: close });
      return { kind: 'connected', session: { database, close } };
    };
    try {
      const answer = await this.#unlessStopped(
        answerRequest(intent, {
          connect,
          code: release.code,
          own: release.own,
          rootStackId: this.#stackId,
          attempt: { isFirst: true, isLast: true, isLastThoughLong: true },
          log: SILENT,
          clock: {
            now: () => Date.now(),
            remaining: () => PATIENCE_MS,
            sleep: (ms) => sleep(ms, undefined, { signal: this.signal }),
          },
        }),
      );
      const played = playedOf(answer);
      const denied =
        this.server.ownServer === false && played.kind === 'failed' ? denialIn(refusals, played) : undefined;
      if (denied !== undefined) throw denied;
      return { ...played, refusals };
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      return { kind: 'died', reason: 'the function died', refusals };
    } finally {
      await this.#unlocked();
    }
  }

  /** Does not wait until a server has ended a long statement. */
  async #unlessStopped<Result>(work: Promise<Result>): Promise<Result> {
    const { signal } = this;
    // However it ends when nobody waits for it any more.
    work.catch(() => undefined);
    signal.throwIfAborted();
    let stop = (): void => undefined;
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason as Error);
      signal.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([work, stopped]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Waits until the server has noticed that the function's session has ended, or the next one would take it for a rival. */
  async #unlocked(): Promise<void> {
    while (!this.signal.aborted) {
      const database = await this.database();
      const [row] = await database.query(sql`SELECT IS_FREE_LOCK(${lockName(this.name)}) AS isFree`);
      if (Number(row?.['isFree']) === 1) return;
      await sleep(2);
    }
  }

  #current(): PlayedRelease {
    if (this.#releases === null) throw new Error('nothing was deployed yet');
    return this.#releases.now;
  }

  #update(old: PlayedRelease, release: PlayedRelease): Intent {
    return {
      kind: 'update',
      ...this.#request(),
      physicalId: `prove/${this.name}`,
      release: release.properties,
      old: old.properties,
    };
  }

  /** Each is issued a second after the one before, and all before now: what happens to the stack is noted with real time. */
  #request(): Pick<Intent, 'request'> {
    this.#requests += 1;
    const resource = { stackId: this.#stackId, logicalId: 'Migrations' };
    return { request: { resource, requestId: randomUUID(), issuedAt: FIRST_REQUEST + this.#requests * 1000 } };
  }

  async #open(): Promise<Session> {
    const session = await openSession(this.server, this.name);
    this.#sessions.add(session);
    return session;
  }

  #close(session: Session): void {
    this.#sessions.delete(session);
    session.close();
  }

  /** Ends what runs in the schema: a server does not because its client is gone, and could not drop the schema before. */
  async #killSessions(): Promise<void> {
    const rows = (await sentAside(this.server, 'SHOW PROCESSLIST')) as readonly Readonly<Record<string, unknown>>[];
    for (const { Id: id, db } of rows) {
      // It may have ended by itself.
      if (db === this.name) await sentAside(this.server, sql`KILL ${Number(id)}`).catch(() => undefined);
    }
  }

  /** Drops the schemas that migrations have made, which are not to be there when those are played once more. */
  async #dropOthers(): Promise<void> {
    const rows = (await sentAside(this.server, 'SHOW DATABASES')) as readonly Readonly<Record<string, string>>[];
    const names = rows
      .flatMap((row) => Object.values(row))
      .filter((name) => !SERVER_SCHEMAS.includes(name.toLowerCase()));
    for (const name of names) await sentAside(this.server, sql`DROP DATABASE IF EXISTS ${identifier(name)}`);
  }

  async #makeBase(): Promise<void> {
    if (this.base === null) return;
    const client = await connectBare(this.server, this.name);
    try {
      await makeBase(this.base, client, this.signal);
    } finally {
      client.destroy();
    }
  }
}

/** Far enough back that there are seconds for all requests. */
const FIRST_REQUEST = Math.floor(Date.now() / 1000) * 1000 - 30 * 86_400_000;

/** Nobody is waiting but a person, who can stop it. */
const PATIENCE_MS = 6 * 3_600_000;

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** That the user lacks a right, where it failed because of that: it says nothing of the migration. */
function denialIn(refusals: readonly Refusal[], { reason }: Pick<Played, 'reason'>): Denied | undefined {
  return refusals
    .flatMap(({ error, statement }) => deniedBy(error, statement) ?? [])
    .find(({ message }) => reason.includes(message));
}
