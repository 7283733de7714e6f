import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as library from '../../../lib';

const file = JSON.parse(readFileSync(path.join(__dirname, 'package-root.json'), 'utf8')) as string;
// The package stands for itself in the tests of the repository.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { AuroraMigrations, DatabaseTarget } = require(file) as typeof library;

const stack = new Stack(new App({ analyticsReporting: false }), 'Shop');
const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
const cluster = new rds.DatabaseCluster(stack, 'Cluster', {
  engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_08_0 }),
  writer: rds.ClusterInstance.serverlessV2('Writer'),
  vpc,
  defaultDatabaseName: 'shop',
});
const migrations = new AuroraMigrations(stack, 'Migrations', {
  database: DatabaseTarget.cluster(cluster, { databaseName: 'shop' }),
  directory: path.join(__dirname, 'migrations'),
});
const api = new lambda.Function(stack, 'Api', {
  runtime: lambda.Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: lambda.Code.fromInline('exports.handler = async () => "shop";'),
  environment: { VERSION: migrations.version },
});
migrations.executeBefore(api);
