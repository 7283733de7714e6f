import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { RELEASE_TYPE } from '../../lambda/contract';
import { lockName } from '../../lambda/session/lock';
import { databaseAt } from '../../rehearsal/servers/database-url';
import { Rehearsal } from '../../rehearsal/rehearsal';
import type { RehearsalOptions, StackOverrides } from '../../rehearsal/rehearsal-options';
import { dumpSchema } from '../../rehearsal/servers/schema-dump';
import type { Stack } from '../../rehearsal/stack/stack';
import type { CustomResourceEvent } from '../../rehearsal/stack/stack-types';
import { nodes, stackServers, type TestServer } from '../servers';

// Each deployment starts several processes, and those take what they take.
jest.setTimeout(300_000);

/** A rehearsal on one of the servers that run for all tests. */
export async function rehearseOn(server: TestServer, options: RehearsalOptions = {}): Promise<Rehearsal> {
  return Rehearsal.start({
    database: await databaseAt(server.url, 'the URL'),
    retryDelaysMs: [1, 1],
    reuseProcesses: true,
    ...options,
  });
}

/** Every server with every Node that functions run on. */
export function everyRuntime(): readonly {
  readonly name: string;
  readonly server: TestServer;
  readonly nodePath: string;
}[] {
  return stackServers().flatMap((server) =>
    nodes().map((node) => ({ name: `${server.name} with ${node.name}`, server, nodePath: node.path })),
  );
}

/** What the function runs on in production, where it is here. */
export function productionNode(): string {
  return nodes().at(-1)!.path;
}

/** One stack of the small app, with a database of its own, and somebody else's session in it. */
export class StackScene {
  readonly stack: Stack;
  readonly database: string;
  readonly #rehearsal: Rehearsal;
  #outside: Promise<Connection> | undefined;

  constructor(rehearsal: Rehearsal, overrides: StackOverrides = {}) {
    const id = randomUUID().slice(0, 8);
    this.database = `stack_${id}`;
    this.#rehearsal = rehearsal;
    this.stack = rehearsal.stack(`Small-${id}`, {
      ...overrides,
      environment: { DATABASE_NAME: this.database, ...overrides.environment },
    });
  }

  /** Runs a statement as somebody else would, always in the same session. */
  async sql(statement: string): Promise<readonly RowDataPacket[]> {
    this.#outside ??= this.#connect();
    const [rows] = await (await this.#outside).query<RowDataPacket[]>(statement);
    return rows;
  }

  /** Definitions of all objects but the journal, by kind and name. */
  async schema(): Promise<ReadonlyMap<string, string>> {
    return (await dumpSchema(this.#rehearsal.database, this.database)).objects;
  }

  /** `name state steps` of each row of the history, in order of application. */
  async history(): Promise<readonly string[]> {
    const { history } = await dumpSchema(this.#rehearsal.database, this.database);
    return history.map(({ name, state, steps }) => `${name} ${state} ${steps}`);
  }

  /** Names of all tables and views, the journal's among them. */
  async tables(): Promise<readonly string[]> {
    const rows = await this.sql(`SHOW TABLES FROM ${this.database}`);
    return rows.map((row) => String(Object.values(row)[0]));
  }

  /** What a deployment may change: the schema, the rows of the history, and those of the deployments. */
  async state(): Promise<unknown> {
    return {
      schema: await this.schema(),
      migrations: await this.sql(`SELECT * FROM ${this.database}.migration ORDER BY id`),
      deployments: await this.sql(
        `SELECT id, type, status, answered, error, endedAt FROM ${this.database}.migration_deployment
          WHERE type <> 'Release' ORDER BY id`,
      ),
    };
  }

  /** Waits until a session of the function runs a statement that begins so; the test's own time-out ends it. */
  async running(statement: string): Promise<void> {
    const isRunning = (row: RowDataPacket): boolean =>
      row['db'] === this.database && String(row['Info']).startsWith(statement);
    while (!(await this.sql('SHOW FULL PROCESSLIST')).some(isRunning)) await pause();
  }

  /** Waits until the server has noticed that the function's last session was closed. */
  async unlocked(): Promise<void> {
    const isFree = `SELECT IS_FREE_LOCK('${lockName(this.database)}') AS isFree`;
    while ((await this.sql(isFree))[0]?.['isFree'] !== 1) await pause();
  }

  /** How the attempts at requests of a type ended, in order. */
  attemptsAt(requestType: 'Create' | 'Update' | 'Delete'): readonly string[] {
    return this.stack.invocations
      .map(({ event, outcome }) => ({ event: event as Partial<CustomResourceEvent>, outcome }))
      .filter(({ event }) => event.RequestType === requestType && event.ResourceType !== RELEASE_TYPE)
      .map(({ outcome }) => outcome.kind);
  }

  /** Requests for migrations that the stack sent to the function, and what came of each. */
  get calls(): Stack['calls'] {
    return this.stack.calls.filter(({ event }) => event.ResourceType !== RELEASE_TYPE);
  }

  /** The same in words. */
  get requests(): readonly string[] {
    return this.calls.map(({ event, outcome }) => `${event.RequestType} ${outcome.kind}`);
  }

  /** All physical ids that requests for migrations were sent with or answered with. */
  get physicalIds(): ReadonlySet<string> {
    return new Set(
      this.calls.flatMap(({ event, outcome }) => [
        ...(event.PhysicalResourceId === undefined ? [] : [event.PhysicalResourceId]),
        ...('physicalId' in outcome && outcome.physicalId !== undefined ? [outcome.physicalId] : []),
      ]),
    );
  }

  /** All that the stack's functions logged, and were told or answered. */
  get said(): string {
    const { invocations, calls, events } = this.stack;
    const answers = calls.map(({ outcome }) => JSON.stringify(outcome));
    const outcomes = invocations.map(({ outcome }) => JSON.stringify(outcome));
    return [...invocations.map(({ log }) => log), ...outcomes, ...answers, ...events.map(({ reason }) => reason)].join(
      '\n',
    );
  }

  /** Ends the outside session. */
  async end(): Promise<void> {
    (await this.#outside)?.destroy();
    this.#outside = undefined;
  }

  async #connect(): Promise<Connection> {
    const { host, port, user, password, caFile } = this.#rehearsal.database;
    const ssl = caFile === undefined ? {} : { ssl: { ca: readFileSync(caFile, 'utf8') } };
    return createConnection({ host, port, user, password, charset: 'utf8mb4', ...ssl });
  }
}

/** The scenes of a suite, all of one rehearsal. Each ends with its test, and nothing may be said against its stack. */
export class StackScenes {
  #rehearsal: Rehearsal | undefined;
  readonly #begun: StackScene[] = [];

  static ofSuite(server: TestServer, options: RehearsalOptions = { nodePath: productionNode() }): StackScenes {
    const scenes = new StackScenes();
    beforeAll(async () => {
      scenes.#rehearsal = await rehearseOn(server, options);
    });
    afterEach(() => scenes.#end());
    afterAll(() => scenes.rehearsal.stop());
    return scenes;
  }

  get rehearsal(): Rehearsal {
    return this.#rehearsal!;
  }

  begin(overrides?: StackOverrides): StackScene {
    const scene = new StackScene(this.rehearsal, overrides);
    this.#begun.push(scene);
    return scene;
  }

  async #end(): Promise<void> {
    const begun = this.#begun.splice(0);
    for (const scene of begun) await scene.end();
    expect(begun.flatMap(({ stack }) => stack.violations)).toEqual([]);
    await this.rehearsal.endStacks();
  }
}

/** A moment, before something that cannot be waited for is looked at again. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
