import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, CfnResource, NestedStack, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { AuroraMigrations, type AuroraMigrationsProps, DatabaseTarget } from '../../lib';
import { migrationFolder } from '../lib/source/migration-folder';

/** One release of the small app: the migrations of an imported cluster, and an application that waits for them. */
export interface SmallRelease {
  /** Migrations by file name. */
  readonly migrations: Readonly<Record<string, string>>;
  /**
   * Another value is another version of the application.
   * @default '1'
   */
  readonly application?: string;
  /**
   * Functions of the application besides, of the same version; they are not run.
   * @default - none
   */
  readonly functions?: readonly string[];
  /**
   * Whether these functions wait since they use the version, in place of by `executeBefore`.
   * @default false
   */
  readonly waitByVersion?: boolean;
  /**
   * Something that waits for all of the migrations, those of the phase contract too. Another value is another version.
   * @default - nothing
   */
  readonly afterwards?: string;
  readonly props?: Partial<AuroraMigrationsProps>;
  /** Whether the function lacks the certificates of RDS. */
  readonly withoutCertificates?: boolean;
  /** Whether the migrations are in a nested stack, which then is what the template file has. */
  readonly nested?: boolean;
}

/** Secret of the imported cluster. */
export const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:small-AbCdEf';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Synthesizes releases into one folder, which the end of the test file removes. Gives a template file for each. */
export function synthesizeReleases<Name extends string>(
  releases: Readonly<Record<Name, SmallRelease>>,
): Readonly<Record<Name, string>> {
  const outdir = mkdtempSync(path.join(tmpdir(), 'small-app-'));
  folders.push(outdir);
  const files = Object.entries<SmallRelease>(releases).map(([name, release]) => [
    name,
    synthesize(outdir, name, release),
  ]);
  return Object.fromEntries(files.map(([name, file]) => [name, path.join(outdir, file!)])) as Record<Name, string>;
}

/** In an app of its own: of one app, two releases would be two folders for one database. Gives its template's file. */
function synthesize(outdir: string, name: string, release: SmallRelease): string {
  const app = new App({
    outdir,
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    // A nested stack's template has no list of assets: where its code lies is in the metadata.
    context: { 'aws:cdk:enable-asset-metadata': true },
  });
  const stack = new Stack(app, name);
  const scope = release.nested === true ? new NestedStack(stack, 'Database') : stack;
  const migrations = migrationsIn(scope, release);
  const application = new CfnResource(scope, 'Application', {
    type: 'AWS::SNS::Topic',
    properties: { DisplayName: release.application ?? '1' },
  });
  migrations.executeBefore(application);
  for (const id of release.functions ?? []) {
    const properties = { Runtime: 'python3.13', Description: release.application ?? '1' };
    const handler = new CfnResource(scope, id, { type: 'AWS::Lambda::Function', properties });
    if (release.waitByVersion !== true) migrations.executeBefore(handler);
    else handler.addPropertyOverride('Environment', { Variables: { VERSION: migrations.version } });
  }
  if (release.afterwards !== undefined) {
    const properties = { DisplayName: release.afterwards };
    const afterwards = new CfnResource(scope, 'Afterwards', { type: 'AWS::SNS::Topic', properties });
    afterwards.node.addDependency(migrations);
  }
  app.synth();
  return scope.templateFile;
}

function migrationsIn(
  scope: Construct,
  { migrations: files, props, withoutCertificates }: SmallRelease,
): AuroraMigrations {
  const vpc = ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-central-1a'],
    isolatedSubnetIds: ['subnet-1'],
  });
  const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(scope, 'Cluster', {
    clusterIdentifier: 'small',
    clusterResourceIdentifier: 'cluster-SMALL',
    clusterEndpointAddress: 'small.cluster.example',
    port: 3306,
    securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-1')],
  });
  const migrations = new AuroraMigrations(scope, 'Migrations', {
    database: DatabaseTarget.cluster(cluster, {
      databaseName: 'app',
      secret: secretsmanager.Secret.fromSecretCompleteArn(scope, 'Secret', SECRET_ARN),
    }),
    directory: migrationFolder(files),
    vpc,
    ...props,
  });
  if (withoutCertificates === true) {
    const handler = migrations.migrationsFunction.node.defaultChild as lambda.CfnFunction;
    handler.addPropertyDeletionOverride('Environment.Variables.NODE_EXTRA_CA_CERTS');
  }
  return migrations;
}
