import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { RESOURCE_TYPE } from '../../lambda/contract';

/** The function of one construct. */
export interface ConstructFunction {
  /** The construct's path in its stack, as logical ids have it: without slashes. */
  readonly construct: string;
  /** Name of the function. */
  readonly name: string;
}

/** What the CDK puts behind the readable part of a logical id. */
const HASH = /[0-9A-F]{8}$/;

/** Id of the function in the construct. */
const FUNCTION_ID = 'Function';

/**
 * The functions of the constructs among the resources of a stack, by their logical ids: the custom resource's is the
 * construct's path and a hash, the function's the same path, `Function` and a hash. Not by the function's name, which may be
 * anything, nor by the template, which not everybody may read.
 */
export function functionsAmong(resources: readonly StackResourceSummary[]): readonly ConstructFunction[] {
  const there = resources.filter(({ ResourceStatus: status }) => status !== 'DELETE_COMPLETE');
  const functions = new Map(
    there.flatMap(({ ResourceType: type, LogicalResourceId: id, PhysicalResourceId: name }) =>
      type === 'AWS::Lambda::Function' && id && name ? [[id.replace(HASH, ''), name] as const] : [],
    ),
  );
  return there.flatMap(({ ResourceType: type, LogicalResourceId: id = '' }) => {
    if (type !== RESOURCE_TYPE) return [];
    const construct = id.replace(HASH, '');
    // The CDK leaves out a part that repeats the end of the one before.
    const own = construct.endsWith(FUNCTION_ID) ? construct : `${construct}${FUNCTION_ID}`;
    const name = functions.get(own);
    return name === undefined ? [] : [{ construct, name }];
  });
}
