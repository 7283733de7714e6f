import { CfnOutput, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import {
  type AuroraMigrations,
  type AuroraMigrationsProps,
  DatabaseTarget,
  OnDelete,
  OnRemoved,
  OutOfOrder,
} from '../../lib';
import { RESOURCE_TYPE } from '../../lambda/contract';
import { fakePackage } from './fake-package';
import {
  database,
  emptyApp,
  migrationsOf,
  onlyOfType,
  propertiesOf,
  type Properties,
  stackUnderTest,
} from './stack-under-test';

jest.mock('../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

function customResourceOf(props: Partial<AuroraMigrationsProps>): Properties {
  return onlyOfType(Template.fromStack(stackUnderTest(props).stack), RESOURCE_TYPE);
}

describe('with the defaults', () => {
  const { stack, migrations } = stackUnderTest();
  new CfnOutput(stack, 'SchemaVersion', { value: migrations.version });
  new CfnOutput(stack, 'SchemaDigest', { value: migrations.digest });
  const template = Template.fromStack(stack);

  test('the custom resource carries what the function decides by, as strings', () => {
    expect(onlyOfType(template, RESOURCE_TYPE)).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^MigrationsFunction/), 'Arn'] },
      ServiceTimeout: '3600',
      Digest: expect.stringMatching(/^v1:[0-9a-f]{64}$/),
      Version: '0001_create_user',
      Count: '1',
      Checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
      Database: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['ClusterEB0386A7', 'DBClusterResourceId'] }, '/app']] },
      OnDelete: 'RETAIN',
      OnRemoved: 'FAIL',
      OutOfOrder: 'ALLOW',
    });
  });

  test('the function runs on a pinned runtime, verifies certificates and holds no secret', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: 900,
      MemorySize: 512,
      ReservedConcurrentExecutions: Match.absent(),
      Environment: {
        Variables: {
          DATABASE_HOST: { 'Fn::GetAtt': ['ClusterEB0386A7', 'Endpoint.Address'] },
          DATABASE_PORT: { 'Fn::GetAtt': ['ClusterEB0386A7', 'Endpoint.Port'] },
          DATABASE_NAME: 'app',
          DATABASE_SECRET_ARN: { Ref: 'ClusterSecretAttachment769E6258' },
          ROOT_STACK_ID: { Ref: 'AWS::StackId' },
          NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
        },
      },
      LoggingConfig: { LogGroup: { Ref: 'MigrationsFunctionLogsE3FC0E35' } },
    });
  });

  test('lost time is made up by two retries, and an event that waited too long is dropped', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumEventAgeInSeconds: 3000,
      MaximumRetryAttempts: 2,
      Qualifier: '$LATEST',
    });
  });

  test('the log is kept for a month, also when the stack is deleted', () => {
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 30 },
      DeletionPolicy: 'Retain',
    });
  });

  test('another function answers for it when all of its attempts have failed: no VPC, no secret', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: 'MigrationsFunctionA15BBDB3' },
      MaximumEventAgeInSeconds: 3000,
      MaximumRetryAttempts: 2,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': ['MigrationsFunctionOnFailure28E2FC23', 'Arn'] } },
      },
    });
    const answerer = propertiesOf(template, 'MigrationsFunctionOnFailure28E2FC23');
    expect(answerer).toMatchObject({ Handler: 'index.onFailure', Runtime: 'nodejs24.x' });
    expect(answerer).not.toHaveProperty('VpcConfig');
    expect(answerer).not.toHaveProperty('Environment');
  });

  test('the function stands in the private subnets, may go out by HTTPS and to the database, and is let in there', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SubnetIds: [{ Ref: 'VpcPrivateSubnet1Subnet536B997A' }, { Ref: 'VpcPrivateSubnet2Subnet3788AAA1' }],
        SecurityGroupIds: [{ 'Fn::GetAtt': ['MigrationsSecurityGroupFFB12746', 'GroupId'] }],
      },
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Function that applies the database migrations',
      SecurityGroupEgress: [
        { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: Match.anyValue() },
      ],
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      GroupId: { 'Fn::GetAtt': ['MigrationsSecurityGroupFFB12746', 'GroupId'] },
      DestinationSecurityGroupId: { 'Fn::GetAtt': ['ClusterSecurityGroup0921994B', 'GroupId'] },
      FromPort: { 'Fn::GetAtt': ['ClusterEB0386A7', 'Endpoint.Port'] },
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: { 'Fn::GetAtt': ['ClusterSecurityGroup0921994B', 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': ['MigrationsSecurityGroupFFB12746', 'GroupId'] },
      FromPort: { 'Fn::GetAtt': ['ClusterEB0386A7', 'Endpoint.Port'] },
    });
  });

  test('the statuses of the stack that say how it ended or that it rolls back are told to the function', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.cloudformation'],
        'detail-type': ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': [{ Ref: 'AWS::StackId' }],
          'status-details': {
            status: [
              'CREATE_COMPLETE',
              'UPDATE_COMPLETE',
              'ROLLBACK_IN_PROGRESS',
              'UPDATE_ROLLBACK_IN_PROGRESS',
              'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
              'UPDATE_ROLLBACK_COMPLETE',
              'DELETE_IN_PROGRESS',
            ],
          },
        },
      },
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': ['MigrationsFunctionA15BBDB3', 'Arn'] } })],
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['MigrationsSettle24C25D80', 'Arn'] },
    });
  });

  test('version and digest are attributes of the custom resource', () => {
    template.hasOutput('SchemaVersion', { Value: { 'Fn::GetAtt': ['Migrations23B444C5', 'Version'] } });
    template.hasOutput('SchemaDigest', { Value: { 'Fn::GetAtt': ['Migrations23B444C5', 'Digest'] } });
  });
});

describe('options', () => {
  test('each one reaches the function', () => {
    const properties = customResourceOf({
      onDelete: OnDelete.REVERT,
      onRemoved: OnRemoved.REVERT,
      outOfOrder: OutOfOrder.FAIL,
    });

    expect(properties).toMatchObject({ OnDelete: 'REVERT', OnRemoved: 'REVERT', OutOfOrder: 'FAIL' });
    expect(properties).not.toHaveProperty('Nonce');
  });

  test('runOnEveryUpdate gives another property at each synth', () => {
    const nonces = [1, 2].map(() => customResourceOf({ runOnEveryUpdate: true })['Nonce']);

    expect(nonces[0]).toEqual(expect.any(String));
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  test('timeout, memory and log can be chosen', () => {
    const { stack } = stackUnderTest({
      timeout: Duration.minutes(5),
      memorySize: 1024,
      logRetention: logs.RetentionDays.ONE_YEAR,
    });

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 300, MemorySize: 1024 });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  });

  test('a given log group, network and secret are used as they are', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { vpc, cluster } = database(stack);
    const group = new ec2.SecurityGroup(stack, 'Group', { vpc });
    const key = new kms.Key(stack, 'Key');
    const secret = new secretsmanager.Secret(stack, 'Migrator', { encryptionKey: key });
    migrationsOf(stack, cluster, {
      database: DatabaseTarget.cluster(cluster, { databaseName: 'app', secret }),
      vpc,
      vpcSubnets: { subnets: [vpc.privateSubnets[0]!] },
      securityGroups: [group],
      logGroup: new logs.LogGroup(stack, 'OwnLog'),
    });

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Logs::LogGroup', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SubnetIds: [{ Ref: 'VpcPrivateSubnet1Subnet536B997A' }],
        SecurityGroupIds: [stack.resolve(group.securityGroupId)],
      },
      Environment: { Variables: Match.objectLike({ DATABASE_SECRET_ARN: stack.resolve(secret.secretArn) as unknown }) },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'kms:Decrypt',
            Principal: { AWS: { 'Fn::GetAtt': ['MigrationsFunctionRole0B476E12', 'Arn'] } },
            Condition: { StringEquals: { 'kms:ViaService': Match.anyValue() } },
          }),
        ]),
      }),
    });
  });
});

describe('nested stacks', () => {
  test('the rule listens to the outermost stack', () => {
    const parent = new Stack(emptyApp(), 'Parent');
    const nested = new NestedStack(new NestedStack(parent, 'Middle'), 'Inner');
    migrationsOf(nested, database(parent).cluster);

    const rule = onlyOfType(Template.fromStack(nested), 'AWS::Events::Rule');
    const stackId = (rule['EventPattern'] as { detail: { 'stack-id': [{ Ref: string }] } }).detail['stack-id'][0].Ref;
    const inner = Object.values(
      Template.fromStack(nested.nestedStackParent!).findResources('AWS::CloudFormation::Stack'),
    );
    const middle = Object.values(Template.fromStack(parent).findResources('AWS::CloudFormation::Stack'));
    const passedIn = (inner[0] as { Properties: { Parameters: Record<string, { Ref: string }> } }).Properties
      .Parameters[stackId]!;
    const passedDown = (middle[0] as { Properties: { Parameters: Record<string, unknown> } }).Properties.Parameters[
      passedIn.Ref
    ];
    expect(passedDown).toEqual({ Ref: 'AWS::StackId' });
  });
});

test('other resources can be granted to the function', () => {
  const { stack, migrations }: { stack: Stack; migrations: AuroraMigrations } = stackUnderTest();
  const key = new kms.Key(stack, 'Key');
  key.grantDecrypt(migrations);
  const endpoint = new ec2.SecurityGroup(stack, 'Endpoint', {
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Other', { vpcId: 'vpc-12345678', availabilityZones: ['a'] }),
  });
  endpoint.connections.allowFrom(migrations, ec2.Port.tcp(443));

  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    FromPort: 443,
    GroupId: stack.resolve(endpoint.securityGroupId) as unknown,
  });
});
