import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { AuroraMigrations, DatabaseTarget } from 'cdk-aurora-migrations';
import type { Construct } from 'constructs';

/** A service whose database is on a cluster that another team, another app or nobody's app has made. */
class BillingStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    // With Vpc.fromLookup(this, 'Vpc', { vpcId }) the CDK finds all of this by itself, but needs account, region and
    // credentials at synth.
    const vpc = ec2.Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-central-1a', 'eu-central-1b'],
      // Subnets with NAT, or with endpoints for S3 and Secrets Manager: the function calls both.
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      privateSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
    });
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(this, 'Cluster', {
      clusterIdentifier: 'platform',
      // Tells this cluster from a later one of the same name: a migration history belongs to one cluster.
      clusterResourceIdentifier: 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      // The writer's.
      clusterEndpointAddress: 'platform.cluster-c1abcdefghij.eu-central-1.rds.amazonaws.com',
      port: 3306,
      // A rule that lets the function in is added to this group, by this stack.
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(this, 'ClusterGroup', 'sg-0123456789abcdef0')],
    });
    // A user of our own, who may do anything in our database and nothing elsewhere: { "username": …, "password": … }
    const secret = secretsmanager.Secret.fromSecretNameV2(this, 'Secret', 'billing/migrator');

    const migrations = new AuroraMigrations(this, 'Migrations', {
      // The database must be there; the function creates tables, not databases.
      database: DatabaseTarget.cluster(cluster, { databaseName: 'billing', secret }),
      directory: path.join(__dirname, 'migrations'),
      vpc,
    });

    const billing = new lambda.Function(this, 'Billing', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      // Stands for your application.
      code: lambda.Code.fromInline('exports.handler = async () => process.env.SCHEMA_VERSION;'),
      environment: { SCHEMA_VERSION: migrations.version },
    });
    migrations.executeBefore(billing);
  }
}

new BillingStack(new App(), 'Billing');
