import { Token, Tokenization } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { DatabaseTargetConfig, SecretTargetOptions } from './database-target-config';
import { synthTimeDependency } from './synth-time-dependency';
import { requireDatabaseName } from './target-checks';
import { ValidationError } from './validation-error';

/** The port of MySQL, and the only one of RDS Proxy for it. */
export const MYSQL_PORT = 3306;

/** What `AuroraMigrations` needs to know of a database that has no construct. */
export function secretTargetConfig(
  scope: Construct,
  secret: secretsmanager.ISecret,
  { host, port = MYSQL_PORT, databaseName, securityGroups = [] }: SecretTargetOptions,
): DatabaseTargetConfig {
  if (!Token.isUnresolved(host) && !/^[\w.-]+$/.test(host)) {
    throw new ValidationError(
      scope,
      'host-invalid',
      `host "${host}" is no host name: give the name alone, such as orders.example.com, and the port as port`,
    );
  }
  const name = requireDatabaseName(scope, secret, databaseName, undefined);
  const portText = Tokenization.stringifyNumber(port);
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
