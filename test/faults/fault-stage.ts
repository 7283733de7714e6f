import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Certificates } from '../../rehearsal/certificates';
import type { StackSettings } from '../../rehearsal/context';
import type { Database } from '../../rehearsal/database-types';
import type { Invocation } from '../../rehearsal/function-types';
import { ResponseEndpoint } from '../../rehearsal/response-endpoint';
import { SecretsEndpoint } from '../../rehearsal/secrets-endpoint';
import { loadTemplate, type Template } from '../../rehearsal/template';
import { StateReader } from './database-state';
import { FaultInjector } from './fault-injector';
import { STACK, synthesizeReleases } from './fault-releases';
import { FaultStack } from './fault-stack';
import { MysqlProxy } from './mysql-proxy';
import { WarmCloud } from './warm-cloud';

export interface StageSettings {
  readonly server: Database;
  /** The server's: the proxy shows a certificate of the same authority. */
  readonly certificates: Certificates;
  /** Tells stages on the same server apart. */
  readonly name: string;
  /** Where the releases are synthesized. */
  readonly folder: string;
}

/** Templates of the releases. */
export interface FaultTemplates {
  readonly first: Template;
  readonly second: Template;
  readonly broken: Template;
}

/** A database, a proxy before it, the releases, and a stack that was created with the first of them. */
export class FaultStage {
  readonly server: Database;
  readonly templates: FaultTemplates;
  readonly state: StateReader;
  readonly injector: FaultInjector;
  readonly stack: FaultStack;
  /** Of the functions, since the last call of {@link reset}. */
  invocations: Invocation[] = [];
  readonly #ends: (() => Promise<unknown>)[];
  #serverIsBack: Promise<void> = Promise.resolve();

  private constructor(server: Database, templates: FaultTemplates, state: StateReader, parts: StageParts) {
    this.server = server;
    this.templates = templates;
    this.state = state;
    this.#ends = parts.ends;
    this.injector = new FaultInjector({
      killFunction: () => parts.cloud.crash(),
      crashServer: async () => {
        await server.kill();
        this.#serverIsBack = server.restart();
      },
    });
    this.stack = new FaultStack(
      STACK,
      parts.stackSettings((invocation) => this.invocations.push(invocation)),
    );
  }

  static async start({ server, certificates, ...settings }: StageSettings): Promise<FaultStage> {
    const name = `faults_${settings.name}`;
    const folder = path.join(settings.folder, name);
    await mkdir(folder, { recursive: true });
    const state = new StateReader(server, name);
    await state.create();
    const folders = synthesizeReleases(name, state.side, folder);
    const templates = {
      first: await loadTemplate(folders.first, STACK),
      second: await loadTemplate(folders.second, STACK),
      broken: await loadTemplate(folders.broken, STACK),
    };

    const { ca } = certificates.publicAuthority;
    const caFile = path.join(folder, 'ca.pem');
    await writeFile(caFile, ca + (await readFile(server.caFile ?? '', 'utf8')));
    const { host, port, user, password } = server;
    const secrets = await SecretsEndpoint.start(certificates.publicAuthority, { username: user, password });
    const strays: string[] = [];
    const endpoint = await ResponseEndpoint.start(certificates.publicAuthority, (stray) => strays.push(stray));
    const cloud = new WarmCloud();
    const ports = { proxy: 0 };
    const stackSettings = (onInvocation: (invocation: Invocation) => void): StackSettings => ({
      cloud,
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
    const stage = new FaultStage(server, templates, state, { ends, cloud, stackSettings });
    const authority = certificates.databaseAuthority;
    const proxy = await MysqlProxy.start({ host, port, authority, watcher: stage.injector });
    ports.proxy = proxy.port;
    ends.push(
      () => cloud.stop(),
      () => Promise.all([proxy.stop(), endpoint.stop(), secrets.stop()]),
      () => state.drop(),
      () => rm(folder, { recursive: true, force: true }),
    );
    await stage.stack.create(templates.first);
    await state.keep();
    return stage;
  }

  /** Puts everything back to what it was when the first release had been created. */
  async reset(): Promise<void> {
    await this.#serverIsBack;
    await this.state.restore();
    this.invocations = [];
  }

  /** Resolves when the server takes connections, after a crash too. */
  async serverIsBack(): Promise<void> {
    await this.#serverIsBack;
  }

  async stop(): Promise<void> {
    await this.#serverIsBack;
    for (const end of this.#ends) await end();
  }
}

interface StageParts {
  readonly ends: (() => Promise<unknown>)[];
  readonly cloud: WarmCloud;
  readonly stackSettings: (onInvocation: (invocation: Invocation) => void) => StackSettings;
}
