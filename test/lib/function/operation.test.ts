import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DatabaseTarget, SnapshotBefore } from '../../../lib';
import { endpointsIn, ISOLATED, networkAnnotations, vpcIn } from '../network/network-stack';
import { database, emptyApp, migrationsOf, propertiesOf, stackUnderTest } from '../stack-under-test';
import { thrownBy } from '../thrown-by';

/** Just what the function tells of itself: the names that CloudFormation sends with a request. */
const DIMENSIONS = [
  { Name: 'Resource', Value: 'Migrations23B444C5' },
  { Name: 'Stack', Value: { Ref: 'AWS::StackName' } },
];

describe('httpEndpoint', () => {
  test('gives the function a URL that asks for IAM authentication', () => {
    const { stack, migrations } = stackUnderTest({ httpEndpoint: true });
    expect(migrations.endpointUrl).toBeDefined();
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Url', {
      AuthType: 'AWS_IAM',
      TargetFunctionArn: { 'Fn::GetAtt': ['MigrationsFunctionA15BBDB3', 'Arn'] },
    });
  });

  test('is off by default', () => {
    const { stack, migrations } = stackUnderTest();
    expect(migrations.endpointUrl).toBeUndefined();
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Url', 0);
  });
});

describe('alarmTopic', () => {
  test('is told of failed deployments, of drift and of each function that died', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { cluster } = database(stack);
    const alarmTopic = new sns.Topic(stack, 'Topic');
    migrationsOf(stack, cluster, { alarmTopic });
    const template = Template.fromStack(stack);

    template.resourceCountIs('AWS::CloudWatch::Alarm', 4);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: 'TopicBFC7AF6E' }],
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
    for (const MetricName of ['Failures', 'SchemaMismatch']) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Namespace: 'AuroraMigrations',
        MetricName,
        Statistic: 'Sum',
        Dimensions: DIMENSIONS,
      });
    }
    // No sum: nobody says what it is for a minute in which only one of them ran.
    for (const Ref of ['MigrationsFunctionA15BBDB3', 'MigrationsFunctionOnFailure28E2FC23']) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Statistic: 'Sum',
        Dimensions: [{ Name: 'FunctionName', Value: { Ref } }],
        Metrics: Match.absent(),
      });
    }
  });

  test('each say in which stack, what happened and what to do, in the room that CloudWatch has', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { cluster } = database(stack);
    migrationsOf(stack, cluster, { alarmTopic: new sns.Topic(stack, 'Topic') });
    const alarms = Object.entries(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
    const described = new Map(
      alarms.map(([id, { Properties }]) => {
        const { AlarmDescription } = Properties as { AlarmDescription: { 'Fn::Join': [string, unknown[]] } };
        const parts = AlarmDescription['Fn::Join'][1].map((part) =>
          typeof part === 'string' ? part : `<${String(Object.values(part as object)[0])}>`,
        );
        return [id.replace(/^MigrationsAlarms|.{8}$/g, ''), parts.join('')];
      }),
    );
    const handler = '<MigrationsFunctionA15BBDB3>';
    for (const text of described.values()) {
      expect(text).toMatch(/^Stack <AWS::StackName>: an? |^Stack <AWS::StackName>: the function/);
      expect(text).toContain(`npx aurora-migrations verify --function ${handler} --region <AWS::Region>`);
      // 1,024 is CloudWatch's limit; a function's name has 64 characters at most, a stack's 128.
      expect(text.length).toBeLessThan(700);
    }
    expect([...described.keys()].sort()).toEqual(['AnswerDied', 'Died', 'Drift', 'Failed']);
    expect(described.get('Failed')).toContain('when CloudFormation cleaned up');
    expect(described.get('Died')).toContain('the next attempt goes on where this one ended');
  });

  test('brings no alarms where it is absent', () => {
    const { stack } = stackUnderTest();
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });
});

describe('dashboard', () => {
  test('shows what was done, what failed, how long it took and the last warnings, by the names of the metrics', () => {
    const { stack } = stackUnderTest({ dashboard: true });
    const dashboards = Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard');
    const body = JSON.stringify(Object.values(dashboards));
    for (const metric of ['Applied', 'Reverted', 'Pending', 'Failures', 'SchemaMismatch', 'Duration', 'Errors']) {
      expect(body).toContain(`\\"${metric}\\"`);
    }
    expect(body).toContain('Migrations23B444C5');
    expect(body).toContain('MigrationsFunctionLogsE3FC0E35');
    expect(body).toContain('filter level in');
  });

  test('is off by default', () => {
    Template.fromStack(stackUnderTest().stack).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });
});

test('the command line for the status names the function, and no output is forced on a stack', () => {
  const { stack, migrations } = stackUnderTest();
  expect(stack.resolve(migrations.statusCommand)).toEqual({
    'Fn::Join': [
      '',
      [
        'aws lambda invoke --region ',
        { Ref: 'AWS::Region' },
        ' --function-name ',
        { Ref: 'MigrationsFunctionA15BBDB3' },
        ` --cli-binary-format raw-in-base64-out --payload '{"command":"status"}' /dev/stdout`,
      ],
    ],
  });
  Template.fromStack(stack).templateMatches({ Outputs: Match.absent() });
});

describe('snapshotBefore', () => {
  function variablesOf(stack: Stack): Readonly<Record<string, unknown>> {
    const { Environment } = propertiesOf(Template.fromStack(stack), 'MigrationsFunctionA15BBDB3') as {
      readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
    };
    return Environment.Variables;
  }

  test('tells the function when, and of which cluster', () => {
    const { stack } = stackUnderTest({ snapshotBefore: SnapshotBefore.ALWAYS });
    expect(variablesOf(stack)).toMatchObject({
      SNAPSHOT_BEFORE: 'ALWAYS',
      SNAPSHOT_OF: { 'Fn::Join': ['', expect.arrayContaining([':cluster:', { Ref: 'ClusterEB0386A7' }])] },
    });
  });

  test('is of the instance where there is no cluster', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { vpc, cluster } = database(stack);
    const instance = new rds.DatabaseInstance(stack, 'Instance', {
      engine: rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_0 }),
      vpc,
    });
    migrationsOf(stack, cluster, {
      database: DatabaseTarget.instance(instance, { databaseName: 'app' }),
      snapshotBefore: SnapshotBefore.ALWAYS,
    });
    expect(JSON.stringify(variablesOf(stack)['SNAPSHOT_OF'])).toContain(':db:');
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: ['rds:CreateDBSnapshot', 'rds:DescribeDBSnapshots'] })]),
      },
    });
  });

  test('is of the cluster behind a proxy', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { vpc, cluster } = database(stack);
    const proxy = cluster.addProxy('Proxy', { secrets: [cluster.secret!], vpc });
    migrationsOf(stack, cluster, {
      database: DatabaseTarget.proxy(proxy, { databaseName: 'app' }),
      snapshotBefore: SnapshotBefore.ALWAYS,
    });
    expect(JSON.stringify(variablesOf(stack)['SNAPSHOT_OF'])).toContain('ClusterEB0386A7');
  });

  test('is never by default, and the function then knows of no snapshots', () => {
    expect(Object.keys(variablesOf(stackUnderTest().stack)).filter((name) => name.startsWith('SNAPSHOT'))).toEqual([]);
  });

  test('is an error at synth where the cluster or instance is not known', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { vpc, cluster } = database(stack);
    const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'app');
    const target = DatabaseTarget.secret(secret, { host: 'db.example.com', databaseName: 'app' });
    expect(
      thrownBy(() => migrationsOf(stack, cluster, { database: target, vpc, snapshotBefore: SnapshotBefore.ALWAYS })),
    ).toMatchObject({ code: 'snapshot-source-unknown' });
  });

  test('needs a way to RDS, which addEndpoints adds and lets only the snapshots through', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const vpc = vpcIn(stack, ISOLATED);
    const cluster = new rds.DatabaseCluster(stack, 'Cluster', {
      engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 }),
      writer: rds.ClusterInstance.serverlessV2('Writer'),
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    });
    migrationsOf(stack, cluster, { addEndpoints: true, snapshotBefore: SnapshotBefore.ALWAYS });
    const endpoints = Object.entries(endpointsIn(Template.fromStack(stack)));
    expect(endpoints.map(([id]) => id.replace(/^MigrationsEndpoints[0-9a-f]{42}/, ''))).toEqual([
      expect.stringMatching(/^S3/),
      expect.stringMatching(/^SecretsManager/),
      expect.stringMatching(/^Rds/),
    ]);
    const rdsEndpoint = endpoints.find(([id]) => id.includes('Rds'))!;
    expect(JSON.stringify(rdsEndpoint)).toContain('rds:CreateDBClusterSnapshot');
    // The custom resource waits for it: without it the function would hang.
    const template = Template.fromStack(stack).toJSON() as {
      Resources: Record<string, { Type: string; DependsOn?: string[] }>;
    };
    const resource = Object.values(template.Resources).find(({ Type }) => Type === 'Custom::AuroraMigrations');
    expect(resource?.DependsOn).toContain(rdsEndpoint[0]);
  });

  test('lets the snapshots of two clusters through one endpoint, whose policy has no id twice', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const vpc = vpcIn(stack, ISOLATED);
    for (const id of ['Orders', 'Users']) {
      const cluster = new rds.DatabaseCluster(stack, id, {
        engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 }),
        writer: rds.ClusterInstance.serverlessV2('Writer'),
        vpc,
        vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      });
      migrationsOf(new Construct(stack, `${id}Service`), cluster, {
        addEndpoints: true,
        snapshotBefore: SnapshotBefore.ALWAYS,
      });
    }

    const endpoints = Object.entries(endpointsIn(Template.fromStack(stack)));
    const { PolicyDocument } = endpoints.find(([id]) => id.includes('Rds'))![1] as {
      readonly PolicyDocument: { readonly Statement: readonly { readonly Sid?: string }[] };
    };
    expect(PolicyDocument.Statement).toHaveLength(2);
    expect(PolicyDocument.Statement.flatMap(({ Sid }) => Sid ?? [])).toEqual([]);
  });

  test('is warned of where there is no way to RDS', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { cluster } = database(stack);
    const vpc = new ec2.Vpc(stack, 'Isolated', { natGateways: 0, subnetConfiguration: [ISOLATED] });
    migrationsOf(stack, cluster, { vpc, snapshotBefore: SnapshotBefore.ALWAYS });
    expect(networkAnnotations(stack)).toContain('no-way-to-rds');
  });
});
