import * as path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type * as rds from 'aws-cdk-lib/aws-rds';
import * as sns from 'aws-cdk-lib/aws-sns';
import { type AuroraMigrationsProps, DatabaseTarget, SnapshotBefore } from '../../lib';
import { AuroraStack } from '../../lib/aurora-stack';
import { RELEASE_TYPE, RESOURCE_TYPE } from '../../lambda/contract';
import { fakePackage } from './fake-package';
import { CREATE_USER, migrationFolder } from './source/migration-folder';
import { endpointsIn, ISOLATED, migrate, vpcIn } from './network/network-stack';
import { database, emptyApp, migrationsOf, onlyOfType, type Properties, stackUnderTest } from './stack-under-test';
import type { ResourceJson } from './stack/template-graph';

jest.mock('../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

function templateWith(props: (stack: Stack) => Partial<AuroraMigrationsProps>): Template {
  const stack = new Stack(emptyApp(), 'Stack');
  const { cluster } = database(stack);
  migrationsOf(stack, cluster, props(stack));
  return Template.fromStack(stack);
}

/** Without that of the resource of a release, which is another one for each. */
function idsIn(template: Template, pattern: RegExp): string[] {
  const releases = Object.keys(template.findResources(RELEASE_TYPE));
  return Object.keys(template.toJSON().Resources as object)
    .filter((id) => pattern.test(id) && !releases.includes(id))
    .sort();
}

/**
 * Logical ids are a contract with every stack that is deployed. A changed id of the function is a changed ServiceToken,
 * which CloudFormation refuses: every user's next deployment would fail. A changed id of the custom resource is a Create
 * and a Delete on the live schema. The others would be made anew: a log group with another name, a security group that
 * the database does not know, an endpoint whose private DNS is in the way of its successor's, a function URL that callers
 * do not know. So a line here may be added and never changed.
 */
const IDS = {
  always: [
    'ClusterSecurityGroupfromStackMigrationsSecurityGroup2B434B22IndirectPortA950E4D2',
    'Migrations23B444C5',
    'MigrationsFunctionA15BBDB3',
    'MigrationsFunctionLogsE3FC0E35',
    'MigrationsFunctionOnFailure28E2FC23',
    'MigrationsFunctionOnFailureEventInvokeConfigF3DDF576',
    'MigrationsFunctionOnFailureRole3E15F40D',
    'MigrationsFunctionOnFailureRoleDefaultPolicy024769C4',
    'MigrationsFunctionRetries2DA3AF83',
    'MigrationsFunctionRole0B476E12',
    'MigrationsFunctionRoleDefaultPolicyF26A0864',
    'MigrationsSecurityGroupFFB12746',
    'MigrationsSecurityGrouptoStackClusterSecurityGroupD3EFE0BEIndirectPortF23F52D1',
    'MigrationsSettle24C25D80',
    'MigrationsSettleAllowEventRuleStackMigrationsFunctionBA8885B72FB407C3',
  ],
  httpEndpoint: ['MigrationsFunctionFunctionUrlC95BD5AD'],
  alarmTopic: [
    'MigrationsAlarmsAnswerDied8621C7D6',
    'MigrationsAlarmsDied8746A701',
    'MigrationsAlarmsDrift7F68AA37',
    'MigrationsAlarmsFailed2D63BD16',
  ],
  dashboard: ['MigrationsDashboard1A2EB382'],
  snapshotBefore: [],
  addEndpoints: [
    'MigrationsEndpointsc884a39c2ca994aa136b5f01c35d9386e6d50fd727S3BF137DF0',
    'MigrationsEndpointsc884a39c2ca994aa136b5f01c35d9386e6d50fd727SecretsManager23770570',
  ],
  sampleStack: [
    'AuroraStackDatabaseSecretA5BC16713fdaad7efa858a3daf9490cf0a702aeb',
    'DatabaseB269D8BB',
    'DatabaseParameterGroup2A921026',
    'DatabaseSecretAttachmentE5D1B020',
    'DatabaseSecurityGroup5C91FDCB',
    'DatabaseSecurityGroupfromAuroraStackMigrationsSecurityGroupD4F94A60IndirectPort5B005DD8',
    'DatabaseSubnets56F17B9A',
    'DatabaseWriter7794273E',
    'Migrations23B444C5',
    'MigrationsFunctionA15BBDB3',
    'Vpc8378EB38',
    'VpcIsolatedSubnet1RouteTable4771E3E5',
    'VpcIsolatedSubnet1RouteTableAssociationD300FCBB',
    'VpcIsolatedSubnet1SubnetE48C5737',
    'VpcIsolatedSubnet2RouteTable1D30AF7D',
    'VpcIsolatedSubnet2RouteTableAssociationF7B18CCA',
    'VpcIsolatedSubnet2Subnet16364B91',
    'VpcS3A5408339',
    'VpcSecretsManagerC91B0406',
    'VpcSecretsManagerSecurityGroup3DBAE5C3',
    'VpcSecretsManagerSecurityGroupfromAuroraStackMigrationsSecurityGroupD4F94A60443392FB771',
  ],
};

describe('logical ids stay as they are', () => {
  test('with the defaults, and with another way to log in', () => {
    expect(
      idsIn(
        templateWith(() => ({})),
        /Migrations/,
      ),
    ).toEqual(IDS.always);
    const iam = templateWith((stack) => {
      const cluster = stack.node.findChild('Cluster') as rds.DatabaseCluster;
      (cluster.node.defaultChild as rds.CfnDBCluster).enableIamDatabaseAuthentication = true;
      return { database: DatabaseTarget.cluster(cluster, { databaseName: 'app', iamUser: 'migrator' }) };
    });
    expect(idsIn(iam, /Migrations/)).toEqual(IDS.always);
  });

  test.each<[keyof typeof IDS, (stack: Stack) => Partial<AuroraMigrationsProps>]>([
    ['httpEndpoint', () => ({ httpEndpoint: true })],
    ['alarmTopic', (stack) => ({ alarmTopic: new sns.Topic(stack, 'Topic') })],
    ['dashboard', () => ({ dashboard: true })],
    ['snapshotBefore', () => ({ snapshotBefore: SnapshotBefore.ALWAYS })],
  ])('%s only adds some', (option, props) => {
    expect(idsIn(templateWith(props), /Migrations/)).toEqual([...IDS.always, ...IDS[option]].sort());
  });

  test('in the sample stack', () => {
    const directory = path.join(__dirname, '../../migrations');
    const template = Template.fromStack(new AuroraStack(emptyApp(), 'AuroraStack', { directory }));
    const ids = idsIn(template, /./);
    expect(IDS.sampleStack.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('of the endpoints that addEndpoints adds', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    migrate(stack, vpcIn(stack, ISOLATED), { addEndpoints: true });
    expect(Object.keys(endpointsIn(Template.fromStack(stack)))).toEqual(IDS.addEndpoints);
  });
});

/** All that a template lets somebody do: policies of roles, who may take them on, and who may call functions. */
function permissionsIn(template: Template): Readonly<Record<string, unknown>> {
  const { Resources } = template.toJSON() as { Resources: Readonly<Record<string, ResourceJson>> };
  return Object.fromEntries(
    Object.entries(Resources)
      .filter(([id]) => id.startsWith('Migrations'))
      .flatMap(([id, { Type, Properties = {} }]): [string, unknown][] => {
        if (Type === 'AWS::IAM::Policy') return [[id, Properties['PolicyDocument']]];
        if (Type === 'AWS::IAM::Role') {
          const { Description, ...rest } = Properties;
          expect(Description).toEqual(expect.any(String));
          return [[id, rest]];
        }
        return Type === 'AWS::Lambda::Permission' ? [[id, Properties]] : [];
      }),
  );
}

const ASSUMED_BY_LAMBDA = {
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
  },
};
const WRITING_THE_LOG = {
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: { 'Fn::GetAtt': ['MigrationsFunctionLogsE3FC0E35', 'Arn'] },
};
const READING_THE_SECRET = {
  Effect: 'Allow',
  Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
  Resource: { Ref: 'ClusterSecretAttachment769E6258' },
};
const NETWORK_INTERFACES = {
  Sid: 'NetworkInterfacesOfTheFunction',
  Effect: 'Allow',
  Action: [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ],
  Resource: '*',
};
const CALLING_THE_OTHER = {
  Effect: 'Allow',
  Action: 'lambda:InvokeFunction',
  Resource: { 'Fn::GetAtt': ['MigrationsFunctionOnFailure28E2FC23', 'Arn'] },
};

function rdsArn(...end: readonly unknown[]): unknown {
  const [first, ...others] = end;
  const start = ['arn:', { Ref: 'AWS::Partition' }, ':rds:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
  return { 'Fn::Join': ['', [...start, first, ...others]] };
}

/** Everything that is allowed, to the letter: what is added here has to be needed. */
const PERMISSIONS = {
  MigrationsFunctionRole0B476E12: ASSUMED_BY_LAMBDA,
  MigrationsFunctionRoleDefaultPolicyF26A0864: {
    Version: '2012-10-17',
    Statement: [WRITING_THE_LOG, READING_THE_SECRET, NETWORK_INTERFACES, CALLING_THE_OTHER],
  },
  MigrationsFunctionOnFailureRole3E15F40D: ASSUMED_BY_LAMBDA,
  MigrationsFunctionOnFailureRoleDefaultPolicy024769C4: { Version: '2012-10-17', Statement: [WRITING_THE_LOG] },
  MigrationsSettleAllowEventRuleStackMigrationsFunctionBA8885B72FB407C3: {
    Action: 'lambda:InvokeFunction',
    FunctionName: { 'Fn::GetAtt': ['MigrationsFunctionA15BBDB3', 'Arn'] },
    Principal: 'events.amazonaws.com',
    SourceArn: { 'Fn::GetAtt': ['MigrationsSettle24C25D80', 'Arn'] },
  },
};

describe('permissions are exact', () => {
  test('with the defaults: the log, the secret, network interfaces, and calling the function that answers for it', () => {
    expect(permissionsIn(templateWith(() => ({})))).toEqual(PERMISSIONS);
  });

  test.each<[string, (stack: Stack) => Partial<AuroraMigrationsProps>]>([
    ['httpEndpoint', () => ({ httpEndpoint: true })],
    ['alarmTopic', (stack) => ({ alarmTopic: new sns.Topic(stack, 'Topic') })],
    ['runOnEveryUpdate', () => ({ runOnEveryUpdate: true })],
    ['dashboard', () => ({ dashboard: true })],
    ['snapshotBefore: NEVER', () => ({ snapshotBefore: SnapshotBefore.NEVER })],
  ])('%s needs no more', (_, props) => {
    expect(permissionsIn(templateWith(props))).toEqual(PERMISSIONS);
  });

  test('snapshotBefore needs snapshots of this cluster, with names of ours', () => {
    const permissions = permissionsIn(templateWith(() => ({ snapshotBefore: SnapshotBefore.DESTRUCTIVE })));
    expect(permissions).toEqual({
      ...PERMISSIONS,
      MigrationsFunctionRoleDefaultPolicyF26A0864: {
        Version: '2012-10-17',
        Statement: [
          WRITING_THE_LOG,
          READING_THE_SECRET,
          {
            Sid: 'SnapshotsBeforeMigrating',
            Effect: 'Allow',
            Action: ['rds:CreateDBClusterSnapshot', 'rds:DescribeDBClusterSnapshots'],
            Resource: [
              rdsArn(':cluster:', { Ref: 'ClusterEB0386A7' }),
              rdsArn(':cluster-snapshot:aurora-migrations-*'),
            ],
          },
          NETWORK_INTERFACES,
          CALLING_THE_OTHER,
        ],
      },
    });
  });
});

describe('the custom resource changes exactly when something is to be done', () => {
  const DROP_LATER = CREATE_USER.replaceAll('user', 'later');

  /** The properties with these files. ServiceToken is the function's and tested with its logical id. */
  function propertiesWith(files: Readonly<Record<string, string>>): Properties {
    return onlyOfType(Template.fromStack(stackUnderTest({ directory: migrationFolder(files) }).stack), RESOURCE_TYPE);
  }

  const files = { '0001_create_user.sql': CREATE_USER, '0002_create_later.sql': DROP_LATER };
  const before = propertiesWith(files);

  test.each<[string, Readonly<Record<string, string>>]>([
    ['the same files in another folder, written at another time', files],
    [
      'other line ends and trailing blanks',
      { ...files, '0001_create_user.sql': CREATE_USER.replaceAll('\n', ' \r\n') },
    ],
  ])('not with %s', (_, same) => {
    expect(propertiesWith(same)).toEqual(before);
  });

  test('not when the function’s own code changes', () => {
    const directory = migrationFolder(files);
    const { stack } = stackUnderTest({ directory, memorySize: 1024 });
    expect(onlyOfType(Template.fromStack(stack), RESOURCE_TYPE)).toEqual(before);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['another statement', { ...files, '0002_create_later.sql': DROP_LATER.replace('INT', 'BIGINT') }],
    ['another down', { ...files, '0002_create_later.sql': DROP_LATER.replace('DROP TABLE', 'DROP TABLE IF EXISTS') }],
    ['a comment', { ...files, '0002_create_later.sql': `-- why\n${DROP_LATER}` }],
    ['a new migration', { ...files, '0003_more.sql': CREATE_USER.replaceAll('user', 'more') }],
    ['one migration less', { '0001_create_user.sql': CREATE_USER }],
    ['another name', { '0001_create_user.sql': CREATE_USER, '0002_renamed.sql': DROP_LATER }],
    ['another order', { '0002_create_user.sql': CREATE_USER, '0001_create_later.sql': DROP_LATER }],
  ])('with %s', (_, changed) => {
    expect(propertiesWith(changed)).not.toEqual(before);
  });

  test('with another database', () => {
    const template = templateWith((stack) => ({
      database: DatabaseTarget.cluster(stack.node.findChild('Cluster') as rds.DatabaseCluster, {
        databaseName: 'other',
      }),
    }));
    expect(onlyOfType(template, RESOURCE_TYPE)['Database']).not.toEqual(before['Database']);
  });
});
