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

/** The members that the instances of this app have and imported ones have not. */
interface KnownInstance extends rds.IDatabaseInstance {
  readonly vpc?: ec2.IVpc;
  readonly secret?: secretsmanager.ISecret;
}

/**
 * What `AuroraMigrations` needs to know of an RDS instance.
 *
 * @param login how the function logs in where the instance does not decide it: a proxy stands before it
 */
export function instanceTargetConfig(
  scope: Construct,
  instance: rds.IDatabaseInstance,
  options: DatabaseTargetOptions,
  login?: DatabaseLogin,
): DatabaseTargetConfig {
  const known: KnownInstance = instance;
  requireMysql(scope, instance, instance.engine?.engineType, instance.engine?.engineVersion?.fullVersion);
  const resource = resourceOf(instance);
  const databaseName = requireDatabaseName(scope, instance, options.databaseName, resource?.dbName);
  warnOfMissingDatabase(scope, resource, databaseName);
  const port = Tokenization.stringifyNumber(instance.instanceEndpoint.port);
  if (instance.engine === undefined) warnOfForeignPort(scope, port);
  const chosen =
    login ??
    chooseLogin(scope, instance, options, {
      secret: managedSecret(scope, instance, known.secret),
      resourceId: instance.instanceResourceId,
      takesIam: resource && isOn(resource, resource.enableIamDatabaseAuthentication),
    });
  return {
    host: instance.instanceEndpoint.hostname,
    port,
    databaseName,
    ...chosen,
    identity: `${instance.instanceResourceId ?? instance.instanceIdentifier}/${databaseName}`,
    instanceArn: instance.instanceArn,
    connections: new ec2.Connections({
      securityGroups: instance.connections.securityGroups,
      defaultPort: ec2.Port.tcp(instance.instanceEndpoint.port),
    }),
    needs: databaseNeeds(scope, instance, instance.instanceIdentifier, chosen.secret),
    vpc: known.vpc,
  };
}

function resourceOf(instance: rds.IDatabaseInstance): rds.CfnDBInstance | undefined {
  const resource = instance.node.defaultChild;
  return rds.CfnDBInstance.isCfnDBInstance(resource) ? resource : undefined;
}
