import { isIP } from 'node:net';
import { Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import type { DatabaseTargetConfig } from './database-target-config';
import { knownPath } from '../stack/known-path';
import { requireMysql } from './target-checks';
import { ValidationError } from '../validation-error';
import { warn } from '../warn';

/**
 * Refuses a host that can be seen to be a reader's or another engine's, and warns of one that rarely works. Of a host that
 * is known only in the deployment, the construct is looked at that it comes from.
 */
export function checkHost(scope: Construct, host: string): void {
  const origin = originOf(host);
  if (origin !== undefined) requireWritingOrigin(scope, origin);
  if (Token.isUnresolved(host)) return;
  if (/\.cluster-ro-/i.test(host)) throw reader(scope, host);
  if (/\.cluster-custom-/i.test(host)) {
    warn(
      scope,
      'host-custom-endpoint',
      `${host} is a custom endpoint of a cluster, behind which any of its instances may be, readers too: give the cluster's own endpoint (.cluster-), or acknowledge this where the writer alone is behind it, after a failover too`,
    );
  }
  if (isIP(host) !== 0) {
    warn(
      scope,
      'host-is-address',
      `host ${host} is an address: the certificate must be for that very address, and those of RDS are for names only, so that the function refuses the server. Give the name, which after a failover also leads to the new writer`,
    );
  }
  if (/^localhost$/i.test(host)) {
    warn(
      scope,
      'host-is-local',
      'host localhost is the function itself, in which no database runs: give the name of the database server, or acknowledge this for an emulator that runs the function on your machine',
    );
  }
}

/**
 * Refuses what the custom resource would get as it is written: CloudFormation puts the value of a secret into no property of one
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html, Considerations).
 */
export function refuseSecretReferences(scope: Construct, { host, port, databaseName }: DatabaseTargetConfig): void {
  for (const [name, value] of Object.entries({ host, port, databaseName })) {
    const text = JSON.stringify(Stack.of(scope).resolve(value));
    const [reference] = /\{\{resolve:(?:secretsmanager|ssm-secure):[^}]*/.exec(text) ?? [];
    if (reference === undefined) continue;
    throw new ValidationError(
      scope,
      'secret-reference',
      `${name} is read from a secret, which CloudFormation does not do in a custom resource: it would be "${reference}…". Give the ${name} itself, or a parameter of SSM that is not secret`,
    );
  }
}

/** The attribute of a resource that the host is, with nothing before or after it. */
export function originOf(host: string): Reference | undefined {
  const fragments = Tokenization.reverseString(host);
  const token = fragments.firstToken;
  return fragments.length === 1 && Reference.isReference(token) ? token : undefined;
}

function requireWritingOrigin(scope: Construct, { target, displayName }: Reference): void {
  if (rds.CfnDBCluster.isCfnDBCluster(target)) {
    requireMysql(scope, target, target.engine, target.engineVersion);
    if (displayName.startsWith('ReadEndpoint')) throw reader(scope, `the read endpoint of ${target.node.path}`);
    if (target.replicationSourceIdentifier !== undefined) {
      // A warning, other than of an instance, for one that was promoted has the property still.
      warn(
        scope,
        'host-is-replica',
        `${knownPath(target)} is a replica (replicationSourceIdentifier), which gets schema and journal from its source: give that to the migrations, and leave them out where the replica is; or acknowledge this where it was promoted`,
      );
    }
  }
  if (rds.CfnDBInstance.isCfnDBInstance(target)) {
    requireMysql(scope, target, target.engine, target.engineVersion);
    if (target.sourceDbInstanceIdentifier !== undefined) {
      throw reader(scope, `the read replica ${knownPath(target)}`, 'the instance that it is a replica of');
    }
  }
  if (rds.CfnDBProxyEndpoint.isCfnDBProxyEndpoint(target) && target.targetRole === 'READ_ONLY') {
    throw reader(scope, `the proxy's endpoint ${knownPath(target)}`, 'the endpoint of the proxy itself');
  }
}

/** Of a cluster where nothing else is said. */
const WRITER =
  "the writer's endpoint (.cluster- in place of .cluster-ro-, clusterEndpoint in place of clusterReadEndpoint)";

function reader(scope: Construct, host: string, instead = WRITER): ValidationError {
  return new ValidationError(scope, 'host-reader', `${host} leads to readers, which take no writes: give ${instead}`);
}
