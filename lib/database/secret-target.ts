import { isIP } from 'node:net';
import { Token, Tokenization } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct, IDependable } from 'constructs';
import type { DatabaseTargetConfig, SecretTargetOptions } from './database-target-config';
import { databaseNeeds } from './database-needs';
import { originOf } from './host-checks';
import { warnOfForeignPort } from './foreign-ports';
import { isNotLookedUpYet } from '../stack/looked-up';
import { synthTimeDependency } from '../stack/synth-time-dependency';
import { requireDatabaseName } from './target-checks';
import { ValidationError } from '../validation-error';

/** The port of MySQL, and the only one of RDS Proxy for it. */
export const MYSQL_PORT = 3306;

/** What `AuroraMigrations` needs to know of a database that has no construct. */
export function secretTargetConfig(
  scope: Construct,
  secret: secretsmanager.ISecret | undefined,
  { host: given, port = MYSQL_PORT, databaseName, securityGroups = [] }: SecretTargetOptions,
): DatabaseTargetConfig {
  // Of a cluster that was made with a password, `cluster.secret!` is none.
  if (secret === undefined) {
    throw new ValidationError(
      scope,
      'secret-unknown',
      'DatabaseTarget.secret was given no secret: a cluster or instance that was made with a password has none. Give one with username and password',
    );
  }
  const host = requireHost(scope, given);
  const name = requireDatabaseName(scope, secret, databaseName, undefined);
  const portText = Tokenization.stringifyNumber(port);
  if (!Token.isUnresolved(port) && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new ValidationError(
      scope,
      'port-invalid',
      `port is ${port}: give the one that the database listens on, 1 to 65535; MySQL's is ${MYSQL_PORT}`,
    );
  }
  warnOfForeignPort(scope, portText);
  return {
    host,
    port: portText,
    databaseName: name,
    secret,
    identity: `${host}:${portText}/${name}`,
    connections: new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(port) }),
    needs: needsOf(scope, host, secret),
  };
}

/** Of a cluster or an instance that only its resource is known of, as one that was made without its construct. */
function needsOf(scope: Construct, host: string, secret: secretsmanager.ISecret): IDependable {
  const target = originOf(host)?.target;
  const isDatabase = rds.CfnDBCluster.isCfnDBCluster(target) || rds.CfnDBInstance.isCfnDBInstance(target);
  return isDatabase ? databaseNeeds(scope, target, target.ref, secret) : synthTimeDependency(() => []);
}

/** A name ends with a dot where it is spelled in full, which a certificate never does. */
function requireHost(scope: Construct, host: string): string {
  if (Token.isUnresolved(host) || isNotLookedUpYet(host)) return host;
  const name = isIP(host) === 0 ? host.replace(/\.$/, '') : host;
  if (isIP(name) === 0 && !/^[\w-]+(\.[\w-]+)*$/.test(name)) {
    throw new ValidationError(
      scope,
      'host-invalid',
      `host "${host}" is no host name: give the name alone, such as orders.example.com, and the port as port`,
    );
  }
  return name;
}
