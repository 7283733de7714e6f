import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ENVIRONMENT } from '../lambda/contract';
import { makeCertificates } from './servers/certificates';
import { Cloud } from './function/cloud';
import { CloudClock } from './function/cloud-clock';
import { startDatabase } from './servers/database';
import type { Database } from './servers/database-types';
import { Databases } from './servers/databases';
import type { FunctionSettings } from './function/function';
import type { Invocation } from './function/function-types';
import { guard, type Release } from './servers/guard';
import { JournalReader } from './servers/journal-reader';
import { LiveCode } from './stack/live-code';
import type { RehearsalOptions, StackOverrides } from './rehearsal-options';
import { holdsText } from './endpoints/response-checks';
import { ResponseEndpoint } from './endpoints/response-endpoint';
import { SecretsEndpoint } from './endpoints/secrets-endpoint';
import { SnapshotsEndpoint } from './endpoints/snapshots-endpoint';
import { Stack } from './stack/stack';
import { UsedProcesses } from './function/used-processes';

export type { RehearsalOptions, StackOverrides } from './rehearsal-options';

/** CloudFormation, Lambda, Secrets Manager and a database server, played on this machine. */
export class Rehearsal {
  /** The database server. */
  readonly database: Database;
  /** Secrets Manager, which has the server's user and password as every secret's value. */
  readonly secrets: SecretsEndpoint;
  /** RDS, which takes snapshots of any cluster and instance. */
  readonly snapshots: SnapshotsEndpoint;
  /** Where functions put their answers. */
  readonly answers: ResponseEndpoint;
  /** CloudFormation's, by which requests and statuses are timed. */
  readonly clock = new CloudClock();
  readonly #parts: Parts;
  readonly #options: RehearsalOptions;
  readonly #clouds: Cloud[] = [];
  readonly #usedProcesses: UsedProcesses | undefined;

  private constructor(parts: Parts, options: RehearsalOptions) {
    this.database = parts.database;
    this.secrets = parts.secrets;
    this.snapshots = parts.snapshots;
    this.answers = parts.answers;
    this.#parts = parts;
    this.#options = options;
    if (options.reuseProcesses === true) this.#usedProcesses = new UsedProcesses();
  }

  /** Starts what a rehearsal needs. {@link stop} ends it; should this process die before, it ends all the same. */
  static async start(options: RehearsalOptions = {}): Promise<Rehearsal> {
    const certificates = await makeCertificates();
    const { database: given = {} } = options;
    const ownDatabase = !('port' in given);
    const database = ownDatabase ? await startDatabase({ certificates, ...given }) : given;
    const folder = await mkdtemp(path.join(tmpdir(), 'rehearsal-'));
    const release = await guard({ pids: [], folder });

    const { ca } = certificates.publicAuthority;
    const publicCaFile = path.join(folder, 'public-ca.pem');
    const allCaFile = path.join(folder, 'all-ca.pem');
    await writeFile(publicCaFile, ca);
    await writeFile(allCaFile, ca + (database.caFile === undefined ? '' : await readFile(database.caFile, 'utf8')));

    const { host, port, user, password } = database;
    const secret = { username: user, password, host, port, engine: 'mysql' };
    const violationSinks: string[][] = [];
    return new Rehearsal(
      {
        database,
        ownDatabase,
        databases: new Databases(database),
        secrets: await SecretsEndpoint.start(certificates.publicAuthority, secret),
        snapshots: await SnapshotsEndpoint.start(certificates.publicAuthority),
        answers: await ResponseEndpoint.start(certificates.publicAuthority, (violation) => {
          for (const sink of violationSinks) sink.push(violation);
        }),
        violationSinks,
        folder,
        release,
        publicCaFile,
        allCaFile,
      },
      options,
    );
  }

  /** A stack that is not deployed yet. */
  stack(name: string, overrides: StackOverrides = {}): Stack {
    const { database, databases, folder, violationSinks } = this.#parts;
    const { region = 'eu-central-1', accountId = '111122223333' } = overrides;
    const cloud = new Cloud();
    this.#clouds.push(cloud);
    const violations: string[] = [];
    violationSinks.push(violations);
    const invocations: Invocation[] = [];
    const onInvocation = (invocation: Invocation): void => {
      invocations.push(invocation);
      violations.push(...secretsInLog(invocation, database.password));
    };
    return new Stack({
      name,
      region,
      accountId,
      violations,
      invocations,
      mayBeReplaced: overrides.mayBeReplaced ?? [],
      listener: overrides.listener ?? this.#options.listener ?? (() => undefined),
      settings: {
        cloud,
        clock: this.clock,
        endpoint: this.answers,
        database: { host: database.host, port: database.port },
        createDatabase: async (databaseName) => {
          if (overrides.databases?.includes(databaseName) ?? true) await databases.create(databaseName);
        },
        liveCode: new LiveCode(new JournalReader(database)),
        functionSettings: (variables) => ({
          nodePath: this.#options.nodePath ?? process.execPath,
          region,
          compiledFolder: folder,
          usedProcesses: this.#usedProcesses,
          variables: this.#variablesAbove(variables, overrides.environment ?? {}),
          retryDelaysMs: this.#options.retryDelaysMs ?? [20, 40],
          onInvocation,
        }),
        scratchFolder: folder,
        functionTimeoutMs: overrides.functionTimeoutMs,
        serviceTimeoutMs: overrides.serviceTimeoutMs,
        only: overrides.only === undefined ? undefined : new Set(overrides.only),
        notPlayed: new Set(overrides.notPlayed ?? CDK_PROVIDERS),
        codeRollback: overrides.codeRollback ?? this.#options.codeRollback ?? 'before',
        neededRollback: overrides.neededRollback ?? this.#options.neededRollback ?? 'first',
        secrets: [database.password],
        attributes: overrides.attributes ?? {},
        parameters: overrides.parameters ?? {},
      },
    });
  }

  /** Ends the functions of all stacks, which nobody deploys any more: their processes are there for those of the next stacks. */
  async endStacks(): Promise<void> {
    await Promise.all(this.#clouds.splice(0).map((cloud) => cloud.stop()));
  }

  /** Drops all databases, so that the next stack finds none. Only on a server of ours. */
  async dropDatabases(): Promise<void> {
    await this.#parts.databases.dropAll();
  }

  /** Ends all that was started. */
  async stop(): Promise<void> {
    const { databases, folder, ownDatabase, release } = this.#parts;
    await this.endStacks();
    await this.#usedProcesses?.stop();
    await Promise.all([this.answers.stop(), this.secrets.stop(), this.snapshots.stop()]);
    if (ownDatabase) {
      await databases.dropFromForeignServer();
      await this.database.stop();
    }
    await rm(folder, { recursive: true, force: true });
    release();
  }

  /** What a function finds here in place of AWS. */
  #variablesAbove(
    variables: Readonly<Record<string, string>>,
    overrides: Readonly<Record<string, string>>,
  ): FunctionSettings['variables'] {
    const { publicCaFile, allCaFile } = this.#parts;
    const worksOnDatabase = variables[ENVIRONMENT.host] !== undefined;
    return {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.secrets.url,
      AWS_ENDPOINT_URL_RDS: this.snapshots.url,
      // S3 and Secrets Manager are trusted anyway; the database only where the template asks for RDS's certificates.
      NODE_EXTRA_CA_CERTS: variables.NODE_EXTRA_CA_CERTS === undefined ? publicCaFile : allCaFile,
      ...(worksOnDatabase
        ? { [ENVIRONMENT.host]: this.database.host, [ENVIRONMENT.port]: String(this.database.port), ...overrides }
        : {}),
    };
  }
}

interface Parts {
  readonly snapshots: SnapshotsEndpoint;
  readonly database: Database;
  readonly ownDatabase: boolean;
  readonly databases: Databases;
  readonly secrets: SecretsEndpoint;
  readonly answers: ResponseEndpoint;
  readonly violationSinks: string[][];
  readonly folder: string;
  readonly release: Release;
  readonly publicCaFile: string;
  readonly allCaFile: string;
}

// They would call AWS services that no rehearsal has.
const CDK_PROVIDERS = [
  'Custom::AWS',
  'Custom::CDKBucketDeployment',
  'Custom::CrossRegionExportReader',
  'Custom::CrossRegionExportWriter',
  'Custom::DescribeVpcEndpoints',
  'Custom::ECRAutoDeleteImages',
  'Custom::LogRetention',
  'Custom::S3AutoDeleteObjects',
  'Custom::S3BucketNotifications',
  'Custom::VpcRestrictDefaultSG',
];

/** The password and the ResponseURL give access to whoever reads a log. */
function secretsInLog({ log, event, functionName, requestId }: Invocation, password: string): readonly string[] {
  const url = (event as { readonly ResponseURL?: unknown } | undefined)?.ResponseURL;
  const found: string[] = [];
  if (holdsText(log, password)) found.push('the password');
  if (typeof url === 'string' && holdsText(log, url)) found.push('the ResponseURL');
  return found.map((secret) => `the log of ${functionName}, request ${requestId}, holds ${secret}`);
}
