import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { stacksOf } from './stack-chain';

/**
 * The resources over which a resource waits for itself, in the order in which they wait, or undefined where it does not.
 * CloudFormation would refuse such a template, and name a dozen resources. To be asked once references between stacks are
 * resolved: a nested stack is then one resource of the stack around it.
 */
export function circleThrough(resource: CfnResource): readonly CfnResource[] | undefined {
  for (const stack of stacksOf(resource)) {
    const start = Stack.of(resource) === stack ? resource : nestedStackIn(stack, resource);
    const circle = start && pathBack(start);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** All resources that cannot be made before a resource of the same template was. */
export function isWaitedFor(resource: CfnResource, except: IConstruct): boolean {
  return stacksOf(resource).some((stack) => {
    const waitedFor = Stack.of(resource) === stack ? resource : nestedStackIn(stack, resource);
    return (
      waitedFor !== undefined &&
      resourcesIn(stack).some(
        (other) =>
          other !== waitedFor && !other.node.scopes.includes(except) && namedBy(other).has(logicalIdOf(waitedFor)),
      )
    );
  });
}

/** The resource that stands for the nested stack around another resource. */
function nestedStackIn(stack: Stack, resource: CfnResource): CfnResource | undefined {
  return stacksOf(resource).find((inner) => inner.nestedStackParent === stack)?.nestedStackResource;
}

function pathBack(start: CfnResource): readonly CfnResource[] | undefined {
  const byId = new Map(resourcesIn(Stack.of(start)).map((resource) => [logicalIdOf(resource), resource]));
  const from = new Map<CfnResource, CfnResource>();
  const open = [start];
  for (let current = open.shift(); current !== undefined; current = open.shift()) {
    for (const id of namedBy(current)) {
      const next = byId.get(id);
      if (next === start) return trace(from, start, current);
      if (next === undefined || from.has(next)) continue;
      from.set(next, current);
      open.push(next);
    }
  }
  return undefined;
}

function trace(
  from: ReadonlyMap<CfnResource, CfnResource>,
  start: CfnResource,
  last: CfnResource,
): readonly CfnResource[] {
  const path = [last];
  for (let at = last; at !== start; path.unshift(at)) at = from.get(at) ?? start;
  return path;
}

function resourcesIn(stack: Stack): readonly CfnResource[] {
  return stack.node
    .findAll()
    .filter(CfnResource.isCfnResource)
    .filter((node) => Stack.of(node) === stack);
}

function logicalIdOf(resource: CfnResource): string {
  return String(Stack.of(resource).resolve(resource.logicalId));
}

/** Read once: of many migrations in one stack, each looks at what the one before waits for. */
const named = new WeakMap<CfnResource, ReadonlySet<string>>();

/** Logical ids that a resource's part of the template names, also in `Fn::Sub`; those of parameters are among them. */
function namedBy(resource: CfnResource): ReadonlySet<string> {
  const known = named.get(resource);
  if (known !== undefined) return known;
  const ids = new Set<string>();
  collect(Stack.of(resource).resolve(resource._toCloudFormation()), ids);
  named.set(resource, ids);
  return ids;
}

function collect(value: unknown, ids: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, ids);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const id of idsIn(key, item)) ids.add(id);
      collect(item, ids);
    }
  }
}

function idsIn(key: string, value: unknown): readonly string[] {
  const [first] = (Array.isArray(value) ? value : [value]) as unknown[];
  if (typeof first !== 'string') return [];
  switch (key) {
    case 'Ref':
      return [first];
    case 'DependsOn':
      return [value].flat() as string[];
    case 'Fn::GetAtt':
      return [first.replace(/\..*$/, '')];
    case 'Fn::Sub':
      return [...first.matchAll(/\$\{([A-Za-z0-9]+)/g)].map((match) => match[1] ?? '');
    default:
      return [];
  }
}
