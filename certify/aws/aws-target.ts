import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ExpectedFailure } from '../../cli/expected-failure';
import type { Json } from '../../rehearsal/template/json';
import type { SeenLine, StackEvent } from '../evidence/evidence';
import type { Release } from '../plays/release';
import { ReleaseFolders } from '../target/release-folders';
import type { CertifyTarget, DeployHow, Need, Operation, Pace } from '../target/target';
import { capacityOf } from './capacity';
import { type CdkCommand, cdkArguments, runCdk } from './cdk-cli';
import { type DataApiAddress, runStatement } from './data-api';
import { readFunctionLog } from './function-log';
import { SignedCalls } from './signed-calls';
import { StackWatch } from './stack-watch';

/** Whose account it is, shown before anything is done. */
export interface Caller {
  readonly account: string;
  readonly region: string;
}

/** The certify stack in an AWS account, with the CDK's own command line. */
export class AwsTarget implements CertifyTarget {
  readonly name = 'aws';
  readonly lacks: ReadonlyMap<Need, string> = new Map();
  readonly #folders: ReleaseFolders;
  readonly #lambda: LambdaClient;
  readonly #base: StackWatch;
  readonly #stack: StackWatch;
  readonly #startedAt = new Date();
  /** Of the newest release. */
  #folder: string | undefined;
  #database: DataApiAddress | undefined;
  #secretBefore = '';

  private constructor(
    client: CloudFormationClient,
    private readonly calls: SignedCalls,
    readonly caller: Caller,
    readonly pace: Pace,
    readonly versions: Readonly<Record<string, string>>,
  ) {
    this.#lambda = new LambdaClient({ region: caller.region });
    this.#folders = new ReleaseFolders(pace.gateSeconds);
    this.#base = new StackWatch(client, 'CertifyBase', pace.lookEverySeconds);
    this.#stack = new StackWatch(client, 'Certify', pace.lookEverySeconds);
  }

  /** Finds account and region, as the AWS SDK finds them; makes nothing. */
  static async find(versions: Readonly<Record<string, string>>, pace: Pace = PACE): Promise<AwsTarget> {
    const client = new CloudFormationClient({});
    const { account, region, calls } = await callerOf(client);
    return new AwsTarget(client, calls, { account, region }, pace, versions);
  }

  get region(): string {
    return this.caller.region;
  }

  /** Refuses where there is a stack of one of our names: it may be anybody's. */
  async refuseForeignStacks(): Promise<void> {
    for (const stack of [this.#stack, this.#base]) {
      const status = await stack.status();
      if (status === 'DELETED') continue;
      throw new ExpectedFailure(
        'stack-exists',
        `there is a stack ${stack.name} in ${status} in this account and region; nothing was done. If an earlier run left it, delete it: aws cloudformation delete-stack --stack-name ${stack.name}`,
      );
    }
  }

  async prepare(): Promise<void> {
    this.#folder = this.#folders.make({ name: 'base', plain: ['0001'] });
    await runCdk({ kind: 'deploy', stack: this.#base.name, how: {} }, this.#folder);
    const status = await this.#base.stableStatus();
    if (status !== 'CREATE_COMPLETE') {
      throw new ExpectedFailure(
        'base-not-created',
        `the stack ${this.#base.name} ended in ${status}, so that nothing can be played. What cdk printed says why; is the account bootstrapped (npx cdk bootstrap)?`,
      );
    }
    const [clusterArn, secretArn] = [await this.#base.output('ClusterArn'), await this.#base.output('SecretArn')];
    this.#database = { clusterArn, secretArn, database: 'certify' };
  }

  async deploy(release: Release, how: DeployHow = {}): Promise<Operation> {
    this.#folder = this.#folders.make(release);
    return this.#run({ kind: 'deploy', stack: this.#stack.name, how }, this.#folder);
  }

  async cancelUpdate(): Promise<void> {
    await this.#stack.cancelUpdate();
  }

  async rollBack(): Promise<Operation> {
    return this.#run({ kind: 'rollback', stack: this.#stack.name }, this.#newest());
  }

  async destroy(): Promise<Operation> {
    return this.#run({ kind: 'destroy', stack: this.#stack.name }, this.#newest());
  }

  events(): Promise<readonly StackEvent[]> {
    return this.#stack.events();
  }

  async seen(): Promise<readonly SeenLine[]> {
    return readFunctionLog(this.calls, await this.#base.output('LogGroupName'), this.#startedAt);
  }

  async settle(): Promise<void> {
    // Of a log line nobody says when it is there to be read.
    await sleep(this.pace.lookEverySeconds * 1000 * SETTLE_LOOKS);
  }

  async query(sql: string): Promise<readonly Readonly<Record<string, Json>>[]> {
    if (this.#database === undefined) throw new Error('there is no database yet');
    return runStatement(this.calls, this.#database, sql);
  }

  async deliver(event: Json): Promise<void> {
    await this.#lambda.send(
      new InvokeCommand({ FunctionName: await this.#functionName(), InvocationType: 'Event', Payload: bytes(event) }),
    );
  }

  async invoke(event: Json): Promise<{ readonly failed: boolean; readonly payload: Json }> {
    const { FunctionError: error, Payload: payload } = await this.#lambda.send(
      new InvokeCommand({ FunctionName: await this.#functionName(), Payload: bytes(event) }),
    );
    return { failed: error !== undefined, payload: JSON.parse(payload?.transformToString() ?? 'null') as Json };
  }

  async rotateSecret(): Promise<void> {
    this.#secretBefore = await this.#currentSecret();
    await this.calls.target('secretsmanager', 'secretsmanager.RotateSecret', {
      SecretId: await this.#base.output('SecretArn'),
      ClientRequestToken: randomUUID(),
      RotateImmediately: true,
    });
  }

  async isRotated(): Promise<boolean> {
    return (await this.#currentSecret()) !== this.#secretBefore;
  }

  async awaitPause(): Promise<boolean> {
    const until = Date.now() + LONGEST_PAUSE_MS;
    while (Date.now() < until) {
      if ((await capacityOf(this.calls, await this.#base.output('ClusterArn'), new Date())) === 0) return true;
      await sleep(this.pace.lookEverySeconds * 10_000);
    }
    return false;
  }

  async end(): Promise<readonly string[]> {
    try {
      for (const stack of [this.#stack, this.#base]) await this.#remove(stack);
      const left = await Promise.all(
        [this.#stack, this.#base].map(async (stack) => [stack.name, await stack.status()] as const),
      );
      return left
        .filter(([, status]) => status !== 'DELETED')
        .map(
          ([name, status]) =>
            `the stack ${name} in ${status}; delete it: aws cloudformation delete-stack --region ${this.region} --stack-name ${name}`,
        );
    } finally {
      this.#folders.remove();
    }
  }

  async #remove(stack: StackWatch): Promise<void> {
    if ((await stack.stableStatus()) === 'DELETED') return;
    await runCdk({ kind: 'destroy', stack: stack.name }, this.#newest());
    let status = await stack.stableStatus();
    if (status !== 'DELETED' && status !== 'DELETE_FAILED') {
      // The CDK needs an assembly, which a synth that was stopped has not made.
      await stack.delete();
      status = await stack.stableStatus();
    }
    if (status !== 'DELETE_FAILED') return;
    await stack.forceDelete();
    await stack.stableStatus();
  }

  async #run(command: CdkCommand, folder: string): Promise<Operation> {
    await runCdk(command, folder);
    return { command: `cdk ${cdkArguments(command).join(' ')}`, status: await this.#stack.stableStatus() };
  }

  #newest(): string {
    if (this.#folder === undefined) throw new Error('nothing was deployed yet');
    return this.#folder;
  }

  #functionName(): Promise<string> {
    return this.#stack.output('FunctionName');
  }

  /** Id of the version that counts. */
  async #currentSecret(): Promise<string> {
    const { VersionIdsToStages: stages = {} } = (await this.calls.target(
      'secretsmanager',
      'secretsmanager.DescribeSecret',
      {
        SecretId: await this.#base.output('SecretArn'),
      },
    )) as { readonly VersionIdsToStages?: Readonly<Record<string, readonly string[]>> };
    return Object.entries(stages).find(([, names]) => names.includes('AWSCURRENT'))?.[0] ?? '';
  }
}

/** The slow statement takes a minute or more: a log line that is waited for in the middle of it takes ten seconds. */
const PACE: Pace = { slowBytes: 16_000_000, gateSeconds: 20, deathSeconds: 5, lookEverySeconds: 3 };

/** A log line has been there after ten seconds whenever one looked; a status event comes within a minute. */
const SETTLE_LOOKS = 25;

/** It pauses after five minutes without a session, and CloudWatch says so some minutes later. */
const LONGEST_PAUSE_MS = 30 * 60_000;

function bytes(event: Json): Uint8Array {
  return Buffer.from(JSON.stringify(event));
}

/** Region and account as the AWS SDK finds them. */
async function callerOf(client: CloudFormationClient): Promise<Caller & { readonly calls: SignedCalls }> {
  try {
    const region = await client.config.region();
    const calls = new SignedCalls({ region, credentials: () => client.config.credentials() });
    const text = await calls.query('sts', 'sts', { Action: 'GetCallerIdentity', Version: '2011-06-15' });
    return { account: /<Account>(\d+)</.exec(text)?.[1] ?? 'unknown', region, calls };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ExpectedFailure(
      'no-account',
      `no AWS account can be found (${why}); nothing was done. Set AWS_REGION, and AWS_PROFILE or the like`,
    );
  }
}
