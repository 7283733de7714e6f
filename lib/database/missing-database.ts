import { Aspects, CfnResource } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct, IConstruct } from 'constructs';
import { ExecutionOrder } from '../stack/execution-order';
import { knownPath } from '../stack/known-path';
import { resolved } from '../stack/synth-time-dependency';
import { warn } from '../warn';

/**
 * Warns where a cluster or instance of this app does not create the database that is migrated, and nothing that the
 * migrations wait for could. Only at synth, because of what a user gives to `executeAfter` in a later line.
 *
 * A warning and no error: on a cluster that is deployed already, somebody may have created the database, and to give the
 * cluster another name would replace it, with all its rows.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html
 */
export function warnOfMissingDatabase(
  scope: Construct,
  resource: rds.CfnDBCluster | rds.CfnDBInstance | undefined,
  databaseName: string,
): void {
  if (resource === undefined) return;
  Aspects.of(scope).add({
    visit: (node) => {
      if (node !== scope || mayHoldAnyDatabase(resource)) return;
      const created = createdBy(resource);
      const [wanted, made] = [resolved(resource, databaseName), resolved(resource, created.name)];
      // What is no text is known only in the deployment.
      if (wanted === made || wanted?.startsWith('"') !== true || made?.startsWith('"') === false) return;
      if (ExecutionOrder.of(scope)?.awaited().some(couldCreateDatabase) === true) return;
      const where = knownPath(resource);
      const instead =
        made === undefined
          ? 'without a database'
          : `with the database ${made}${made.toLowerCase() === wanted.toLowerCase() ? ' (names of databases are case-sensitive)' : ''}`;
      warn(
        scope,
        'database-not-created',
        `${where} is created ${instead}, and nothing that the migrations wait for creates ${wanted}, so that the first deployment fails with "Unknown database". Not deployed yet: set ${created.property}: ${wanted.replaceAll('"', "'")} on it. Deployed already: leave ${created.property} as it is, since CloudFormation would replace the database server with all its data by an empty one; create the database there with CREATE DATABASE, or let migrations of a database that is there do so, and give those to executeAfter. Acknowledge this where it is there`,
      );
    },
  });
}

function createdBy(resource: rds.CfnDBCluster | rds.CfnDBInstance): {
  readonly property: string;
  readonly name: string | undefined;
} {
  return rds.CfnDBCluster.isCfnDBCluster(resource)
    ? { property: 'defaultDatabaseName', name: resource.databaseName }
    : { property: 'databaseName', name: resource.dbName };
}

/** A copy has the databases of what it was made from. */
function mayHoldAnyDatabase(resource: rds.CfnDBCluster | rds.CfnDBInstance): boolean {
  const sources = rds.CfnDBCluster.isCfnDBCluster(resource)
    ? [
        resource.snapshotIdentifier,
        resource.sourceDbClusterIdentifier,
        resource.replicationSourceIdentifier,
        resource.globalClusterIdentifier,
      ]
    : [
        resource.dbSnapshotIdentifier,
        resource.dbClusterSnapshotIdentifier,
        resource.sourceDbInstanceIdentifier,
        resource.sourceDbiResourceId,
        resource.sourceDbInstanceAutomatedBackupsArn,
        resource.sourceDbClusterIdentifier,
      ];
  return sources.some((source) => source !== undefined);
}

/** Any custom resource, task or nested stack could; what belongs to network, server and secrets could not. */
function couldCreateDatabase(construct: IConstruct): boolean {
  return construct.node
    .findAll()
    .some(
      (node) =>
        CfnResource.isCfnResource(node) && !/^AWS::(EC2|RDS|SecretsManager|IAM|KMS|Logs)::/.test(node.cfnResourceType),
    );
}
