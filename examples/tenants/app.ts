import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import { AuroraMigrations, DatabaseTarget } from 'cdk-aurora-migrations';
import type { Construct } from 'constructs';

/** Each has a database tenant_<name>, which a migration in migrations/control creates: a new tenant is both, in one release. */
const TENANTS = ['acme', 'globex'];

/** One cluster, one database for each tenant, and one schema in all of them. */
class ProjectsStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
    });
    const cluster = new rds.DatabaseCluster(this, 'Database', {
      engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 }),
      writer: rds.ClusterInstance.serverlessV2('Writer'),
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      defaultDatabaseName: 'control',
      storageEncrypted: true,
    });

    const control = new AuroraMigrations(this, 'Control', {
      database: DatabaseTarget.cluster(cluster),
      directory: path.join(__dirname, 'migrations/control'),
      addEndpoints: true,
    });

    const projects = new lambda.Function(this, 'Projects', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      // Stands for your application.
      code: lambda.Code.fromInline('exports.handler = async () => process.env.SCHEMA_VERSION;'),
      environment: { TENANTS: TENANTS.join(',') },
    });

    let last = control;
    for (const tenant of TENANTS) {
      const migrations = new AuroraMigrations(this, `Tenant-${tenant}`, {
        database: DatabaseTarget.cluster(cluster, { databaseName: `tenant_${tenant}` }),
        directory: path.join(__dirname, 'migrations/tenant'),
        // They share the endpoints: one for S3 and one for Secrets Manager, however many tenants there are.
        addEndpoints: true,
      });
      // One after the other. Without this they would all start at once, each with a connection, and all would build the same
      // index at the same time on one writer. And the first waits for its database to be created.
      migrations.executeAfter(last);
      last = migrations;
    }
    // The last one waits for all others.
    last.executeBefore(projects);
    projects.addEnvironment('SCHEMA_VERSION', last.version);
  }
}

new ProjectsStack(new App(), 'Projects');
