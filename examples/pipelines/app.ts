import * as path from 'node:path';
import { App, Stack, Stage, type StageProps } from 'aws-cdk-lib';
import { PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as pipelines from 'aws-cdk-lib/pipelines';
import { AuroraMigrations, DatabaseTarget } from 'cdk-aurora-migrations';
import type { Construct } from 'constructs';

// Fill in your own. What is deployed belongs to one account and region each.
const PIPELINE = { account: '111111111111', region: 'eu-central-1' };
const TEST = { account: '222222222222', region: 'eu-central-1' };
const PRODUCTION = { account: '333333333333', region: 'eu-central-1' };
const REPOSITORY = 'example/blog';
const CONNECTION = 'arn:aws:codeconnections:eu-central-1:111111111111:connection/00000000-0000-0000-0000-000000000000';

/** What is deployed to each environment: database, migrations and application in one stack. */
class BlogStack extends Stack {
  /** Else the CDK asks each account for its zones at synth, and the pipeline's synth may not ask them. */
  override get availabilityZones(): string[] {
    return ['eu-central-1a', 'eu-central-1b'];
  }

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
      defaultDatabaseName: 'blog',
      storageEncrypted: true,
    });
    const migrations = new AuroraMigrations(this, 'Migrations', {
      database: DatabaseTarget.cluster(cluster),
      directory: path.join(__dirname, 'migrations'),
      addEndpoints: true,
    });
    const blog = new lambda.Function(this, 'Blog', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      // Stands for your application.
      code: lambda.Code.fromInline('exports.handler = async () => process.env.SCHEMA_VERSION;'),
      environment: { SCHEMA_VERSION: migrations.version },
    });
    migrations.executeBefore(blog);
  }
}

/** One environment. */
class BlogStage extends Stage {
  constructor(scope: Construct, id: string, props: StageProps) {
    super(scope, id, props);
    new BlogStack(this, 'Blog');
  }
}

/** The pipeline needs no step for migrations: they are part of each stack's deployment, and of its rollback. */
class PipelineStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id, { env: PIPELINE });
    const pipeline = new pipelines.CodePipeline(this, 'Pipeline', {
      pipelineType: PipelineType.V2,
      // The environments are other accounts, which must be able to decrypt what the pipeline hands them.
      crossAccountKeys: true,
      synth: new pipelines.ShellStep('Synth', {
        input: pipelines.CodePipelineSource.connection(REPOSITORY, 'main', { connectionArn: CONNECTION }),
        // No Docker, and no access to a database: migrations are read here, and run in the environments.
        commands: ['npm ci', 'npx cdk synth'],
      }),
    });
    pipeline.addStage(new BlogStage(this, 'Test', { env: TEST }));
    // The same migrations, bundled once, in the same order. One that fails in the test environment goes no further.
    pipeline.addStage(new BlogStage(this, 'Production', { env: PRODUCTION }), {
      pre: [new pipelines.ManualApprovalStep('Release')],
    });
  }
}

new PipelineStack(new App(), 'Pipeline');
