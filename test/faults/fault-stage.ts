import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StackSettings } from '../../rehearsal/stack/context';
import type { Database } from '../../rehearsal/servers/database-types';
import type { Invocation } from '../../rehearsal/function/function-types';
import type { ServerProgram } from '../../rehearsal/servers/server-program';
import { guard } from '../../rehearsal/servers/guard';
import { CloudClock } from '../../rehearsal/function/cloud-clock';
import { ResponseEndpoint } from '../../rehearsal/endpoints/response-endpoint';
import { SecretsEndpoint } from '../../rehearsal/endpoints/secrets-endpoint';
import { loadTemplate, type Template } from '../../rehearsal/template/template';
import { jumpClock } from './function/clock-jumper';
import { StateReader } from './database-state';
import { FaultInjector } from './fault-injector';
import { DATABASE, migrationStatements, type ReleaseName, STACK } from './fault-releases';
import { type FaultServer, startFaultServer } from './fault-server';
import { FaultStack } from './fault-stack';
import { killProcessOfPort, processOfPort } from './function/function-process';
import { MysqlProxy } from './proxy/mysql-proxy';
import type { MigrationStatement } from './statement-ledger';
import { WarmCloud } from './function/warm-cloud';
import { WriteBlocker } from './write-blocker';

type FaultTemplates = Readonly<Record<ReleaseName, Template>>;

/** A server, a proxy before it, the releases, and a stack that was created with the first of them. */
export class FaultStage {
  readonly server: Database;
  readonly templates: FaultTemplates;
  /** Of all releases' migrations. */
  readonly statements: readonly MigrationStatement[];
  readonly state: StateReader;
  readonly injector: FaultInjector;
  readonly stack: FaultStack;
  readonly cloud: WarmCloud;
  /** Of the functions, since the last call of {@link reset}. */
  invocations: Invocation[] = [];
  readonly #ends: (() => Promise<unknown>)[];
  #dropAll: () => void = () => undefined;
  #serverIsBack: Promise<void> = Promise.resolve();

  private constructor(
    { database, connect }: FaultServer,
    templates: FaultTemplates,
    statements: readonly MigrationStatement[],
    parts: StageParts,
  ) {
    this.server = database;
    this.templates = templates;
    this.statements = statements;
    this.cloud = parts.cloud;
    this.#ends = parts.ends;
    this.state = new StateReader(DATABASE, connect);
    const pids = new Map<number, number>();
    const blocker = new WriteBlocker(connect);
    this.injector = new FaultInjector({
      killFunction: ({ clientPort }) => killProcessOfPort(clientPort, () => parts.cloud.crash()),
      crashServer: async () => {
        this.state.close();
        await database.kill();
        this.#serverIsBack = database.restart();
      },
      block: () => blocker.block(),
      unblock: () => blocker.unblock(),
      hurry: async ({ clientPort }, waiting, signal) => {
        const pid = await processOfPort(clientPort);
        if (pid !== undefined) pids.set(clientPort, pid);
        if (pid !== undefined) await jumpClock(pid, waiting, signal);
      },
      cancel: () => this.stack.cancel(),
      isSameFunction: async (session, hurried) => {
        const pid = await processOfPort(session.clientPort);
        return pid !== undefined && pid === pids.get(hurried.clientPort);
      },
    });
    this.stack = new FaultStack(
      STACK,
      parts.stackSettings((invocation) => this.invocations.push(invocation)),
    );
  }

  /** @param releases - folder of the synthesized releases */
  static async start(program: ServerProgram, releases: string): Promise<FaultStage> {
    const server = await startFaultServer(program);
    const { certificates, socketPath } = server;
    const assembly = (name: ReleaseName): string => path.join(releases, name, 'cdk.out');
    const templates = {
      first: await loadTemplate(assembly('first'), STACK),
      second: await loadTemplate(assembly('second'), STACK),
      broken: await loadTemplate(assembly('broken'), STACK),
    };

    const folder = await mkdtemp(path.join(tmpdir(), 'faults-'));
    const release = await guard({ pids: [], folder });
    const { ca } = certificates.publicAuthority;
    const caFile = path.join(folder, 'ca.pem');
    await writeFile(caFile, ca + (await readFile(server.database.caFile, 'utf8')));
    const { host, port, user, password } = server.database;
    const secrets = await SecretsEndpoint.start(certificates.publicAuthority, { username: user, password });
    const strays: string[] = [];
    const endpoint = await ResponseEndpoint.start(certificates.publicAuthority, (stray) => strays.push(stray));
    const cloud = new WarmCloud();
    const ports = { proxy: 0 };
    const stackSettings = (onInvocation: (invocation: Invocation) => void): StackSettings => ({
      cloud,
      clock: new CloudClock(),
      endpoint,
      database: { host, port },
      createDatabase: () => Promise.resolve(),
      functionSettings: () => ({
        nodePath: process.execPath,
        region: 'eu-central-1',
        variables: {
          AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
          NODE_EXTRA_CA_CERTS: caFile,
          DATABASE_HOST: host,
          DATABASE_PORT: String(ports.proxy),
          NODE_OPTIONS: `--require=${path.join(__dirname, 'function/jumping-clock.cjs')}`,
        },
        retryDelaysMs: [1, 1],
        onInvocation,
      }),
      scratchFolder: folder,
      serviceTimeoutMs: 120_000,
      notPlayed: new Set(),
      codeRollback: 'before',
      neededRollback: 'first',
      secrets: [password],
      attributes: {},
      parameters: {},
    });
    const ends: StageParts['ends'] = [];
    const statements = migrationStatements(assembly('broken'));
    const stage = new FaultStage(server, templates, statements, { ends, cloud, stackSettings });
    const authority = certificates.databaseAuthority;
    const proxy = await MysqlProxy.start({ socketPath, authority, watcher: stage.injector });
    ports.proxy = proxy.port;
    stage.#dropAll = () => proxy.dropAll();
    ends.push(
      () => cloud.stop(),
      () => Promise.all([proxy.stop(), endpoint.stop(), secrets.stop()]),
      () => server.database.stop(),
      () => rm(folder, { recursive: true, force: true }),
    );
    try {
      await stage.state.create();
      await stage.stack.create(templates.first);
      await stage.state.keep();
      return stage;
    } catch (error) {
      await stage.stop();
      throw error;
    } finally {
      ends.push(() => {
        release();
        return Promise.resolve();
      });
    }
  }

  /** Puts everything back to what it was when the first release had been created. */
  async reset(): Promise<void> {
    await this.#serverIsBack;
    this.#dropAll();
    await this.state.restore();
    this.invocations = [];
    this.injector.reset();
  }

  /** Resolves when the server takes connections, after a crash too. */
  async serverIsBack(): Promise<void> {
    await this.#serverIsBack;
  }

  async stop(): Promise<void> {
    await this.#serverIsBack;
    this.state.close();
    for (const end of this.#ends) await end();
  }
}

interface StageParts {
  readonly ends: (() => Promise<unknown>)[];
  readonly cloud: WarmCloud;
  readonly stackSettings: (onInvocation: (invocation: Invocation) => void) => StackSettings;
}
