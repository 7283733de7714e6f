import { LambdaFunction, type FunctionSettings } from './function';
import type { Death, FunctionConfiguration, Invocation } from './function-types';
import { isJsonObject, type JsonObject, textOf } from '../template/json';

/** A rule of the default event bus. */
export interface Rule {
  readonly pattern: JsonObject;
  readonly targets: readonly RuleTarget[];
}

export interface RuleTarget {
  readonly arn: string;
  /** A constant that is sent instead of the event. */
  readonly input?: string;
}

/** What an asynchronous invocation does after an error. */
export interface InvokeConfig {
  readonly maximumRetries: number;
  readonly onFailure?: string;
}

/** What of AWS really works in a rehearsal: functions, rules, and how functions are invoked asynchronously. */
export class Cloud {
  readonly #functions = new Map<string, LambdaFunction>();
  readonly #rules = new Map<string, Rule>();
  readonly #invokeConfigs = new Map<string, InvokeConfig>();
  readonly #deleted: LambdaFunction[] = [];

  putFunction(configuration: FunctionConfiguration, settings: FunctionSettings): void {
    const existing = this.#functions.get(configuration.arn);
    if (existing === undefined) this.#functions.set(configuration.arn, new LambdaFunction(configuration, settings));
    else existing.configure(configuration, settings);
  }

  removeFunction(arn: string): void {
    const existing = this.#functions.get(arn);
    if (existing === undefined) return;
    this.#functions.delete(arn);
    this.#deleted.push(existing);
    existing.retire();
  }

  /** The function of an ARN, also of one with a version or an alias. */
  function(arn: string): LambdaFunction | undefined {
    return this.#functions.get(arn.split(':').slice(0, 7).join(':'));
  }

  putRule(id: string, rule: Rule): void {
    this.#rules.set(id, rule);
  }

  removeRule(id: string): void {
    this.#rules.delete(id);
  }

  get rules(): readonly Rule[] {
    return [...this.#rules.values()];
  }

  putInvokeConfig(functionName: string, config: InvokeConfig): void {
    this.#invokeConfigs.set(functionName, config);
  }

  removeInvokeConfig(functionName: string): void {
    this.#invokeConfigs.delete(functionName);
  }

  /**
   * Hands an event over to a function as an AWS service does: tried again after an error, and where all attempts failed
   * given to the on-failure destination, if that is a function. Resolves when nothing more will come of it.
   * @param deaths - of each attempt one, as long as there are any; they are taken away
   */
  async deliver(functionArn: string, event: unknown, deaths: Death[] = []): Promise<Invocation> {
    const target = this.function(functionArn);
    if (target === undefined) throw new Error(`function not found: ${functionArn}`);
    const { name, arn } = target.configuration;
    const config = this.#invokeConfigs.get(name);
    const last = await target.invokeAsync(event, config?.maximumRetries, deaths).lastAttempt;
    const { kind } = last.outcome;
    if (kind !== 'returned' && kind !== 'stopped' && config?.onFailure !== undefined) {
      const destination = this.function(config.onFailure);
      if (destination !== undefined) await destination.invokeAsync(failureRecord(arn, event, last)).lastAttempt;
    }
    return last;
  }

  /** Kills all that runs. */
  async stop(): Promise<void> {
    await Promise.all([...this.#functions.values(), ...this.#deleted].map((each) => each.stop()));
    this.#functions.clear();
    this.#rules.clear();
  }
}

/** What an on-failure destination is given. */
function failureRecord(functionArn: string, event: unknown, { attempt, requestId, outcome }: Invocation): object {
  const error = 'error' in outcome ? outcome.error : undefined;
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: attempt,
    },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: error && { errorType: error.errorType, errorMessage: error.errorMessage, trace: error.trace },
  };
}

/** Reads an Events rule's properties; undefined for one that matches no events (a schedule, a bus of its own). */
export function ruleOf(properties: JsonObject): Rule | undefined {
  const { EventPattern: pattern, Targets: targets, State: state, EventBusName: bus } = properties;
  if (!isJsonObject(pattern) || state === 'DISABLED') return undefined;
  if (typeof bus === 'string' && bus !== 'default') return undefined;
  return {
    pattern,
    targets: ((targets ?? []) as readonly JsonObject[]).map((target) => {
      if (target.InputTransformer !== undefined || target.InputPath !== undefined) {
        throw new Error('the rehearsal does not know InputPath and InputTransformer of a rule target');
      }
      return { arn: textOf(target.Arn), input: typeof target.Input === 'string' ? target.Input : undefined };
    }),
  };
}

/** Reads an EventInvokeConfig's properties. */
export function invokeConfigOf(properties: JsonObject): InvokeConfig {
  const { DestinationConfig: destinations } = properties;
  const target = isJsonObject(destinations) ? destinations.OnFailure : undefined;
  const onFailure = isJsonObject(target) ? target.Destination : undefined;
  return {
    maximumRetries: Number(properties.MaximumRetryAttempts ?? 2),
    onFailure: typeof onFailure === 'string' ? onFailure : undefined,
  };
}
