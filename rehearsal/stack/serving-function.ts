import { textOf } from '../template/json';
import type { LiveResource } from './stack-types';

/** Name of the function that a resource is, or that a custom resource is served by; undefined where it is neither. */
export function servingFunction(
  resource: LiveResource | undefined,
  all: ReadonlyMap<string, LiveResource>,
): string | undefined {
  const token = resource?.properties.ServiceToken;
  if (token === undefined) return resource?.physicalId;
  const name = textOf(token).split(':')[6];
  return [...all.values()].find(({ physicalId, type }) => type === 'AWS::Lambda::Function' && physicalId === name)
    ?.physicalId;
}
