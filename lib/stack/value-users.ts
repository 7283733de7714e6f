import { CfnResource, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { outermostStack } from './outermost-stack';
import { ReferenceFinder } from './reference-finder';
import { synthTimeDependency } from './synth-time-dependency';

/**
 * Makes what uses a value of a resource wait for another one as well.
 *
 * Done when the CDK asks what the other one depends on, which is nothing: all aspects have been by then, and the references
 * between stacks are not resolved yet. Earlier, resolving would fix values that an aspect may change (`Lazy`).
 */
export function letUsersWait(used: CfnResource, awaited: CfnResource): void {
  const dependency = synthTimeDependency(() => {
    for (const user of usersOf(used)) if (user !== awaited) wait(user, awaited);
    return [];
  });
  awaited.node.addDependency(dependency);
}

/** The oldest aws-cdk-lib that we run with has no addResourceDependency; newer ones warn of the other. */
function wait(user: CfnResource, awaited: CfnResource): void {
  const { addResourceDependency } = user as { readonly addResourceDependency?: (target: CfnResource) => void };
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  if (addResourceDependency === undefined) user.addDependency(awaited);
  else addResourceDependency.call(user, awaited);
}

/** Of the stack that is deployed, with those nested in it: others wait for all of it. */
function usersOf(used: CfnResource): readonly CfnResource[] {
  const ours = outermostStack(used);
  return ours.node
    .findAll()
    .filter((node) => CfnResource.isCfnResource(node))
    .filter((node) => outermostStack(node) === ours && usedBy(node).has(used));
}

/** Read once: of many migrations in one stack, each looks at the same other resources. */
const used = new WeakMap<CfnResource, ReadonlySet<IConstruct>>();

function usedBy(resource: CfnResource): ReadonlySet<IConstruct> {
  const known = used.get(resource);
  if (known !== undefined) return known;
  const finder = new ReferenceFinder(({ displayName }) => displayName !== 'Ref');
  Tokenization.resolve(resource._toCloudFormation(), { scope: resource, resolver: finder });
  used.set(resource, finder.found);
  return finder.found;
}
