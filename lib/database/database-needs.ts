import type { CfnResource } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct, IConstruct, IDependable } from 'constructs';
import { resolvesAlike, resourcesBeside, synthTimeDependency } from '../stack/synth-time-dependency';

/**
 * What must stand before the first connection to a cluster or an instance, and as long as the migrations do. Nothing that the
 * function refers to refers to these: a cluster has its endpoint's name before there is an instance behind it.
 *
 * @param database whose stack, and those around it, are looked through
 * @param identifier of the cluster or instance
 * @param secret that the function logs in with, where it logs in with one
 */
export function databaseNeeds(
  scope: Construct,
  database: IConstruct,
  identifier: string,
  secret: secretsmanager.ISecret | undefined,
): IDependable {
  return synthTimeDependency(() =>
    resourcesBeside(scope, database).filter(
      (resource) => isInstanceOf(resource, identifier) || (secret && isAttachmentOf(resource, secret, identifier)),
    ),
  );
}

/** All instances and not only the writer: a failover makes any of them the writer. */
function isInstanceOf(resource: CfnResource, clusterIdentifier: string): boolean {
  return (
    rds.CfnDBInstance.isCfnDBInstance(resource) &&
    resource.dbClusterIdentifier !== undefined &&
    resolvesAlike(resource, resource.dbClusterIdentifier, clusterIdentifier)
  );
}

/**
 * The attachment writes host and user into the secret; before it, the secret has a password only. Not that of another secret
 * to the same database: it may be the application's, which waits for us.
 */
function isAttachmentOf(resource: CfnResource, { secretArn }: secretsmanager.ISecret, identifier: string): boolean {
  return (
    secretsmanager.CfnSecretTargetAttachment.isCfnSecretTargetAttachment(resource) &&
    resolvesAlike(resource, resource.targetId, identifier) &&
    // A secret that was attached by its construct is referred to over the attachment.
    [resource.secretId, resource.ref].some((id) => resolvesAlike(resource, id, secretArn))
  );
}
