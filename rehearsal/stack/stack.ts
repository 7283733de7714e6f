import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Account, newAccount } from '../template/attributes';
import { howItGoes, newResources, type Operation, type StackOptions, type StackResources } from './context';
import { outputsOf } from './forward';
import { faultsOf } from './faults';
import type { LambdaFunction } from '../function/function';
import type { Invocation } from '../function/function-types';
import type { Json } from '../template/json';
import type { LiveCodeReport } from './live-code';
import { ProtocolViolationError, resultOf } from './operation-result';
import { redeliver, type Redelivery } from './redelivery';
import { servingFunction } from './serving-function';
import { createStack, deleteStack, finish, rollBack, rollBackUpdate, updateStack } from './stack-operations';
import { CREATABLE, HALF_DONE, UPDATABLE } from './stack-status';
import type {
  CustomResourceCall,
  DeployOptions,
  LiveResource,
  OperationResult,
  StackEvent,
  StackStatus,
} from './stack-types';
import { StatusEvents, statusEvent } from './status-events';
import { findLogicalId, loadTemplate } from '../template/template';
import type { Template, TemplateBody, TemplateSource } from '../template/template';

/** A stack, deployed as CloudFormation would. */
export class Stack {
  readonly #options: StackOptions;
  readonly #statusEvents: StatusEvents;
  readonly #background = new Set<Promise<unknown>>();
  readonly #events: StackEvent[] = [];
  readonly #calls: CustomResourceCall[] = [];
  #resources: StackResources = newResources();
  #account: Account;
  #status: StackStatus = 'NOT_CREATED';
  #template: Template | undefined;
  /** Of an update that waits with its clean-up. */
  #updated: Template | undefined;
  #outputs: Readonly<Record<string, Json>> = {};
  #cancel: AbortController | undefined;
  #endedAt = new Date(0);

  constructor(options: StackOptions) {
    this.#options = options;
    this.#account = newAccount(options);
    this.#statusEvents = new StatusEvents(options.settings.cloud, (failure) => options.violations.push(failure));
  }

  get status(): StackStatus {
    return this.#status;
  }

  /** The stack's ARN; another one after the stack was deleted and is created again. */
  get stackId(): string {
    return this.#account.stackId;
  }

  /** All events since the first deployment. */
  get events(): readonly StackEvent[] {
    return this.#events;
  }

  /** All requests to custom resources, in the order in which they ended. */
  get calls(): readonly CustomResourceCall[] {
    return this.#calls;
  }

  /** All invocations of the stack's functions, with their logs, in the order in which they ended. */
  get invocations(): readonly Invocation[] {
    return this.#options.invocations;
  }

  /** All that broke the protocol. */
  get violations(): readonly string[] {
    return this.#options.violations;
  }

  /** Whether live code lacked no migration of its release, and met no later one that contracts, at each change of either. */
  get liveCode(): LiveCodeReport {
    return this.#options.settings.liveCode ?? { checks: 0, violations: [], lives: [] };
  }

  /** The resources as they are. */
  get resources(): ReadonlyMap<string, LiveResource> {
    return this.#resources.live;
  }

  /**
   * Creates or updates the stack, as `cdk deploy` does: a stack in ROLLBACK_COMPLETE is created anew. Resolves however
   * the operation ends, when its status events were handled; rejects where the stack cannot be deployed to in its
   * status, and where an answer broke the protocol.
   * @param source - a cdk.out folder, a template file in one, or a template
   */
  async deploy(source: TemplateSource, options: DeployOptions = {}): Promise<OperationResult> {
    const template = await loadTemplate(source, this.#options.name);
    if (CREATABLE.includes(this.#status)) {
      this.#account = newAccount(this.#options);
      this.#resources = newResources();
      return this.#operate(template, options, (operation, cancel) => createStack(operation, template, cancel));
    }
    if (!UPDATABLE.includes(this.#status)) throw this.#wrongStatus('updated');
    if (!HALF_DONE.includes(this.#status) && isDeepStrictEqual(this.#template?.body, template.body)) {
      const reason = 'No updates are to be performed.';
      return { status: this.#status, reason, events: [], outputs: this.#outputs, durationMs: 0 };
    }
    return this.#operate(template, options, (operation, cancel) => updateStack(operation, template, cancel));
  }

  /**
   * Rolls a stack that failed without rollback back to its last stable state, as `cdk rollback` does; or a nested stack that
   * waits with its clean-up, as a root that fails does.
   */
  async rollback(options: DeployOptions = {}): Promise<OperationResult> {
    if (![...HALF_DONE, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'].includes(this.#status)) {
      throw this.#wrongStatus('rolled back');
    }
    return this.#operate(this.#template, options, (operation) => rollBack(operation, 'User Initiated. '));
  }

  /** Does the clean-up that a nested stack has waited with, as its root does when all of it is updated or is back. */
  async cleanUp(options: DeployOptions = {}): Promise<OperationResult> {
    const ends = ['UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'] as const;
    const end = ends.find((status) => this.#status === `${status}_CLEANUP_IN_PROGRESS`);
    if (end === undefined) throw this.#wrongStatus('cleaned');
    const template = end === 'UPDATE_COMPLETE' ? this.#updated : this.#template;
    return this.#operate(template, options, (operation) => finish(operation, end));
  }

  /** Tries again what failed in a rollback. */
  async continueUpdateRollback(
    options: DeployOptions & {
      /** Resources that are taken for rolled back as they are. */
      readonly skip?: readonly string[];
      /** Whether requests have the ids that they had before, as was seen of real retries. */
      readonly reuseRequestIds?: boolean;
    } = {},
  ): Promise<OperationResult> {
    if (this.#status !== 'UPDATE_ROLLBACK_FAILED') throw this.#wrongStatus('rolled back further');
    const skip = new Set((options.skip ?? []).map((name) => this.#findId(name)));
    const requestIdFor = (logicalId: string): string | undefined =>
      options.reuseRequestIds === true
        ? this.#calls.findLast(({ event }) => event.LogicalResourceId === logicalId)?.event.RequestId
        : undefined;
    return this.#operate(this.#template, options, (operation) =>
      rollBackUpdate({ ...operation, requestIdFor }, 'User Initiated', skip),
    );
  }

  /** Stops an update that is under way: what is in flight is cancelled, and all is rolled back. */
  cancelUpdate(): void {
    if (this.#status !== 'UPDATE_IN_PROGRESS') throw this.#wrongStatus('cancelled');
    this.#cancel?.abort();
  }

  /** Deletes the stack. */
  async destroy(options: DeployOptions = {}): Promise<OperationResult> {
    if (this.#cancel !== undefined) throw this.#wrongStatus('deleted');
    return this.#operate(this.#template, options, (operation) => deleteStack(operation));
  }

  /**
   * Invokes a function directly, as `aws lambda invoke` does.
   * @param name - the function or the custom resource that it serves: logical id, construct path or beginning of the id
   */
  async invoke(name: string, event: unknown): Promise<Invocation> {
    return this.function(name).invoke(event);
  }

  /** The function of that name, for {@link LambdaFunction.crash} and the like. */
  function(name: string): LambdaFunction {
    const { live } = this.#resources;
    const found = servingFunction(live.get(this.#findId(name)), live);
    const prefix = `arn:aws:lambda:${this.#account.region}:${this.#account.accountId}:function:`;
    const result = this.#options.settings.cloud.function(`${prefix}${found}`);
    if (result === undefined) throw new Error(`"${name}" is neither a function nor served by one`);
    return result;
  }

  /** Delivers a request once more, as Lambda may do at any time. Resolves with the answer that it gave, if it gave one. */
  async redeliver(call: CustomResourceCall): Promise<Redelivery> {
    return redeliver(this.#options.settings, call);
  }

  /** Delivers the status events that were kept back. Resolves when they were handled. */
  async releaseStatusEvents(): Promise<void> {
    this.#statusEvents.release();
    await this.#statusEvents.idle();
  }

  /** Resolves when nothing of this stack runs any more, what an operation gave up included. */
  async idle(): Promise<void> {
    await this.#statusEvents.idle();
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  async #operate(
    template: Template | undefined,
    options: DeployOptions,
    run: (operation: Operation, cancel: AbortController) => Promise<void>,
  ): Promise<OperationResult> {
    if (this.#cancel !== undefined) throw this.#wrongStatus('operated on');
    const cancel = (this.#cancel = new AbortController());
    const { clock } = this.#options.settings;
    clock.leaveSecondOf(this.#endedAt);
    const startedAt = Date.now();
    const firstEvent = this.#events.length;
    const firstViolation = this.violations.length;
    const finishing: Promise<unknown>[] = [];
    const operation = this.#newOperation(template, options, finishing);
    try {
      await run(operation, cancel);
      if (template !== undefined && /^(CREATE|UPDATE)_COMPLETE$/.test(this.#status)) {
        this.#template = template;
        this.#outputs = outputsOf(operation, template);
      }
      this.#updated = this.#status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' ? template : undefined;
      if (this.#resources.live.size === 0) this.#outputs = {};
      await Promise.all(finishing);
      await this.#statusEvents.idle();
    } finally {
      await this.#options.settings.liveCode?.end();
      this.#cancel = undefined;
      this.#endedAt = clock.now();
    }

    const result = resultOf(this.#status, this.#events.slice(firstEvent), this.#outputs, startedAt);
    const violations = this.violations.slice(firstViolation);
    if (violations.length > 0 && options.tolerateViolations !== true) {
      throw new ProtocolViolationError(violations, result);
    }
    return result;
  }

  #newOperation(template: Template | undefined, options: DeployOptions, finishing: Promise<unknown>[]): Operation {
    const { settings } = this.#options;
    const account = this.#account;
    const findId = (name: string): string => this.#findId(name, template?.body);
    const token = randomUUID();
    return {
      account,
      settings,
      resources: this.#resources,
      ...howItGoes(options),
      mayBeReplaced: (logicalId) => this.#options.mayBeReplaced.some((name) => logicalId.startsWith(name)),
      requestIdFor: () => undefined,
      ...faultsOf(options, findId),
      emit: (resource, status, reason) => this.#emit({ ...resource, kind: 'resource', status, reason }),
      setStatus: (status, reason) => {
        this.#status = status;
        const { stackId: physicalId, stackName: logicalId } = account;
        this.#emit({
          kind: 'stack',
          type: 'AWS::CloudFormation::Stack',
          logicalId,
          physicalId,
          status,
          reason,
        });
        const time = settings.clock.now();
        this.#statusEvents.publish(statusEvent(account, status, { time, reason, token }), options.statusEvents ?? {});
      },
      onViolation: (violation) => this.#options.violations.push(violation),
      note: (call) => this.#calls.push(call),
      finishing: (work) => finishing.push(work),
      background: (work) => {
        const kept = work.finally(() => this.#background.delete(kept));
        this.#background.add(kept);
      },
    };
  }

  #emit({ kind, status, type, logicalId, physicalId, reason }: Omit<StackEvent, 'time' | 'stackName'>): void {
    const time = new Date();
    const { name: stackName } = this.#options;
    const event: StackEvent = { time, stackName, kind, status, type, logicalId, physicalId, reason };
    this.#events.push(event);
    this.#options.listener(event);
  }

  /** Looks a name up among the resources that there are, and in the template that is being deployed. */
  #findId(name: string, next?: TemplateBody): string {
    if (this.#resources.live.has(name)) return name;
    // What an update removes is in the last template only.
    return findLogicalId([next, this.#template?.body], name);
  }

  #wrongStatus(verb: string): Error {
    return new Error(`stack ${this.#options.name} is in ${this.#status} state and cannot be ${verb}`);
  }
}
