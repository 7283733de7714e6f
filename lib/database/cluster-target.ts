import { Tokenization } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { DatabaseTargetConfig, DatabaseTargetOptions } from './database-target-config';
import { chooseLogin, type DatabaseLogin } from './database-login';
import { databaseNeeds } from './database-needs';
import { warnOfForeignPort } from './foreign-ports';
import { managedSecret } from './managed-secret';
import { warnOfMissingDatabase } from './missing-database';
import { isOn } from '../stack/synth-time-dependency';
import { requireDatabaseName, requireMysql } from './target-checks';
import { ValidationError } from '../validation-error';

/** The members that the clusters of this app have and imported ones have not. */
interface KnownCluster extends rds.IDatabaseCluster {
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly secret?: secretsmanager.ISecret;
}

/**
 * What `AuroraMigrations` needs to know of an Aurora cluster.
 *
 * @param login how the function logs in where the cluster does not decide it: a proxy stands before it
 */
export function clusterTargetConfig(
  scope: Construct,
  cluster: rds.IDatabaseCluster,
  options: DatabaseTargetOptions,
  login?: DatabaseLogin,
): DatabaseTargetConfig {
  const known: KnownCluster = cluster;
  requireMysql(scope, cluster, cluster.engine?.engineType, cluster.engine?.engineVersion?.fullVersion);
  const resource = resourceOf(cluster);
  const databaseName = requireDatabaseName(scope, cluster, options.databaseName, resource?.databaseName);
  warnOfMissingDatabase(scope, resource, databaseName);
  const resourceId = resourceIdOf(cluster);
  const endpoint = endpointOf(scope, cluster);
  const port = Tokenization.stringifyNumber(endpoint.port);
  if (cluster.engine === undefined) warnOfForeignPort(scope, port);
  const chosen =
    login ??
    chooseLogin(scope, cluster, options, {
      secret: managedSecret(scope, cluster, known.secret),
      resourceId,
      takesIam: resource && isOn(resource, resource.enableIamDatabaseAuthentication),
    });
  return {
    host: endpoint.hostname,
    port,
    databaseName,
    ...chosen,
    // Without a resource id its name tells it from others in the region.
    identity: `${resourceId ?? cluster.clusterIdentifier}/${databaseName}`,
    clusterArn: cluster.clusterArn,
    connections: new ec2.Connections({
      securityGroups: cluster.connections.securityGroups,
      defaultPort: ec2.Port.tcp(endpoint.port),
    }),
    needs: databaseNeeds(scope, cluster, cluster.clusterIdentifier, chosen.secret),
    vpc: known.vpc,
    vpcSubnets: known.vpcSubnets,
  };
}

function resourceOf(cluster: rds.IDatabaseCluster): rds.CfnDBCluster | undefined {
  const resource = cluster.node.defaultChild;
  return rds.CfnDBCluster.isCfnDBCluster(resource) ? resource : undefined;
}

function endpointOf(scope: Construct, cluster: rds.IDatabaseCluster): rds.Endpoint {
  try {
    return cluster.clusterEndpoint;
  } catch {
    throw new ValidationError(
      scope,
      'endpoint-unknown',
      `the writer's endpoint of the imported cluster ${cluster.node.path} is not known: give clusterEndpointAddress and port to fromDatabaseClusterAttributes`,
    );
  }
}

/** An imported cluster throws where it was given none. */
function resourceIdOf(cluster: rds.IDatabaseCluster): string | undefined {
  try {
    return cluster.clusterResourceIdentifier;
  } catch {
    return undefined;
  }
}
