import { CfnResource, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import { Dependable, type IConstruct, type IDependable } from 'constructs';
import { stacksOf } from './stack-chain';

/**
 * A dependency on resources that are looked for only when the app is synthesized, so that those count too which are
 * added after us, such as a VPC endpoint in the next line of the user's stack.
 *
 * Single resources, and not the construct that holds them: a user's function may stand in the same VPC construct, and
 * with `executeBefore` it waits for us; to depend on the whole construct would be a cycle.
 */
export function synthTimeDependency(find: () => CfnResource[]): IDependable {
  const dependable: IDependable = {};
  Dependable.implement(dependable, {
    get dependencyRoots(): IConstruct[] {
      return find();
    },
  });
  return dependable;
}

/**
 * All resources of the stacks that hold the given constructs and of the stacks around those. No other stack is looked
 * at: it could depend on ours, and the two would then wait for each other.
 */
export function resourcesBeside(...constructs: readonly IConstruct[]): CfnResource[] {
  const stacks = new Set(constructs.flatMap(stacksOf));
  const resources = new Set<CfnResource>();
  for (const stack of stacks) {
    for (const node of stack.node.findAll()) {
      if (CfnResource.isCfnResource(node) && stacks.has(Stack.of(node))) {
        resources.add(node);
      }
    }
  }
  return [...resources];
}

/** Tells whether two values are the same once their tokens are resolved, as seen from one resource. */
export function resolvesAlike(from: IConstruct, a: unknown, b: unknown): boolean {
  return resolved(from, a) === resolved(from, b) && foreignTarget(from, a) === foreignTarget(from, b);
}

/**
 * The resource of another stack that a value refers to. Resolved, it is only a logical id, and stacks of one class, such as
 * the stages of a pipeline, have the same ones.
 */
function foreignTarget(from: IConstruct, value: unknown): IConstruct | undefined {
  const token = Tokenization.reverse(value, { failConcat: false });
  return Reference.isReference(token) && Stack.of(token.target) !== Stack.of(from) ? token.target : undefined;
}

/** The text of a value whose tokens are resolved, as seen from one resource. */
export function resolved(from: IConstruct, value: unknown): string | undefined {
  return JSON.stringify(Stack.of(from).resolve(value));
}

/** Whether a flag is set once its tokens are resolved; one that is known only in the deployment counts as set. */
export function isOn(from: IConstruct, flag: unknown): boolean {
  const text = resolved(from, flag);
  return text !== undefined && text !== 'false';
}
