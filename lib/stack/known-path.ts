import type { IConstruct } from 'constructs';

/** The path of what the user made: the construct around a resource, unless that was made itself. */
export function knownPath(resource: IConstruct): string {
  const { scope } = resource.node;
  return scope?.node.defaultChild === resource ? scope.node.path : resource.node.path;
}
