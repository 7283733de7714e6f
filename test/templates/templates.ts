import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AuroraMigrations, DatabaseTarget, SnapshotBefore } from '../../lib';
import { AuroraStack } from '../../lib/aurora-stack';

const MIGRATIONS = path.join(__dirname, '../../migrations');

/** Synthesizes the sample app, and a stack whose migrations have all options; gives the folder with both templates. */
export function synthesizeTemplates(): string {
  const outdir = mkdtempSync(path.join(tmpdir(), 'templates-'));
  const app = new App({ outdir });
  new AuroraStack(app, 'Sample');

  const stack = new Stack(app, 'AllOptions');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
  const cluster = new rds.DatabaseCluster(stack, 'Cluster', {
    engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 }),
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    vpc,
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    defaultDatabaseName: 'app',
  });
  new AuroraMigrations(stack, 'Migrations', {
    database: DatabaseTarget.cluster(cluster, { databaseName: 'app' }),
    directory: MIGRATIONS,
    alarmTopic: new sns.Topic(stack, 'Topic'),
    httpEndpoint: true,
    addEndpoints: true,
    dashboard: true,
    snapshotBefore: SnapshotBefore.DESTRUCTIVE,
  });
  app.synth();
  return outdir;
}
