import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { SNAPSHOT_PREFIX, type SnapshotWhen } from '../../lambda/plan/plan-snapshot';
import type { DatabaseTargetConfig } from '../database/database-target-config';
import { ValidationError } from '../validation-error';

/** What the function needs to take snapshots. */
export interface SnapshotAccess {
  readonly when: SnapshotWhen;
  /** ARN of the cluster or the instance. */
  readonly of: string;
  /** Making snapshots of it, with names of ours, and looking at them. */
  readonly statement: iam.PolicyStatement;
  /** The resource in it that has a wildcard, as cdk-nag spells it. */
  readonly wildcard: string;
}

/** Lets the function take snapshots of the cluster or instance that holds the database. */
export function snapshotAccess(scope: Construct, database: DatabaseTargetConfig, when: SnapshotWhen): SnapshotAccess {
  const { clusterArn, instanceArn } = database;
  const of = clusterArn ?? instanceArn;
  if (of === undefined) {
    throw new ValidationError(
      scope,
      'snapshot-source-unknown',
      'snapshotBefore needs the cluster or instance that holds the database, which is not known: use DatabaseTarget.cluster or DatabaseTarget.instance, or leave snapshotBefore out',
    );
  }
  const [noun, snapshot] =
    clusterArn === undefined
      ? (['DBSnapshot', 'snapshot'] as const)
      : (['DBClusterSnapshot', 'cluster-snapshot'] as const);
  const snapshots = Stack.of(scope).formatArn({
    service: 'rds',
    resource: snapshot,
    resourceName: `${SNAPSHOT_PREFIX}-*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const statement = new iam.PolicyStatement({
    sid: 'SnapshotsBeforeMigrating',
    actions: [`rds:Create${noun}`, `rds:Describe${noun}s`],
    resources: [of, snapshots],
  });
  const spelled = (value: string, name: string): string => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
  const { partition, region, account } = Stack.of(scope);
  const wildcard = `arn:${spelled(partition, 'Partition')}:rds:${spelled(region, 'Region')}:${spelled(account, 'AccountId')}:${snapshot}:${SNAPSHOT_PREFIX}-*`;
  return { when, of, statement, wildcard };
}
