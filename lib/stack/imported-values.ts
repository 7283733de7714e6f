import { CfnElement, type CfnResource, Stack, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { outermostStack } from './outermost-stack';
import { ReferenceFinder } from './reference-finder';

/**
 * What in other stacks has an attribute of a resource by an import. CloudFormation refuses to change a value as long as
 * another stack imports it, so that an attribute which changes can be changed only once. A reference that reads the
 * stack's output (`Fn::GetStackOutput`, weak for the CDK) holds nothing fast. To be asked once references between stacks
 * are resolved.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
 */
export function importersOf(resource: CfnResource): readonly CfnElement[] {
  const ours = outermostStack(resource);
  // Every such reference makes its stack wait for ours; all others need no look.
  const waiting = ours.node.root.node
    .findAll()
    .filter((node): node is Stack => Stack.isStack(node) && node !== ours && node.dependencies.includes(ours));
  const elements = new Set(
    waiting.flatMap((stack) => stack.node.findAll().filter((node) => CfnElement.isCfnElement(node))),
  );
  return [...elements].filter((element) => importedBy(element).has(resource));
}

/** Read once: of many migrations in one stack, each looks at the same other stacks. */
const imported = new WeakMap<CfnElement, ReadonlySet<IConstruct>>();

function importedBy(element: CfnElement): ReadonlySet<IConstruct> {
  const known = imported.get(element);
  if (known !== undefined) return known;
  const finder = new ReferenceFinder(
    ({ displayName, target }, value, { scope }) =>
      displayName !== 'Ref' &&
      outermostStack(target) !== outermostStack(scope) &&
      !JSON.stringify(value ?? null).includes('Fn::GetStackOutput'),
  );
  Tokenization.resolve(element._toCloudFormation(), { scope: element, resolver: finder });
  imported.set(element, finder.found);
  return finder.found;
}
