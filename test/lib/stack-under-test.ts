import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { AuroraMigrations, type AuroraMigrationsProps, DatabaseTarget } from '../../lib';
import { CREATE_USER, migrationFolder } from './source/migration-folder';

const outdirs: string[] = [];

afterAll(() => {
  for (const outdir of outdirs.splice(0)) fs.rmSync(outdir, { recursive: true, force: true });
});

/** A user's stack: a VPC with all kinds of subnets, a cluster in the private ones, and the migrations. */
export interface StackUnderTest {
  readonly stack: Stack;
  readonly vpc: ec2.Vpc;
  readonly cluster: rds.DatabaseCluster;
  readonly migrations: AuroraMigrations;
}

export function stackUnderTest(props: Partial<AuroraMigrationsProps> = {}): StackUnderTest {
  const stack = new Stack(emptyApp(), 'Stack');
  const { vpc, cluster } = database(stack);
  return { stack, vpc, cluster, migrations: migrationsOf(stack, cluster, props) };
}

/**
 * An app that leaves nothing behind. The function's asset is written only where a test looks at it, and the CDK's own
 * rules for templates, which take longer than all else, are left to `cdk synth`.
 */
export function emptyApp({ bundling = false } = {}): App {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk.out-'));
  outdirs.push(outdir);
  return new App({
    outdir,
    builtinCloudFormationValidation: false,
    context: bundling ? {} : { 'aws:cdk:bundling-stacks': [] },
  });
}

export function database(scope: Construct): { readonly vpc: ec2.Vpc; readonly cluster: rds.DatabaseCluster } {
  const vpc = new ec2.Vpc(scope, 'Vpc', { natGateways: 1 });
  const cluster = new rds.DatabaseCluster(scope, 'Cluster', {
    engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 }),
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    readers: [rds.ClusterInstance.serverlessV2('Reader')],
    vpc,
    defaultDatabaseName: 'app',
  });
  return { vpc, cluster };
}

export function migrationsOf(
  scope: Construct,
  cluster: rds.IDatabaseCluster,
  props: Partial<AuroraMigrationsProps> = {},
): AuroraMigrations {
  return new AuroraMigrations(scope, 'Migrations', {
    database: DatabaseTarget.cluster(cluster, { databaseName: 'app' }),
    directory: migrationFolder({ '0001_create_user.sql': CREATE_USER }),
    ...props,
  });
}

export type Properties = Readonly<Record<string, unknown>>;

/** Properties of the one resource of a type. */
export function onlyOfType(template: Template, type: string): Properties {
  const resources = Object.values(template.findResources(type)) as { Properties: Properties }[];
  expect(resources).toHaveLength(1);
  return resources[0]!.Properties;
}

/** Properties of the resource with a logical id. */
export function propertiesOf(template: Template, logicalId: string): Properties {
  const resources = template.toJSON() as { Resources: Readonly<Record<string, { Properties: Properties }>> };
  const resource = resources.Resources[logicalId];
  if (resource === undefined) throw new Error(`the template has no resource ${logicalId}`);
  return resource.Properties;
}
