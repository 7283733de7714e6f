import * as path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AuroraStack, type AuroraStackProps } from '../../lib/aurora-stack';
import { readMigrations } from '../../lib/source/migration-source';
import { RELEASE_TYPE, RESOURCE_TYPE } from '../../lambda/contract';
import { fakePackage } from './fake-package';
import { emptyApp } from './stack-under-test';
import { TemplateGraph, type TemplateJson } from './stack/template-graph';

jest.mock('../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const SAMPLE = path.join(__dirname, '../../migrations');

function synthesize(props: AuroraStackProps = {}): Template {
  return Template.fromStack(new AuroraStack(emptyApp(), 'AuroraStack', { directory: SAMPLE, ...props }));
}

test('the sample migrations are one of each form, and all have a down', () => {
  const { found, problems, warnings } = readMigrations(SAMPLE);

  expect([problems, warnings]).toEqual([[], []]);
  expect(found!.manifest.migrations.map(({ file, irreversible }) => [file, irreversible])).toEqual([
    ['0001_create_user.sql', false],
    ['0002_create_session.up.sql', false],
    ['0003_add_user_role.sql', false],
    ['0004_add_user_handle.ts', false],
    ['0005_log_email_changes.sql', false],
  ]);
});

describe('with the defaults', () => {
  const template = synthesize();
  const graph = new TemplateGraph(template.toJSON() as TemplateJson);

  test('there is no way to the internet, only to S3 and Secrets Manager', () => {
    for (const type of ['NatGateway', 'InternetGateway', 'VPCGatewayAttachment', 'Route', 'EIP']) {
      template.resourceCountIs(`AWS::EC2::${type}`, 0);
    }
    template.resourceCountIs('AWS::EC2::Subnet', 2);
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 2);
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', PrivateDnsEnabled: true });
  });

  test('over the S3 endpoint only answers to CloudFormation pass', () => {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      PolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Effect: 'Allow',
            Action: 's3:PutObject',
            Resource: {
              'Fn::Join': [
                '',
                [
                  'arn:',
                  { Ref: 'AWS::Partition' },
                  ':s3:::cloudformation-custom-resource-response-',
                  { 'Fn::Join': ['', { 'Fn::Split': ['-', { Ref: 'AWS::Region' }] }] },
                  '/*',
                ],
              ],
            },
          }),
        ],
      }),
    });
  });

  test('the cluster is encrypted, protected, backed up, and takes IAM and TLS', () => {
    template.hasResource('AWS::RDS::DBCluster', {
      DeletionPolicy: 'Snapshot',
      Properties: Match.objectLike({
        Engine: 'aurora-mysql',
        DatabaseName: 'app',
        StorageEncrypted: true,
        DeletionProtection: true,
        EnableIAMDatabaseAuthentication: true,
        BackupRetentionPeriod: 7,
        ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 4 },
      }),
    });
    template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
      Parameters: { require_secure_transport: 'ON' },
    });
  });

  test('the function is let into the endpoint of Secrets Manager, and both are waited for', () => {
    const before = graph.before(graph.ofType(RESOURCE_TYPE)[0]!);

    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 443, ToPort: 443 });
    // Everything of this stack but the custom resources themselves is needed by them.
    expect(Object.keys((template.toJSON() as TemplateJson).Resources).filter((id) => !before.has(id))).toEqual([
      ...graph.ofType(RESOURCE_TYPE),
      ...graph.ofType(RELEASE_TYPE),
    ]);
    expect(graph.circular()).toEqual([]);
  });

  test('each update of the stack runs the migrations', () => {
    template.hasResourceProperties(RESOURCE_TYPE, {
      Version: '0005_log_email_changes',
      Count: '5',
      Nonce: Match.stringLikeRegexp('^[0-9a-f-]{36}$'),
    });
  });

  test('version and status command are outputs', () => {
    template.hasOutput('SchemaVersion', { Value: { 'Fn::GetAtt': [graph.ofType(RESOURCE_TYPE)[0], 'Version'] } });
    template.hasOutput('StatusCommand', {
      Value: {
        'Fn::Join': [
          '',
          [
            'aws lambda invoke --region ',
            { Ref: 'AWS::Region' },
            ' --function-name ',
            { Ref: graph.ofType('AWS::Lambda::Function')[0] },
            ' --cli-binary-format raw-in-base64-out --payload \'{"command":"status"}\' /dev/stdout',
          ],
        ],
      },
    });
  });
});

test('protection, backups, capacity and the name of the database can be chosen', () => {
  synthesize({
    databaseName: 'shop',
    deletionProtection: false,
    backupRetention: Duration.days(30),
    minCapacity: 0,
    maxCapacity: 16,
  }).hasResourceProperties('AWS::RDS::DBCluster', {
    DatabaseName: 'shop',
    DeletionProtection: false,
    BackupRetentionPeriod: 30,
    ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 16 },
  });
});
