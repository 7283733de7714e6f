import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createConnection, type Connection } from 'mysql2';
import type { Answer } from '../../lambda/answer';
import type { ResourceProperties } from '../../lambda/contract';
import { deploy, type DeployPorts } from '../../lambda/deploy';
import { parseCfnRequest } from '../../lambda/edges/cfn-request';
import { databaseOf } from '../../lambda/edges/mysql';
import { readSchema } from '../../lambda/engine/fingerprint';
import type { Database, Log, LogFields, MigrationModule, Row } from '../../lambda/engine/ports';
import { checksumOf, sha256 } from '../../lambda/plan/checksum';
import type { Intent } from '../../lambda/plan/intent';
import { manifestOf, versionOf } from '../../lambda/plan/manifest';
import { parseSections } from '../../lambda/plan/sections';
import { splitStatements } from '../../lambda/plan/statements';
import type { Manifest, ManifestEntry, MigrationName, Script, SqlScript } from '../../lambda/plan/types';
import type { TestServer } from '../servers';

/** A release made of texts: `{ '0001_a': '-- migrate:up …' }` or a JavaScript migration's functions. */
export interface Release {
  readonly manifest: Manifest;
  readonly scripts: ReadonlyMap<string, string>;
  readonly properties: ResourceProperties;
}

export function release(migrations: Readonly<Record<string, string>>, more: Partial<ResourceProperties> = {}): Release {
  const scripts = new Map<string, string>();
  const entries = Object.entries(migrations).map(([name, source]): ManifestEntry => {
    const script = scriptOf(source);
    const json = JSON.stringify(script);
    scripts.set(name, json);
    const isModule = 'module' in script;
    return {
      name: name as MigrationName,
      file: `${name}.${isModule ? 'js' : 'sql'}`,
      checksum: checksumOf(source),
      sha256: sha256(json),
      steps: isModule ? 1 : script.up.length,
      irreversible: script.irreversible === true,
    };
  });
  const manifest = manifestOf(entries);
  const properties: ResourceProperties = {
    Digest: manifest.digest,
    Version: versionOf(manifest),
    Count: String(entries.length),
    Database: 'cluster-TEST/app',
    OnDelete: 'RETAIN',
    OnRemoved: 'FAIL',
    OutOfOrder: 'ALLOW',
    ...more,
  };
  return { manifest, scripts, properties };
}

function scriptOf(source: string): Script {
  if (!source.includes('-- migrate:up')) return { v: 1, module: source };
  const sections = parseSections(source);
  if (sections.kind !== 'sections') throw new Error(`unreadable migration: ${JSON.stringify(sections)}`);
  const script: SqlScript = { v: 1, up: split(sections.up), down: split(sections.down ?? '') };
  return sections.irreversible ? { ...script, irreversible: true } : script;
}

function split(text: string): readonly string[] {
  const result = splitStatements(text);
  if (result.kind !== 'statements') throw new Error(`unreadable statements: ${JSON.stringify(result)}`);
  return result.statements;
}

/** One database on a real server, and CloudFormation's requests to it. */
export class Scene {
  /** What the function logged. */
  readonly logged: { readonly level: string; readonly message: string; readonly fields: LogFields }[] = [];
  readonly connections: Connection[] = [];
  stackId = `arn:aws:cloudformation:eu-west-1:123456789012:stack/app/${randomUUID()}`;
  #seconds = 0;

  private constructor(
    readonly server: TestServer,
    readonly name: string,
    /** A session that stands for somebody else's. */
    readonly outside: Connection,
  ) {}

  static async start(server: TestServer): Promise<Scene> {
    const outside = connectTo(server);
    const name = `scene_${randomUUID().slice(0, 8)}`;
    const scene = new Scene(server, name, outside);
    await scene.sql(`CREATE DATABASE ${name}`);
    await scene.sql(`USE ${name}`);
    return scene;
  }

  async end(): Promise<void> {
    await this.sql(`DROP DATABASE IF EXISTS ${this.name}`);
    for (const connection of [...this.connections, this.outside]) connection.destroy();
  }

  /** Runs a statement as somebody else. */
  sql(statement: string): Promise<readonly Row[]> {
    return new Promise((resolve, reject) =>
      this.outside.query(statement, (error, rows) => (error ? reject(error) : resolve(rows as unknown as readonly Row[]))),
    );
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

  /** Has the function of a release handle a request. */
  run(intent: Intent, code: Release, more: Partial<DeployPorts> = {}): Promise<Answer> {
    const log = (level: string) => (message: string, fields: LogFields = {}) =>
      void this.logged.push({ level, message, fields });
    const write: Log = { info: log('info'), warn: log('warn'), error: log('error') };
    return deploy(intent, {
      connect: () => Promise.resolve({ kind: 'connected', session: this.session() }),
      code: code.manifest,
      own: ownScriptsOf(code),
      rootStackId: this.stackId,
      isFirstAttempt: true,
      log: write,
      clock: { now: () => Date.now(), remaining: () => 60_000 },
      ...more,
    });
  }

  /** A new session of the function's. */
  session(): { readonly database: Database; readonly connection: Connection; close(): void } {
    const connection = connectTo(this.server, this.name);
    this.connections.push(connection);
    return { database: databaseOf(connection, this.name), connection, close: () => connection.destroy() };
  }

  #request(event: Readonly<Record<string, unknown>>): Intent {
    this.#seconds += 1;
    const date = new Date(Date.UTC(2026, 0, 1) + this.#seconds * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
    const parsed = parseCfnRequest(
      {
        RequestId: randomUUID(),
        StackId: this.stackId,
        LogicalResourceId: 'Migrations',
        ResponseURL: `https://example.invalid/answer?X-Amz-Date=${date}`,
        ...event,
      },
      Date.now(),
    );
    if (parsed.kind !== 'request') throw new Error(parsed.problem);
    return parsed.intent;
  }
}

/** What a Create of these tests is answered with. */
export const PHYSICAL_ID = 'aurora-migrations:app/Migrations:cluster-TEST/app';

function connectTo(server: TestServer, database?: string): Connection {
  const connection = createConnection({
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
    ...(database === undefined ? {} : { database }),
    charset: 'utf8mb4',
    timezone: 'Z',
    ...(server.caFile === undefined ? {} : { ssl: { ca: readFileSync(server.caFile, 'utf8') } }),
  });
  connection.on('error', () => undefined);
  return connection;
}

function ownScriptsOf({ scripts }: Release): DeployPorts['own'] {
  return {
    text: (name) => scripts.get(name) ?? '',
    largeUp: () => [],
    module: (_name, source) => {
      const module = { exports: {} };
      new Function('module', 'exports', source)(module, module.exports);
      return module.exports as MigrationModule;
    },
  };
}
