import { setTimeout as sleep } from 'node:timers/promises';
import {
  CancelUpdateStackCommand,
  type CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { StackEvent } from '../evidence/evidence';

/** A stack of an account, by its name: how it is, and all that happened to each stack that had it. */
export class StackWatch {
  readonly #ids = new Set<string>();
  readonly #events = new Map<string, StackEvent>();

  constructor(
    private readonly client: CloudFormationClient,
    readonly name: string,
    private readonly lookEverySeconds: number,
  ) {}

  /** `DELETED` where there is none. */
  async status(): Promise<string> {
    return (await this.#describe())?.StackStatus ?? 'DELETED';
  }

  /** Waits until nothing is under way any more, and gives the status then. */
  async stableStatus(): Promise<string> {
    for (;;) {
      const status = await this.status();
      // A change set that nobody executes: this one lasts.
      if (!status.endsWith('_IN_PROGRESS') || status === 'REVIEW_IN_PROGRESS') return status;
      await sleep(this.lookEverySeconds * 1000);
    }
  }

  async output(name: string): Promise<string> {
    const value = (await this.#describe())?.Outputs?.find(({ OutputKey: key }) => key === name)?.OutputValue;
    if (value === undefined) throw new Error(`the stack ${this.name} has no output ${name}`);
    return value;
  }

  /** All events so far, the oldest first. */
  async events(): Promise<readonly StackEvent[]> {
    await this.#describe();
    for (const id of this.#ids) await this.#readEvents(id);
    return [...this.#events.values()].toSorted((a, b) => a.time.localeCompare(b.time));
  }

  async cancelUpdate(): Promise<void> {
    await this.client.send(new CancelUpdateStackCommand({ StackName: this.name }));
  }

  async delete(): Promise<void> {
    await this.client.send(new DeleteStackCommand({ StackName: this.name }));
  }

  /** Deletes it also where a resource of it cannot be deleted. */
  async forceDelete(): Promise<void> {
    await this.client.send(new DeleteStackCommand({ StackName: this.name, DeletionMode: 'FORCE_DELETE_STACK' }));
  }

  async #describe(): Promise<Stack | undefined> {
    try {
      const { Stacks: [stack] = [] } = await this.client.send(new DescribeStacksCommand({ StackName: this.name }));
      if (stack?.StackId !== undefined) this.#ids.add(stack.StackId);
      return stack;
    } catch (error) {
      // That is how CloudFormation says that there is none.
      if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
      throw error;
    }
  }

  /** They come newest first: from the first that is known on, all are. */
  async #readEvents(stackId: string): Promise<void> {
    const fresh: (readonly [id: string, event: StackEvent])[] = [];
    pages: for await (const { StackEvents: events = [] } of paginateDescribeStackEvents(
      { client: this.client },
      { StackName: stackId },
    )) {
      for (const event of events) {
        const id = event.EventId ?? '';
        if (this.#events.has(id)) break pages;
        fresh.push([
          id,
          {
            time: event.Timestamp?.toISOString() ?? '',
            stackId,
            logicalId: event.LogicalResourceId ?? '',
            type: event.ResourceType ?? '',
            physicalId: event.PhysicalResourceId,
            status: event.ResourceStatus ?? '',
            reason: event.ResourceStatusReason,
          },
        ]);
      }
    }
    for (const [id, event] of fresh.toReversed()) this.#events.set(id, event);
  }
}
