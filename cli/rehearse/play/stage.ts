import { ENVIRONMENT } from '../../../lambda/contract';
import type { Rehearsal } from '../../../rehearsal/rehearsal';
import type { Stack } from '../../../rehearsal/stack/stack';
import type { DeployOptions, LiveResource } from '../../../rehearsal/stack/stack-types';
import type { Template } from '../../../rehearsal/template/template';
import { ExpectedFailure } from '../../expected-failure';
import type { AssemblyStack } from '../release/assembly';
import { madeUpParameters } from '../release/parameters';
import { type DatabaseDumps, dumpDatabases } from './database-dumps';
import { PLAYED_TYPES } from './played-types';
import { record, type Recording } from './recording';
import type { StatementLog } from './statement-log';

/** The releases that are played: a stack before, if there is one, and after. */
export interface Releases {
  readonly base: AssemblyStack | null;
  readonly next: AssemblyStack;
}

/** Something that was played, and what the databases were like before and after it. */
export interface Act {
  readonly recording: Recording;
  readonly before: DatabaseDumps;
  readonly after: DatabaseDumps;
}

/** A resource that the rehearsal adds, and that fails when all else is there. */
export const SIBLING = 'RehearsalSibling';

/** The stack at its base release, again and again. */
export class Stage {
  readonly #rehearsal: Rehearsal;
  readonly #log: StatementLog;
  readonly #releases: Releases;
  #stack: Stack | null = null;
  /** Resources that the stack has had. */
  readonly #seen = new Map<string, LiveResource>();

  constructor(rehearsal: Rehearsal, log: StatementLog, releases: Releases) {
    this.#rehearsal = rehearsal;
    this.#log = log;
    this.#releases = releases;
  }

  /** The databases as they are. */
  look(): Promise<DatabaseDumps> {
    return dumpDatabases(this.#rehearsal.database);
  }

  /** Begins anew, on an empty server: the stack as the base release makes it, or none where there is no such release. */
  async begin(): Promise<void> {
    await this.#rehearsal.endStacks();
    await this.#rehearsal.dropDatabases();
    const { base, next } = this.#releases;
    this.#seen.clear();
    const stack = this.#rehearsal.stack(next.name, {
      ...next.environment,
      only: [...PLAYED_TYPES],
      environment: passwordInPlaceOfToken(next.template),
      listener: ({ logicalId }) => {
        const resource = stack.resources.get(logicalId);
        if (resource !== undefined) this.#seen.set(logicalId, resource);
      },
    });
    this.#stack = stack;
    if (base === null) return;
    const { status, reason } = await stack.deploy(base.template, { tolerateViolations: true });
    if (status === 'CREATE_COMPLETE') return;
    const madeUp = madeUpParameters(base.template);
    const orGive = madeUp.length === 0 ? '' : `, or give what was made up (${madeUp.join(', ')}) with --parameters`;
    throw new ExpectedFailure(
      'base-failed',
      `the base release cannot be created on an empty server (${status}): ${reason ?? 'no reason was given'}. Nothing of the new release was played: name another base with --from${orGive}`,
    );
  }

  /** Deploys the new release to the stack as it is. */
  deploy(options: DeployOptions = {}): Promise<Act> {
    const { template } = this.#releases.next;
    const isStruck = options.fail?.[SIBLING] !== undefined;
    return this.#act((stack) =>
      stack.deploy(isStruck ? withSibling(template) : template, { tolerateViolations: true, ...options }),
    );
  }

  /** Deletes the stack. */
  destroy(): Promise<Act> {
    return this.#act((stack) => stack.destroy({ tolerateViolations: true }));
  }

  async #act(operate: (stack: Stack) => ReturnType<Stack['destroy']>): Promise<Act> {
    const stack = this.#stack;
    if (stack === null) throw new Error('the stage has not begun');
    const before = await this.look();
    const recording = await record(stack, this.#log, this.#seen, () => operate(stack));
    return { recording, before, after: await this.look() };
  }
}

/** The template with one resource more, which comes when all others are there. */
function withSibling(template: Template): Template {
  const { Resources } = template.body;
  const DependsOn = Object.keys(Resources);
  return {
    ...template,
    body: { ...template.body, Resources: { ...Resources, [SIBLING]: { Type: 'AWS::SNS::Topic', DependsOn } } },
  };
}

/** Whether a function of a template logs in by IAM, which no server here knows. */
export function hasIamLogin({ body }: Template): boolean {
  return JSON.stringify(body).includes(`"${ENVIRONMENT.iamUser}":`);
}

function passwordInPlaceOfToken(template: Template): Readonly<Record<string, string>> {
  if (!hasIamLogin(template)) return {};
  const secret = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:rehearsal-AbCdEf';
  return { [ENVIRONMENT.iamUser]: '', [ENVIRONMENT.secretArn]: secret };
}
