import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { manifestOf } from '../../lambda/manifest/manifest';
import type { TestServer } from '../servers';
import { AnswerServer } from '../unit/edges/answer-server';
import { productionNode } from './stack-scene';

/** A line of the function's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

/** How an invocation is watched. */
export interface LiveOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** Of Lambda's time. */
  readonly milliseconds?: number;
  /** Called with each line as it is written, while the function goes on. False ends the process. */
  readonly onLine?: (line: LogLine) => unknown;
}

/** What became of an invocation. */
export interface LiveResult {
  readonly log: readonly LogLine[];
  /** What it returned, or its error's message; undefined where it was ended. */
  readonly returned?: unknown;
  readonly thrown?: string;
}

const SCRIPT = `
  const [bundle, event, milliseconds] = process.argv.slice(1);
  const end = Date.now() + Number(milliseconds);
  const context = { awsRequestId: 'a', logGroupName: 'g', logStreamName: 's', getRemainingTimeInMillis: () => end - Date.now() };
  const say = (outcome) => require('node:fs').writeSync(1, JSON.stringify({ message: 'END', ...outcome }) + '\\n');
  require(bundle).handler(JSON.parse(event), context).then(
    (returned) => { say({ returned: returned ?? null }); process.exit(); },
    (error) => { say({ thrown: error.message }); process.exit(); });`;

/** The function's bundle in a process, with a log that can be read while it runs. Its release has no migration. */
export class LiveFunction {
  readonly #server: TestServer;
  readonly #secrets: AnswerServer;
  readonly #folder: string;

  private constructor(server: TestServer, secrets: AnswerServer, folder: string) {
    this.#server = server;
    this.#secrets = secrets;
    this.#folder = folder;
  }

  static async start(server: TestServer): Promise<LiveFunction> {
    const folder = mkdtempSync(path.join(tmpdir(), 'live-function-'));
    copyFileSync(path.join(__dirname, '../../dist/function/index.js'), path.join(folder, 'index.js'));
    writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifestOf([])));
    const secrets = await AnswerServer.start();
    const { user: username, password } = server;
    secrets.content = JSON.stringify({ SecretString: JSON.stringify({ username, password }) });
    return new LiveFunction(server, secrets, folder);
  }

  async invoke(event: object, { environment, milliseconds = 60_000, onLine }: LiveOptions = {}): Promise<LiveResult> {
    const { host, port, caFile } = this.#server;
    // Lambda has one log for both; what is written first stands first.
    const child = spawn(
      '/bin/sh',
      [
        '-c',
        'exec "$0" "$@" 2>&1',
        productionNode(),
        '-e',
        SCRIPT,
        path.join(this.#folder, 'index.js'),
        JSON.stringify(event),
        String(milliseconds),
      ],
      {
        env: {
          PATH: process.env['PATH'],
          DATABASE_HOST: host,
          DATABASE_PORT: String(port),
          DATABASE_NAME: 'mysql',
          DATABASE_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:live-AbCdEf',
          ROOT_STACK_ID: 'arn:aws:cloudformation:eu-central-1:111122223333:stack/live/1',
          AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${this.#secrets.port}/`,
          AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
          AWS_SECRET_ACCESS_KEY: 'secretaccesskey',
          ...(caFile === undefined ? {} : { NODE_EXTRA_CA_CERTS: caFile }),
          ...environment,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const log: LogLine[] = [];
    for await (const text of createInterface({ input: child.stdout })) {
      const line = JSON.parse(text) as LogLine;
      if (line.message === 'END') return { log, returned: line['returned'], thrown: line['thrown'] as string };
      log.push(line);
      if ((await onLine?.(line)) === false) child.kill('SIGKILL');
    }
    return { log };
  }

  async stop(): Promise<void> {
    await this.#secrets.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
