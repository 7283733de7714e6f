import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Environment, type EnvironmentSettings } from './environment';
import type { Death, FunctionConfiguration, FunctionError, Invocation } from './function-types';

export interface FunctionSettings extends EnvironmentSettings {
  /** Milliseconds before the second and the third attempt; Lambda waits 60,000 and 120,000. */
  readonly retryDelaysMs: readonly number[];
  /** Called with each attempt that ended. */
  readonly onInvocation: (invocation: Invocation) => void;
}

/** What becomes of an event that was handed over without waiting for its result. */
export interface AsyncInvocation {
  readonly requestId: string;
  /** Resolves with the last attempt when there will be no further one. */
  readonly lastAttempt: Promise<Invocation>;
}

/** A Lambda function: its environments, and how events are given to them. */
export class LambdaFunction {
  #configuration: FunctionConfiguration;
  #settings: FunctionSettings;
  readonly #environments = new Set<{ readonly environment: Environment; readonly of: FunctionConfiguration }>();
  readonly #stopping = new AbortController();
  #retired = false;

  constructor(configuration: FunctionConfiguration, settings: FunctionSettings) {
    this.#configuration = configuration;
    this.#settings = settings;
  }

  get configuration(): FunctionConfiguration {
    return this.#configuration;
  }

  /** Puts new code or a new configuration in place. What runs goes on with the old one; the next event meets the new. */
  configure(configuration: FunctionConfiguration, settings: FunctionSettings): void {
    this.#configuration = configuration;
    this.#settings = settings;
    this.#removeUseless();
  }

  /** Hands over an event and waits for its result, as a direct invoke does. Never tried again. */
  invoke(event: unknown): Promise<Invocation> {
    return this.#attempt(event, randomUUID(), 1);
  }

  /** Hands over an event as CloudFormation and EventBridge do: an error is tried again, twice unless told otherwise. */
  invokeAsync(event: unknown, maximumRetries = 2, deaths: Death[] = []): AsyncInvocation {
    const requestId = randomUUID();
    return { requestId, lastAttempt: this.#attempts(event, requestId, maximumRetries, deaths) };
  }

  /** Kills what runs at this moment, as a lack of memory would. */
  async crash(): Promise<void> {
    const busy = [...this.#environments].filter(({ environment }) => !environment.isIdle);
    await Promise.all(busy.map(({ environment }) => environment.kill()));
  }

  /** The function is deleted: what runs goes on to its end, nothing is tried again. */
  retire(): void {
    this.#retired = true;
    this.#removeUseless();
  }

  /** Ends all environments and gives up what waits for another attempt. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#environments].map(({ environment }) => environment.stop()));
  }

  async #attempts(event: unknown, requestId: string, maximumRetries: number, deaths: Death[]): Promise<Invocation> {
    for (let attempt = 1; ; attempt += 1) {
      const invocation = await this.#attempt(event, requestId, attempt, deaths.shift());
      const { kind } = invocation.outcome;
      if (kind === 'returned' || kind === 'stopped' || attempt > maximumRetries) return invocation;
      const delay = this.#settings.retryDelaysMs[attempt - 1] ?? 0;
      try {
        await sleep(delay, undefined, { signal: this.#stopping.signal });
      } catch {
        return { ...invocation, outcome: { kind: 'stopped' } };
      }
      if (this.#retired) return invocation;
    }
  }

  async #attempt(event: unknown, requestId: string, attempt: number, death?: Death): Promise<Invocation> {
    const startedAt = new Date();
    const configuration = this.#configuration;
    const environment = this.#stopping.signal.aborted ? undefined : this.#environmentFor(configuration);
    const result = (await environment?.invoke(event, requestId, death)) ?? {
      outcome: { kind: 'stopped' as const },
      log: '',
    };
    const durationMs = Date.now() - startedAt.getTime();
    this.#removeUseless();

    const invocation: Invocation = {
      functionName: configuration.name,
      requestId,
      attempt,
      event,
      outcome: result.outcome,
      startedAt,
      durationMs,
      initMs: result.initMs,
      maxRssKb: result.maxRssKb,
      logStream: environment?.logStream,
      log: wholeLog(configuration, requestId, durationMs, result),
    };
    this.#settings.onInvocation(invocation);
    return invocation;
  }

  /** A warm environment of this configuration, or a new one. */
  #environmentFor(configuration: FunctionConfiguration): Environment {
    for (const { environment, of } of this.#environments) {
      if (of === configuration && environment.isIdle) return environment;
    }
    const environment = new Environment(configuration, this.#settings);
    this.#environments.add({ environment, of: configuration });
    return environment;
  }

  #removeUseless(): void {
    for (const entry of this.#environments) {
      if (entry.environment.isGone) this.#environments.delete(entry);
      else if ((this.#retired || entry.of !== this.#configuration) && entry.environment.isIdle) {
        void entry.environment.stop();
      }
    }
  }
}

function wholeLog(
  { memoryMb }: FunctionConfiguration,
  requestId: string,
  durationMs: number,
  { outcome, log, initMs, maxRssKb }: Awaited<ReturnType<Environment['invoke']>>,
): string {
  const error: FunctionError | undefined = 'error' in outcome && outcome.kind !== 'failed' ? outcome.error : undefined;
  return [
    `START RequestId: ${requestId} Version: $LATEST`,
    ...(log === '' ? [] : [log]),
    ...(error === undefined ? [] : [`RequestId: ${requestId} Error: ${error.errorMessage}`]),
    `END RequestId: ${requestId}`,
    [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs} ms`,
      `Memory Size: ${memoryMb} MB`,
      ...(maxRssKb === undefined ? [] : [`Max Memory Used: ${Math.round(maxRssKb / 1024)} MB`]),
      ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
    ].join('\t'),
  ].join('\n');
}
