import { randomUUID } from 'node:crypto';
import type { Account } from '../../rehearsal/template/attributes';
import {
  howItGoes,
  newResources,
  type Operation,
  type StackResources,
  type StackSettings,
} from '../../rehearsal/stack/context';
import { faultsOf } from '../../rehearsal/stack/faults';
import { createStack, updateStack } from '../../rehearsal/stack/stack-operations';
import type { CustomResourceCall, DeployOptions, StackStatus } from '../../rehearsal/stack/stack-types';
import { StatusEvents, statusEvent } from '../../rehearsal/stack/status-events';
import { findLogicalId, type Template } from '../../rehearsal/template/template';

/** What became of an operation. */
export interface FaultOperation {
  readonly status: StackStatus;
  readonly calls: readonly CustomResourceCall[];
}

/**
 * A stack that goes back to its first release without a deployment, so that each point is played on the same one: what
 * CloudFormation does is the rehearsal's, only the resources are put back.
 */
export class FaultStack {
  /** All that broke the protocol since the last operation began. */
  violations: string[] = [];
  readonly #account: Account;
  readonly #settings: StackSettings;
  readonly #statusEvents: StatusEvents;
  readonly #background = new Set<Promise<unknown>>();
  #created: StackResources = newResources();
  #status: StackStatus = 'NOT_CREATED';
  #cancel = new AbortController();

  constructor(name: string, settings: StackSettings) {
    this.#settings = settings;
    const [region, accountId] = ['eu-central-1', '111122223333'];
    const stackId = `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/${randomUUID()}`;
    this.#account = { stackName: name, stackId, region, accountId };
    this.#statusEvents = new StatusEvents(settings.cloud, (failure) => this.violations.push(failure));
  }

  get status(): StackStatus {
    return this.#status;
  }

  /** Creates the stack; each update starts from what it is then. */
  async create(template: Template): Promise<void> {
    const { operation } = this.#begin(template, this.#settings, newResources(), undefined, () => undefined);
    await createStack(operation, template, new AbortController());
    await this.idle();
    if (this.#status !== 'CREATE_COMPLETE') throw new Error(`the first release ended in ${this.#status}`);
    this.#created = operation.resources;
  }

  /** Updates the stack as it was created. */
  async update(
    template: Template,
    settings: Partial<StackSettings>,
    fail: DeployOptions['fail'],
    onStatus: (status: StackStatus) => void,
  ): Promise<FaultOperation> {
    const { live, stable } = this.#created;
    const resources = { ...newResources(), live: new Map(live), stable };
    this.violations = [];
    const { operation, calls } = this.#begin(template, { ...this.#settings, ...settings }, resources, fail, onStatus);
    this.#cancel = new AbortController();
    await updateStack(operation, template, this.#cancel);
    await this.idle();
    return { status: this.#status, calls };
  }

  /** Stops an update that is under way, as {@link Stack.cancelUpdate} does. */
  cancel(): void {
    if (this.#status === 'UPDATE_IN_PROGRESS') this.#cancel.abort();
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    do {
      await this.#statusEvents.idle();
      await Promise.all(this.#background);
    } while (this.#background.size > 0);
  }

  #begin(
    template: Template,
    settings: StackSettings,
    resources: StackResources,
    fail: DeployOptions['fail'],
    onStatus: (status: StackStatus) => void,
  ): { readonly operation: Operation; readonly calls: CustomResourceCall[] } {
    const calls: CustomResourceCall[] = [];
    const token = randomUUID();
    const keep = (work: Promise<unknown>): void => {
      const kept = work.finally(() => this.#background.delete(kept));
      this.#background.add(kept);
    };
    const operation: Operation = {
      account: this.#account,
      settings,
      resources,
      ...howItGoes({}),
      mayBeReplaced: () => false,
      requestIdFor: () => undefined,
      ...faultsOf({ fail }, (name) => findLogicalId([template.body], name)),
      emit: () => undefined,
      setStatus: (status, reason) => {
        this.#status = status;
        onStatus(status);
        this.#statusEvents.publish(
          statusEvent(this.#account, status, { time: settings.clock.now(), reason, token }),
          {},
        );
      },
      onViolation: (violation) => this.violations.push(violation),
      note: (call) => calls.push(call),
      finishing: keep,
      background: keep,
    };
    return { operation, calls };
  }
}
