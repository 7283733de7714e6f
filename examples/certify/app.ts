import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, CfnOutput, CustomResource, Duration, RemovalPolicy, Stack, Stage, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { AuroraMigrations, DatabaseTarget, OnDelete } from 'cdk-aurora-migrations';
import type { Construct } from 'constructs';

/** What is slow to make and stays from the first play to the last: a network, a cluster that pauses, the log. */
class BaseStack extends Stack {
  readonly cluster: rds.DatabaseCluster;
  readonly functionGroup: ec2.SecurityGroup;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
    });
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    vpc.addInterfaceEndpoint('Secrets', { service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER });
    this.cluster = new rds.DatabaseCluster(this, 'Database', {
      engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 }),
      writer: rds.ClusterInstance.serverlessV2('Writer'),
      // Pauses after five minutes without a session.
      serverlessV2MinCapacity: 0,
      serverlessV2MaxCapacity: 2,
      serverlessV2AutoPauseDuration: Duration.minutes(5),
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      defaultDatabaseName: 'certify',
      // RDS makes this secret, and rotates it when it is told to.
      manageMasterUserPassword: true,
      // The program looks into the database from outside of the network.
      enableDataApi: true,
      storageEncrypted: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.functionGroup = new ec2.SecurityGroup(this, 'FunctionGroup', { vpc, allowAllOutbound: false });
    this.functionGroup.addEgressRule(
      ec2.Peer.anyIpv4(),
      ec2.Port.tcp(443),
      'S3 and Secrets Manager, by their endpoints',
    );
    this.cluster.connections.allowDefaultPortFrom(this.functionGroup);
    // Of the other stack's functions: it must be there when that stack is gone, and be gone in the end.
    this.logGroup = new logs.LogGroup(this, 'Log', {
      retention: logs.RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new CfnOutput(this, 'ClusterArn', { value: this.cluster.clusterArn });
    new CfnOutput(this, 'SecretArn', { value: this.cluster.secret?.secretArn ?? '' });
    new CfnOutput(this, 'LogGroupName', { value: this.logGroup.logGroupName });
  }
}

/** Migrations, an application that waits for them, and a gate that fails when it is told to. */
class CertifyStack extends Stack {
  constructor(scope: Construct, id: string, { cluster, functionGroup, logGroup }: BaseStack) {
    super(scope, id);
    const release = String(this.node.tryGetContext('release') ?? '1');
    const migrations = new AuroraMigrations(this, 'Migrations', {
      database: DatabaseTarget.cluster(cluster),
      directory: path.join(__dirname, 'migrations'),
      securityGroups: [functionGroup],
      logGroup,
      // The cluster outlives this stack: a stack that is made again finds an empty database.
      onDelete: OnDelete.REVERT,
    });
    recordRequests(migrations);

    const application = new lambda.Function(this, 'Application', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => process.env.RELEASE;'),
      environment: { RELEASE: release },
      logGroup,
    });
    migrations.executeBefore(application);

    const gate = new CustomResource(this, 'Gate', {
      resourceType: 'Custom::CertifyGate',
      serviceToken: new lambda.Function(this, 'GateFunction', {
        runtime: lambda.Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: lambda.Code.fromInline(GATE),
        timeout: Duration.minutes(2),
        logGroup,
      }).functionArn,
      properties: { Release: release, FailAfterSeconds: String(this.node.tryGetContext('failAfterSeconds') ?? '') },
    });
    new CfnOutput(this, 'FunctionName', { value: migrations.migrationsFunction.functionName });
    // Beside the migrations it fails while they run, otherwise after all else.
    const isBeside = this.node.tryGetContext('gate') === 'beside';
    gate.node.addDependency(isBeside ? migrations.migrationsFunction : application);
  }
}

/** The gate's function: fails after a while where it is to fail, and never in a Delete. */
const GATE = `
const https = require('node:https');
exports.handler = async (event) => {
  const { FailAfterSeconds: seconds } = event.ResourceProperties;
  const fails = seconds !== '' && event.RequestType !== 'Delete';
  if (fails) await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
  const { StackId, RequestId, LogicalResourceId, ResponseURL } = event;
  const Status = fails ? 'FAILED' : 'SUCCESS';
  const Reason = fails ? 'the gate was told to fail' : 'the gate is open';
  const body = JSON.stringify({ Status, Reason, PhysicalResourceId: 'certify-gate', StackId, RequestId, LogicalResourceId });
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
  await new Promise((resolve, reject) => {
    const sent = https.request(ResponseURL, { method: 'PUT', headers }, (response) => response.resume().on('end', resolve));
    sent.on('error', reject).end(body);
  });
};
`;

/** Puts the recorder before the handlers: into a copy of the functions' code. */
function recordRequests(migrations: AuroraMigrations): void {
  const inside = migrations.node.findAll();
  const code = inside.find((construct) => construct instanceof Asset);
  const outdir = Stage.of(migrations)?.assetOutdir;
  if (code === undefined || outdir === undefined) throw new Error('the code of the migrations is nowhere to be found');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'certify-recorded-'));
  try {
    fs.cpSync(path.resolve(outdir, code.assetPath), folder, { recursive: true });
    fs.copyFileSync(path.join(__dirname, 'recorder.js'), path.join(folder, 'recorder.js'));
    const recorded = new Asset(migrations, 'Recorded', { path: folder });
    for (const each of inside) {
      if (!lambda.CfnFunction.isCfnFunction(each)) continue;
      each.code = { s3Bucket: recorded.s3BucketName, s3Key: recorded.s3ObjectKey };
      each.handler = each.handler?.replace(/^index\./, 'recorder.');
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

// Said aloud, since the CDK asks for it: the cluster's stack keeps what the other one imports.
const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' } });
// So that it can be found, and its cost told from others.
Tags.of(app).add('cdk-aurora-migrations', 'certify');
const base = new BaseStack(app, 'CertifyBase');
new CertifyStack(app, 'Certify', base);
