import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { AuroraMigrations, type AuroraMigrationsProps, DatabaseTarget } from '../../../lib';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';

export const ISOLATED = { name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
export const PUBLIC = { name: 'Public', subnetType: ec2.SubnetType.PUBLIC };
export const S3 = { service: ec2.GatewayVpcEndpointAwsService.S3 };
export const SECRETS = { service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER };

/** A VPC without NAT. */
export function vpcIn(stack: Stack, ...subnetConfiguration: ec2.SubnetConfiguration[]): ec2.Vpc {
  return new ec2.Vpc(stack, 'Vpc', { natGateways: 0, maxAzs: 2, subnetConfiguration });
}

/** Migrations of a database that is known by its secret, in a VPC. */
export function migrate(
  stack: Stack,
  vpc: ec2.IVpc,
  props: Partial<AuroraMigrationsProps> = {},
  id = 'Migrations',
): AuroraMigrations {
  const secret = secretsmanager.Secret.fromSecretNameV2(stack, `${id}Secret`, `${id}/admin`);
  const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(stack, `${id}Group`, 'sg-12345678')];
  return new AuroraMigrations(stack, id, {
    database: DatabaseTarget.secret(secret, { host: 'db.example.com', databaseName: id, securityGroups }),
    directory: migrationFolder({ '0001_a.sql': CREATE_USER }),
    vpc,
    ...props,
  });
}

/** Codes of the warnings and infos about the network on the construct. */
export function networkAnnotations(stack: Stack, id = 'Migrations'): string[] {
  const annotations = Annotations.fromStack(stack);
  const path = `/${stack.node.id}/${id}`;
  return [...annotations.findWarning(path, Match.anyValue()), ...annotations.findInfo(path, Match.anyValue())]
    .map(({ entry }) => /cdk-aurora-migrations:([\w-]+)/.exec(JSON.stringify(entry.data))?.[1] ?? '')
    .filter((code) => code.includes('way-to'));
}

/** Properties of the VPC endpoints, by logical id. */
export function endpointsIn(template: Template): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const found = template.findResources('AWS::EC2::VPCEndpoint') as Readonly<
    Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>
  >;
  return Object.fromEntries(Object.entries(found).map(([id, { Properties }]) => [id, Properties]));
}
