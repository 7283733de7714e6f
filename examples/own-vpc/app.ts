import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import { AuroraMigrations, DatabaseTarget } from 'cdk-aurora-migrations';
import type { Construct } from 'constructs';

/** A shop in a VPC that was there before: applications have NAT, databases have no way out at all. */
class ShopStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    // Stands for your own VPC. A construct of another stack of the app does as well, and so does Vpc.fromLookup.
    const vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'Application', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'Database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
    });
    // This VPC has an endpoint for S3 already. The migrations use it, since they see that it is there.
    vpc.addGatewayEndpoint('S3', {
      service: ec2.GatewayVpcEndpointAwsService.S3,
      subnets: [{ subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
    });

    const cluster = new rds.DatabaseCluster(this, 'Database', {
      engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 }),
      writer: rds.ClusterInstance.serverlessV2('Writer'),
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      defaultDatabaseName: 'shop',
      storageEncrypted: true,
    });

    const migrations = new AuroraMigrations(this, 'Migrations', {
      database: DatabaseTarget.cluster(cluster),
      directory: path.join(__dirname, 'migrations'),
      // The function runs beside the database, in the isolated subnets. What it lacks there is a way to Secrets Manager, and
      // this adds that endpoint and no other; without it, synth warns. Or let the function use the NAT, for nothing more:
      // vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }
      addEndpoints: true,
    });

    const shop = new lambda.Function(this, 'Shop', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      // Stands for your application.
      code: lambda.Code.fromInline('exports.handler = async () => process.env.SCHEMA_VERSION;'),
      environment: { SCHEMA_VERSION: migrations.version },
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    });
    cluster.connections.allowDefaultPortFrom(shop);
    cluster.secret?.grantRead(shop);

    // First the schema, then the code that needs it.
    migrations.executeBefore(shop);
  }
}

new ShopStack(new App(), 'Shop');
