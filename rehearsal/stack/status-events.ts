import { randomUUID } from 'node:crypto';
import type { Account } from '../template/attributes';
import type { Cloud } from '../function/cloud';
import { matchesPattern } from '../template/event-pattern';
import type { StackStatus, StatusEventOptions } from './stack-types';
import type { JsonObject } from '../template/json';

/** Sends a stack's status changes to the rules that match them, as EventBridge does: later, and at least once. */
export class StatusEvents {
  readonly #cloud: Cloud;
  readonly #onFailure: (failure: string) => void;
  readonly #pending = new Set<Promise<void>>();
  #held: (() => void)[] = [];

  constructor(cloud: Cloud, onFailure: (failure: string) => void) {
    this.#cloud = cloud;
    this.#onFailure = onFailure;
  }

  /** Sends one status change; the rules that are there at this moment count, whenever it is delivered. */
  publish(event: JsonObject, { copies = 1, hold = false }: StatusEventOptions): void {
    for (const { pattern, targets } of this.#cloud.rules) {
      if (!matchesPattern(pattern, event)) continue;
      for (const { arn, input } of targets) {
        for (let copy = 0; copy < copies; copy += 1) {
          const send = (): void => this.#send(arn, input === undefined ? event : (JSON.parse(input) as unknown));
          if (hold) this.#held.push(send);
          else send();
        }
      }
    }
  }

  /** Sends what was kept back, in the order in which it happened. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const send of held) send();
  }

  /** Resolves when all that was sent was handled. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  #send(arn: string, event: unknown): void {
    // A rule may target what is not rehearsed: a queue, a function elsewhere.
    if (this.#cloud.function(arn) === undefined) return;
    const pending = this.#cloud
      .deliver(arn, event)
      .then(({ outcome, log }) => {
        if (outcome.kind === 'returned' || outcome.kind === 'stopped') return;
        this.#onFailure(`${arn} failed on a stack status event: ${outcome.error.errorMessage}\n${log}`);
      })
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }
}

/** The event of a stack's status change, as EventBridge shapes it. */
export function statusEvent(
  { stackId, region, accountId }: Account,
  status: StackStatus,
  change: { readonly time: Date; readonly reason?: string; readonly token: string },
): JsonObject {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'CloudFormation Stack Status Change',
    source: 'aws.cloudformation',
    account: accountId,
    // EventBridge counts whole seconds.
    time: change.time.toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [stackId],
    detail: {
      'stack-id': stackId,
      'status-details': { status, 'status-reason': change.reason ?? '' },
      'client-request-token': change.token,
    },
  };
}
