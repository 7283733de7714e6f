import * as path from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AuroraMigrations, DatabaseTarget } from 'cdk-aurora-migrations';
import type { Construct } from 'constructs';

/** An HTTP API whose code and schema are one release: both are deployed, or neither is. */
class NotesStack extends Stack {
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
      defaultDatabaseName: 'notes',
      // So that the API needs no driver, no connections and no place in the VPC.
      enableDataApi: true,
      storageEncrypted: true,
    });

    const migrations = new AuroraMigrations(this, 'Migrations', {
      database: DatabaseTarget.cluster(cluster),
      directory: path.join(__dirname, 'migrations'),
      addEndpoints: true,
      // Told when a deployment of migrations fails, or the schema is not what it was before.
      alarmTopic: new sns.Topic(this, 'Alarms'),
      dashboard: true,
    });

    const handler = new lambda.Function(this, 'Handler', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'api')),
      environment: { CLUSTER_ARN: cluster.clusterArn, SECRET_ARN: cluster.secret?.secretArn ?? '' },
    });
    cluster.grantDataApiAccess(handler);

    // The one line that it takes: CloudFormation updates the function only after the migrations have succeeded. If they
    // fail, the old code stays; if the function or anything else fails, the rollback reverts the schema.
    migrations.executeBefore(handler);

    const api = new apigateway.HttpApi(this, 'Api');
    api.addRoutes({ path: '/notes', integration: new HttpLambdaIntegration('Notes', handler) });
    new CfnOutput(this, 'Url', { value: `${api.apiEndpoint}/notes` });
    new CfnOutput(this, 'SchemaVersion', { value: migrations.version });
  }
}

new NotesStack(new App(), 'Notes');
