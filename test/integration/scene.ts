import { randomUUID } from 'node:crypto';
import type { Connection } from 'mysql2';
import type { Answer, FinalAnswer } from '../../lambda/events/answer';
import type { ReleaseProperties, ResourceProperties } from '../../lambda/contract';
import { answerRequest, type RequestPorts } from '../../lambda/events/answer-request';
import { parseCfnRequest } from '../../lambda/edges/cfn-request';
import { databaseOf } from '../../lambda/edges/database/database-of';
import { writeOneByOne } from '../../lambda/edges/database/multi-statements';
import { evaluateModule } from '../../lambda/edges/own-scripts';
import { readSchema } from '../../lambda/look/fingerprint';
import { lockName } from '../../lambda/session/lock';
import { noteStackStatus } from '../../lambda/journal/settle';
import type { Database, LogFields, Row } from '../../lambda/ports';
import type { Intent } from '../../lambda/plan/intent';
import { stateWithout } from '../../lambda/session/session-state';
import { quickClock } from './quick-clock';
import { eventOf, PHYSICAL_ID, type Release } from './release';
import { connectTo, type SceneServer, type SessionRow } from './scene-server';

export { FIRST, NAME, ORDERS, PHYSICAL_ID, release, SECOND, USER, type Release } from './release';
export type { SceneServer } from './scene-server';

/** Servers that other tests keep busy answer late. */
jest.setTimeout(120_000);

/** One database on a real server, and CloudFormation's requests to it. */
export class Scene {
  name = '';
  /** A session that stands for somebody else's. */
  outside!: Connection;
  /** What the function logged. */
  readonly logged: { readonly level: string; readonly message: string; readonly fields: LogFields }[] = [];
  connections: Connection[] = [];
  /** Numbers of the sessions that the function has closed. */
  readonly closed = new Set<number>();
  stackId = '';
  #seconds = 0;

  private constructor(readonly server: SceneServer) {}

  /**
   * The scene of each test of a suite, one after the other: its database, its stack and all that it notes are new each time.
   *
   * @param live a release that was deployed before, and is there to stay
   */
  static ofEachTest(server: SceneServer, live?: Release): Scene {
    const scene = new Scene(server);
    beforeEach(async () => {
      await scene.#begin();
      if (live === undefined) return;
      await scene.created(live);
      await scene.settle();
    });
    afterEach(() => scene.end());
    return scene;
  }

  /** @param name of the database, where it is shown to people: what is there by that name is dropped */
  static async start(server: SceneServer, name?: string): Promise<Scene> {
    const scene = new Scene(server);
    await scene.#begin(name);
    return scene;
  }

  async #begin(name = `scene_${randomUUID().slice(0, 8)}`): Promise<void> {
    this.name = name;
    this.outside = connectTo(this.server);
    this.logged.length = 0;
    this.#seconds = 0;
    this.renew();
    await this.sql(`DROP DATABASE IF EXISTS ${name}`);
    await this.sql(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
    await this.sql(`USE ${name}`);
  }

  /** Also what a failed test has left at work: it would keep its database, and a core busy for hours. */
  async end(): Promise<void> {
    const sessions = [this.outside, ...this.connections];
    this.connections = [];
    for (const session of sessions) session.destroy();
    // The server goes on with a statement whose client is gone.
    this.outside = connectTo(this.server);
    for (const { threadId } of sessions) if (threadId) await this.sql(`KILL ${threadId}`).catch(() => undefined);
    await this.sql(`DROP DATABASE IF EXISTS ${this.name}`);
    this.outside.destroy();
  }

  /** Another stack, as if the one before had never been. */
  renew(): void {
    this.stackId = stackArn();
  }

  /** The stack's operation ends well, and EventBridge says so. */
  settle(): Promise<void> {
    return this.stackIs('UPDATE_COMPLETE');
  }

  /** EventBridge tells a status of the stack. */
  async stackIs(status: string, at = Date.now() + 1000): Promise<void> {
    const change = { stackId: this.stackId, status, at };
    await noteStackStatus(databaseOf(this.outside, this.name), change);
  }

  /** The answer to a request that must have one. */
  async answer(...args: Parameters<Scene['run']>): Promise<FinalAnswer> {
    const answer = await this.run(...args);
    if (answer.kind !== 'answer') throw new Error(`no answer: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** The answer to a Create of a release. */
  created(to: Release, more?: Partial<RequestPorts>): Promise<FinalAnswer> {
    return this.answer(this.create(to), to, more);
  }

  /** The answer to an Update to a release. */
  updated(from: Release, to: Release, more?: Partial<RequestPorts>): Promise<FinalAnswer> {
    return this.answer(this.update(from, to), to, more);
  }

  /** Runs a statement as somebody else. */
  sql(statement: string): Promise<readonly Row[]> {
    return new Promise((resolve, reject) =>
      this.outside.query(statement, (error, rows) =>
        error ? reject(error) : resolve(rows as unknown as readonly Row[]),
      ),
    );
  }

  /** Waits until nobody but {@link outside} holds the lock. */
  async unlocked(): Promise<void> {
    const holder = `IS_USED_LOCK('${lockName(this.name)}')`;
    const others = `SELECT ${holder} <> CONNECTION_ID() AS isHeld`;
    await this.until(async () => Number((await this.sql(others))[0]?.['isHeld'] ?? 0) === 0);
  }

  /** Definitions of all objects but the journal, by kind and name. */
  async schema(): Promise<Readonly<Record<string, string>>> {
    const { objects } = await readSchema(databaseOf(this.outside, this.name));
    return Object.fromEntries(objects.map(({ kind, name, definition }) => [`${kind} ${name}`, definition]));
  }

  /** `name state` of each row of the history, in order. */
  async history(): Promise<readonly string[]> {
    const rows = await this.sql(`SELECT name, state FROM ${this.name}.migration ORDER BY id`);
    return rows.map((row) => `${String(row['name'])} ${String(row['state'])}`);
  }

  async deployments(): Promise<readonly string[]> {
    const rows = await this.sql(`SELECT type, status FROM ${this.name}.migration_deployment ORDER BY id`);
    return rows.map((row) => `${String(row['type'])} ${String(row['status'])}`);
  }

  /** A new request, issued a second after the one before. */
  create(to: Release): Intent {
    return this.#request({ RequestType: 'Create', ResourceProperties: to.properties });
  }

  update(from: Release, to: Release, physicalId = PHYSICAL_ID): Intent {
    return this.#request({
      RequestType: 'Update',
      PhysicalResourceId: physicalId,
      ResourceProperties: to.properties,
      OldResourceProperties: from.properties,
    });
  }

  delete(of: Release, physicalId = PHYSICAL_ID): Intent {
    return this.#request({ RequestType: 'Delete', PhysicalResourceId: physicalId, ResourceProperties: of.properties });
  }

  /** CloudFormation creates the resource of a release: its application may begin. */
  begins(begun: Release): Intent {
    return this.#request({ RequestType: 'Create', ...eventOf(begun) });
  }

  /** CloudFormation deletes the resource of a release: none of its code is live any more. */
  ends(gone: Release): Intent {
    return this.#request({ RequestType: 'Delete', PhysicalResourceId: 'ours', ...eventOf(gone) });
  }

  /** The resource of a release is deleted. Gives the reason of the answer. */
  async releaseGone(gone: Release, ports: RequestPorts = this.ports(gone), at?: number): Promise<string> {
    const intent = this.ends(gone);
    const issuedAt = at ?? intent.request.issuedAt;
    const answer = await answerRequest({ ...intent, request: { ...intent.request, issuedAt } }, ports);
    if (answer.kind !== 'answer') throw new Error(answer.kind);
    const { status, reason, physicalId } = answer;
    expect([status, physicalId]).toEqual(['SUCCESS', 'ours']);
    return reason;
  }

  /** When the next request is issued, in epoch milliseconds. */
  #nextSecond(): number {
    this.#seconds += 1;
    return Date.UTC(2026, 0, 1) + this.#seconds * 1000;
  }

  /** Has the function of a release handle a request. One that outlives its test gets no session in the next one. */
  run(intent: Intent, code: Release, more: Partial<RequestPorts> = {}): Promise<Answer> {
    const { connections } = this;
    const ports = { ...this.ports(code), ...more };
    const connect: RequestPorts['connect'] = (...given) =>
      this.connections === connections ? ports.connect(...given) : new Promise(() => undefined);
    return answerRequest(intent, { ...ports, connect });
  }

  /** What the function of a release has of the world. */
  ports(code: Release): RequestPorts {
    const log =
      (level: string) =>
      (message: string, fields: LogFields = {}) =>
        void this.logged.push({ level, message, fields });
    return {
      connect: () => Promise.resolve({ kind: 'connected', session: this.session() }),
      code: code.manifest,
      own: this.ownScripts(code),
      rootStackId: this.stackId,
      attempt: { isFirst: true, isLast: false, isLastThoughLong: false },
      log: { info: log('info'), warn: log('warn'), error: log('error') },
      clock: quickClock(),
    };
  }

  /** A new session of the function's. */
  session(): { readonly database: Database; readonly connection: Connection; close(): void } {
    const connection = connectTo(this.server, this.name);
    this.connections.push(connection);
    // As connecting does; what the session is told next waits for it.
    connection.query(stateWithout([]), (error) => {
      // And not the end of a session that a test destroys at once.
      if (error?.sqlState !== undefined) throw error;
    });
    const close = (): void => {
      this.closed.add(connection.threadId);
      connection.destroy();
    };
    return { database: databaseOf(connection, this.name), connection, close };
  }

  /** Connects to a session of which some commands are changed; a changed `write` has also what would go in packets. */
  connectingTo(
    session: { readonly database: Database; close(): void },
    change: Partial<Database>,
  ): RequestPorts['connect'] {
    const { write } = change;
    const oneByOne: Partial<Database> | undefined = write && {
      writeTogether: (statements, answered) => writeOneByOne(write, statements, answered),
    };
    const database = { ...session.database, ...oneByOne, ...change };
    return () => Promise.resolve({ kind: 'connected', session: { ...session, database } });
  }

  /** The other sessions in this database. MySQL's PROCESSLIST table would fail while any suite sends four-byte characters. */
  async sessions(): Promise<readonly SessionRow[]> {
    const rows = (await this.sql('SHOW FULL PROCESSLIST')) as unknown as readonly SessionRow[];
    return rows.filter(({ db, Info }) => db === this.name && Info !== 'SHOW FULL PROCESSLIST');
  }

  /** Whether a session here runs a statement that begins so, and is in a state that begins so, in letters of any case. */
  async isRunning(statement: string, state = ''): Promise<boolean> {
    const inState = new RegExp(`^${state}`, 'i');
    return (await this.sessions()).some(({ Info, State }) => Info?.startsWith(statement) && inState.test(State ?? ''));
  }

  /** Waits until something is so; the test's own time-out ends it. */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  ownScripts({ scripts }: Release): RequestPorts['own'] {
    return {
      text: (name) => scripts.get(name) ?? '',
      largeUp: () => [],
      module: (_name, source) => evaluateModule(__filename, source),
    };
  }

  #request(
    event: Readonly<Record<string, unknown>> & { readonly ResourceProperties: ResourceProperties | ReleaseProperties },
  ): Intent {
    const date = new Date(this.#nextSecond()).toISOString().replace(/[-:]|\.\d+/g, '');
    const parsed = parseCfnRequest(
      {
        RequestId: randomUUID(),
        StackId: this.stackId,
        LogicalResourceId: 'ContractOf' in event.ResourceProperties ? 'MigrationsContract' : 'Migrations',
        ResponseURL: `https://example.invalid/answer?X-Amz-Date=${date}`,
        ...event,
      },
      Date.now(),
    );
    if (parsed.kind !== 'request') throw new Error(`not a request of a release's migrations: ${parsed.kind}`);
    return parsed.intent;
  }
}

function stackArn(): string {
  return `arn:aws:cloudformation:eu-west-1:123456789012:stack/app/${randomUUID()}`;
}
