import { randomUUID } from 'node:crypto';
import type { Death, FunctionConfiguration, FunctionError, InvocationOutcome } from './function-types';
import { type RuntimeMessage, RuntimeProcess, type RuntimeProcessSettings } from './runtime-process';
import type { UsedProcesses } from './used-processes';

/** What an environment needs besides the function's own configuration. */
export interface EnvironmentSettings {
  /** The Node that runs the function. */
  readonly nodePath: string;
  readonly region: string;
  /** Variables that replace or join the function's own. */
  readonly variables: Readonly<Record<string, string>>;
  /**
   * Where the processes of a rehearsal keep compiled code for each other.
   * @default - each compiles the code for itself
   */
  readonly compiledFolder?: string;
  /**
   * Processes of environments that ended.
   * @default - each environment has a process of its own
   */
  readonly usedProcesses?: UsedProcesses;
}

export interface EnvironmentResult {
  readonly outcome: InvocationOutcome;
  readonly initMs?: number;
  readonly maxRssKb?: number;
  readonly log: string;
}

/**
 * One execution environment: a child process that has loaded the code and handles one event at a time. Between two
 * invocations it is frozen: it blocks in a read of the next one. It is gone after a crash or a time-out.
 */
export class Environment {
  /** Name of the stream that all of its lines are in. */
  readonly logStream = nameLogStream();
  readonly #configuration: FunctionConfiguration;
  readonly #process: RuntimeProcess;
  readonly #processSettings: RuntimeProcessSettings;
  readonly #usedProcesses: UsedProcesses | undefined;
  #current: CurrentInvocation | undefined;
  #first = true;
  #gone = false;
  #stopped = false;
  #givenBack: Promise<void> | undefined;

  constructor(configuration: FunctionConfiguration, settings: EnvironmentSettings) {
    this.#configuration = configuration;
    const variables = environmentVariables(configuration, settings);
    const { nodePath, compiledFolder, usedProcesses } = settings;
    this.#usedProcesses = usedProcesses;
    this.#processSettings = {
      nodePath,
      memoryMb: configuration.memoryMb,
      isReused: usedProcesses !== undefined,
      variables,
    };
    this.#process = usedProcesses?.take(this.#processSettings) ?? new RuntimeProcess(this.#processSettings);
    this.#process.listener = {
      onLogLine: (line) => this.#onLogLine(line),
      onMessage: (message) => this.#onMessage(message),
      onEnd: (how) => this.#onEnd(how),
    };
    const { handler: handlerName, codeFolder } = configuration;
    const context = fixedContext(configuration, this.logStream);
    this.#process.tell({ kind: 'load', handlerName, codeFolder, compiledFolder, context, variables });
  }

  /** Whether it can take another event. */
  get isIdle(): boolean {
    return !this.#gone && this.#current === undefined;
  }

  get isGone(): boolean {
    return this.#gone;
  }

  /** Handles one event; never rejects. */
  async invoke(event: unknown, requestId: string, death?: Death): Promise<EnvironmentResult> {
    const { timeoutMs } = this.#configuration;
    const wasFirst = this.#first;
    this.#first = false;

    const timer = setTimeout(() => this.#onTimeout(), timeoutMs);
    const { message, log } = await new Promise<Settled>((resolve) => {
      const endOfLog = `\u0000${randomUUID()}`;
      this.#current = { endOfLog, openLogs: 2, log: [], resolve };
      const deadline = Date.now() + timeoutMs;
      this.#process.tell({ kind: 'invoke', requestId, event: JSON.stringify(event), deadline, endOfLog, death });
    });
    clearTimeout(timer);
    this.#current = undefined;

    switch (message.kind) {
      case 'stopped':
        return { outcome: message, log };
      case 'crashed':
      case 'timed-out':
        return { outcome: { kind: message.kind, error: message.error }, log };
      case 'failed':
      case 'returned':
        return {
          outcome:
            message.kind === 'failed'
              ? { kind: 'failed', error: message.error }
              : { kind: 'returned', payload: JSON.parse(message.payload) as unknown },
          initMs: wasFirst ? message.initMs : undefined,
          maxRssKb: message.maxRssKb,
          log,
        };
    }
  }

  /** Kills the process, as a lack of memory would; the invocation that runs in it ends as a crash. */
  async kill(): Promise<void> {
    // What was given back may be another one's by now.
    await (this.#givenBack ?? this.#process.kill());
  }

  /** Ends it because nobody needs it any more; the invocation that runs in it ends as stopped. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#usedProcesses === undefined || !this.isIdle) return this.kill();
    this.#gone = true;
    this.#givenBack = this.#usedProcesses.giveBack(this.#process, this.#processSettings);
    await this.#givenBack;
  }

  #onLogLine(line: string): void {
    const current = this.#current;
    if (current === undefined) return;
    if (line.endsWith(current.endOfLog)) {
      const rest = line.slice(0, -current.endOfLog.length);
      if (rest !== '') current.log.push(rest);
      current.openLogs -= 1;
      settleWhenWhole(current);
    } else {
      current.log.push(line);
    }
  }

  #onMessage(message: RuntimeMessage): void {
    if (this.#current === undefined || message.kind === 'unloaded') return;
    this.#current.message = message;
    settleWhenWhole(this.#current);
  }

  #onTimeout(): void {
    if (this.#current === undefined) return;
    const seconds = (this.#configuration.timeoutMs / 1000).toFixed(2);
    this.#current.message = {
      kind: 'timed-out',
      error: { errorType: 'Sandbox.Timedout', errorMessage: `Task timed out after ${seconds} seconds`, trace: [] },
    };
    void this.#process.kill();
  }

  /** The process is gone, and all that it wrote was read. */
  #onEnd(how: string): void {
    this.#gone = true;
    const current = this.#current;
    if (current === undefined) return;
    const said = current.message;
    const message: Message =
      this.#stopped && said?.kind !== 'timed-out'
        ? { kind: 'stopped' }
        : said?.kind === 'crashed' || said?.kind === 'timed-out'
          ? said
          : {
              kind: 'crashed',
              error: { errorType: 'Runtime.ExitError', errorMessage: `Runtime exited: ${how}`, trace: [] },
            };
    current.resolve({ message, log: current.log.join('\n') });
  }
}

interface CurrentInvocation {
  readonly endOfLog: string;
  readonly log: string[];
  readonly resolve: (settled: Settled) => void;
  openLogs: number;
  message?: Message;
}

interface Settled {
  readonly message: Message;
  readonly log: string;
}

type Message =
  | Exclude<RuntimeMessage, { readonly kind: 'unloaded' }>
  | { readonly kind: 'timed-out'; readonly error: FunctionError }
  | { readonly kind: 'stopped' };

/** The result and the two logs come by three pipes: the result counts when both logs' ends were seen. */
function settleWhenWhole({ message, openLogs, log, resolve }: CurrentInvocation): void {
  if ((message?.kind === 'returned' || message?.kind === 'failed') && openLogs === 0) {
    resolve({ message, log: log.join('\n') });
  }
}

function nameLogStream(): string {
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return `${date}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
}

function fixedContext(
  { name, arn, memoryMb }: FunctionConfiguration,
  logStreamName: string,
): Readonly<Record<string, string>> {
  return {
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: arn,
    memoryLimitInMB: String(memoryMb),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName,
  };
}

/** Nothing of our own environment: what a function finds in AWS it finds here, and no more. */
function environmentVariables(
  { name, memoryMb, codeFolder, variables }: FunctionConfiguration,
  settings: EnvironmentSettings,
): Record<string, string> {
  return {
    ...variables,
    AWS_REGION: settings.region,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_ACCESS_KEY_ID: 'AKIAREHEARSALREHEARS',
    AWS_SECRET_ACCESS_KEY: 'rehearsal/not/a/real/secret/access/key00',
    AWS_SESSION_TOKEN: 'rehearsal-session-token',
    LAMBDA_TASK_ROOT: codeFolder,
    TZ: ':UTC',
    ...settings.variables,
  };
}
