import { Cloud } from '../../../rehearsal/function/cloud';
import type { FunctionConfiguration, Invocation } from '../../../rehearsal/function/function-types';
import { type FunctionSettings, LambdaFunction } from '../../../rehearsal/function/function';

/**
 * A cloud in which each version of a function stays warm when another one takes its place: a process that starts costs
 * more than all that a point does.
 */
export class WarmCloud extends Cloud {
  /** Whether events are handled one after the other, so that their packets always come in the same order. */
  isSerial = false;
  readonly #versions = new Map<string, LambdaFunction>();
  readonly #settings = new Map<LambdaFunction, FunctionSettings>();
  readonly #current = new Map<string, LambdaFunction>();
  #last: Promise<unknown> = Promise.resolve();

  override putFunction(configuration: FunctionConfiguration, settings: FunctionSettings): void {
    const key = JSON.stringify(configuration);
    const version = this.#versions.get(key) ?? new LambdaFunction(configuration, settings);
    this.#versions.set(key, version);
    this.#settings.set(version, settings);
    this.#current.set(configuration.arn, version);
  }

  override removeFunction(arn: string): void {
    this.#current.delete(arn);
  }

  override function(arn: string): LambdaFunction | undefined {
    return this.#current.get(arn.split(':').slice(0, 7).join(':'));
  }

  override async deliver(functionArn: string, event: unknown): Promise<Invocation> {
    const deliver = (): Promise<Invocation> => super.deliver(functionArn, event);
    if (!this.isSerial) return deliver();
    const delivered = this.#last.then(deliver);
    this.#last = delivered.catch(() => undefined);
    return delivered;
  }

  /** Kills all functions that run at this moment. */
  async crash(): Promise<void> {
    await Promise.all([...this.#versions.values()].map((version) => version.crash()));
  }

  /** Has all functions start anew with their next event, as where their configuration was changed. */
  chill(): void {
    for (const [version, settings] of this.#settings) version.configure({ ...version.configuration }, settings);
  }

  override async stop(): Promise<void> {
    await Promise.all([...this.#versions.values()].map((version) => version.stop()));
    await super.stop();
  }
}
