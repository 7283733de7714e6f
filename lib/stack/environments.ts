import { Token } from 'aws-cdk-lib';

/** Where something is deployed. */
export interface Environment {
  readonly account: string;
  readonly region: string;
}

/** What of another environment certainly differs from ours; what is known only in the deployment may be the same. */
export function differenceOf(ours: Environment, theirs: Environment): string | undefined {
  const differing = (['account', 'region'] as const).filter(
    (part) => !Token.isUnresolved(ours[part]) && !Token.isUnresolved(theirs[part]) && ours[part] !== theirs[part],
  );
  return differing.length === 0 ? undefined : differing.map((part) => `${part} ${theirs[part]}`).join(' and the ');
}
