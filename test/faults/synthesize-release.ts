import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AuroraMigrations, DatabaseTarget } from '../../lib';
import { DATABASE, type Files, type ReleaseName, RELEASES, SIBLING, STACK } from './fault-releases';

/** Synthesizes all releases, each into the folder of its name. */
export function synthesizeReleases(folder: string): void {
  for (const name of Object.keys(RELEASES) as ReleaseName[]) {
    synthesizeRelease(name, DATABASE, RELEASES[name], path.join(folder, name));
  }
}

/** Synthesizes one release: the migrations over an imported cluster, and the sibling that waits for them. */
export function synthesizeRelease(version: string, databaseName: string, files: Files, folder: string): string {
  const directory = path.join(folder, 'migrations');
  const outdir = path.join(folder, 'cdk.out');
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(directory, file), text);
  const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  const stack = new Stack(app, STACK);
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-12345678',
    availabilityZones: ['eu-central-1a'],
    privateSubnetIds: ['subnet-12345678'],
  });
  const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
    clusterIdentifier: 'faults',
    clusterResourceIdentifier: 'cluster-FAULTS',
    clusterEndpointAddress: 'faults.example.com',
    port: 3306,
    engine: rds.DatabaseClusterEngine.AURORA_MYSQL,
  });
  const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'faults');
  const migrations = new AuroraMigrations(stack, 'Migrations', {
    database: DatabaseTarget.cluster(cluster, { databaseName, secret }),
    directory,
    vpc,
  });
  const sibling = new sns.CfnTopic(stack, SIBLING, { displayName: version });
  migrations.executeBefore(sibling);
  return app.synth().directory;
}
