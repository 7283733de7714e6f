import { isIP } from 'node:net';
import { Token, Tokenization } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { DatabaseTargetConfig, SecretTargetOptions } from './database-target-config';
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
  secret: secretsmanager.ISecret,
  { host: given, port = MYSQL_PORT, databaseName, securityGroups = [] }: SecretTargetOptions,
): DatabaseTargetConfig {
  const host = requireHost(scope, given);
  const name = requireDatabaseName(scope, secret, databaseName, undefined);
  const portText = Tokenization.stringifyNumber(port);
  warnOfForeignPort(scope, portText);
  return {
    host,
    port: portText,
    databaseName: name,
    secret,
    identity: `${host}:${portText}/${name}`,
    connections: new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(port) }),
    needs: synthTimeDependency(() => []),
  };
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
