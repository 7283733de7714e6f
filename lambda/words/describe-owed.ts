import type { DeploymentRow } from '../plan/history';

/** What a person is told of a deployment that is to be reverted. */
export function describeOwed({ error }: DeploymentRow): string {
  const why = error === null ? '' : ` (${error})`;
  return (
    `the newest deployment was rolled back, and what it applied waits to be reverted${why}. It is reverted when CloudFormation ` +
    `deletes the resource of its release, at the end of the rollback. If that is over and has failed, deploy a release with its ` +
    `migrations as they were: they become part of it. Or revert each by hand and say so with {"command":"repair"}`
  );
}
