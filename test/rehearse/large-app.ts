import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as cdk from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { AuroraMigrations, DatabaseTarget } from '../../lib';
import { migrationFolder } from '../lib/source/migration-folder';

/** One release of the large app. */
export interface LargeRelease {
  /** Of the database `shop`, by file name. */
  readonly shop: Readonly<Record<string, string>>;
  /** Of the database `audit`; null before there is one. */
  readonly audit: Readonly<Record<string, string>> | null;
  /** What the code of the application is. */
  readonly version: string;
}

/** A stack as people have them: everything that a template can be made of, most of it nothing to do with migrations. */
export function synthesizeLargeApp({ shop, audit, version }: LargeRelease, outdir: string): string {
  mkdirSync(outdir, { recursive: true });
  const app = new cdk.App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  const stack = new cdk.Stack(app, 'Large');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: true });
  const cluster = new rds.DatabaseCluster(stack, 'Cluster', {
    engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_08_0 }),
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    vpc,
    defaultDatabaseName: 'shop',
  });
  const proxy = cluster.addProxy('Proxy', { vpc, secrets: [cluster.secret!] });
  const auditCluster = new rds.DatabaseCluster(stack, 'AuditCluster', {
    engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_08_0 }),
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    vpc,
    defaultDatabaseName: 'audit',
  });
  const migrations = new AuroraMigrations(stack, 'Migrations', {
    database: DatabaseTarget.cluster(cluster, { databaseName: 'shop' }),
    directory: migrationFolder(shop),
  });
  const service = new patterns.ApplicationLoadBalancedFargateService(stack, 'ShopService', {
    vpc,
    taskImageOptions: {
      image: ecs.ContainerImage.fromRegistry('shop:' + version),
      environment: { DB: proxy.endpoint },
    },
  });
  const api = new lambda.Function(stack, 'Api', {
    runtime: lambda.Runtime.PYTHON_3_13,
    handler: 'index.handler',
    code: lambda.Code.fromInline(`def handler(event, context): return "${version}"`),
  });
  new apigateway.LambdaRestApi(stack, 'Rest', { handler: api });
  migrations.executeBefore(service.service, api);
  if (audit !== null) {
    const auditMigrations = new AuroraMigrations(stack, 'AuditMigrations', {
      database: DatabaseTarget.cluster(auditCluster, { databaseName: 'audit' }),
      directory: migrationFolder(audit),
    });
    auditMigrations.executeAfter(migrations);
    auditMigrations.executeBefore(api);
  }
  addWhatElseThereIs(stack, vpc, version);
  app.synth();
  addWhatOnlyTemplatesHave(path.join(outdir, stack.templateFile));
  return outdir;
}

/** Parameters, conditions, values of others, custom resources of others, a nested stack. */
function addWhatElseThereIs(stack: cdk.Stack, vpc: ec2.Vpc, version: string): void {
  const size = new cdk.CfnParameter(stack, 'Size', { type: 'Number' });
  const subnets = new cdk.CfnParameter(stack, 'Subnets', { type: 'List<AWS::EC2::Subnet::Id>' });
  const stage = new cdk.CfnParameter(stack, 'Stage', { allowedValues: ['test', 'production'] });
  const isTest = new cdk.CfnCondition(stack, 'IsTest', { expression: cdk.Fn.conditionEquals(stage, 'test') });
  const zones = new cdk.CfnMapping(stack, 'Zones', { mapping: { 'eu-central-1': { name: 'frankfurt' } } });
  new s3.Bucket(stack, 'Bucket', { removalPolicy: cdk.RemovalPolicy.DESTROY, autoDeleteObjects: true });
  const values = {
    size: size.valueAsString,
    subnet: cdk.Fn.select(1, subnets.valueAsList),
    zone: zones.findInMap(cdk.Aws.REGION, 'name'),
    other: cdk.Fn.importValue('SomebodyElses'),
    parameter: ssm.StringParameter.valueForStringParameter(stack, '/app/name'),
    secret: cdk.SecretValue.ssmSecure('/app/secret').unsafeUnwrap(),
    cidr: cdk.Fn.select(2, cdk.Fn.cidr(vpc.vpcCidrBlock, 4, '8')),
    conditional: cdk.Fn.conditionIf(isTest.logicalId, 'a', cdk.Aws.NO_VALUE).toString(),
  };
  new cdk.CfnResource(stack, 'Everything', { type: 'AWS::SSM::Parameter', properties: values });
  const onlyInProduction = new cdk.CfnResource(stack, 'OnlyInProduction', { type: 'AWS::SNS::Topic' });
  onlyInProduction.cfnOptions.condition = new cdk.CfnCondition(stack, 'IsProduction', {
    expression: cdk.Fn.conditionNot(cdk.Fn.conditionEquals(stage, 'test')),
  });
  const onEventHandler = new lambda.Function(stack, 'OnEvent', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => { throw new Error("nobody may call this"); };'),
  });
  const provider = new Provider(stack, 'Provider', { onEventHandler });
  const custom = new cdk.CustomResource(stack, 'Custom', {
    serviceToken: provider.serviceToken,
    resourceType: 'Custom::SomebodyElses',
    properties: { version },
  });
  const nested = new cdk.NestedStack(stack, 'Nested');
  new cdk.CfnResource(nested, 'Topic', {
    type: 'AWS::SNS::Topic',
    properties: { DisplayName: custom.getAttString('Name') },
  });
  new cdk.CfnOutput(stack, 'Output', { value: custom.getAttString('Value') });
}

/** What the CDK would not make by itself, and people include. */
function addWhatOnlyTemplatesHave(file: string): void {
  const body = JSON.parse(readFileSync(file, 'utf8')) as { Transform?: unknown; Resources: Record<string, unknown> };
  body.Transform = ['AWS::LanguageExtensions', 'AWS::Serverless-2016-10-31'];
  body.Resources['Fn::ForEach::Topics'] = ['Name', ['a', 'b'], { 'Topic${Name}': { Type: 'AWS::SNS::Topic' } }];
  body.Resources.Unusual = {
    Type: 'AWS::SSM::Parameter',
    Properties: {
      Length: { 'Fn::Length': [1, 2, 3] },
      Text: { 'Fn::ToJsonString': { a: { Ref: 'MadeByTheTransform' } } },
      Included: { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://bucket/file' } } },
      Found: { 'Fn::FindInMap': ['Zones', 'nowhere', 'name', { DefaultValue: 'none' }] },
      Missing: { 'Fn::FindInMap': ['Zones', 'nowhere', 'name'] },
      Output: { 'Fn::GetStackOutput': { StackName: 'Other', OutputName: 'Value' } },
      Far: { 'Fn::Select': [7, ['a']] },
    },
  };
  writeFileSync(file, JSON.stringify(body));
}
