import { Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { AuroraMigrations } from '../../../lib';
import { database, emptyApp, migrationsOf, stackUnderTest } from '../stack-under-test';
import { thrownBy } from '../thrown-by';

/** Just what the function tells of itself: the names that CloudFormation sends with a request. */
const DIMENSIONS = [
  { Name: 'Resource', Value: 'Migrations23B444C5' },
  { Name: 'Stack', Value: { Ref: 'AWS::StackName' } },
];

test('a metric is for alarms of one’s own, and one that nobody writes is refused', () => {
  const { stack, migrations } = stackUnderTest();
  migrations.metric('Reverted', { period: Duration.minutes(5) }).createAlarm(stack, 'Alarm', {
    ...{ threshold: 1, evaluationPeriods: 1 },
  });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    ...{ Namespace: 'AuroraMigrations', MetricName: 'Reverted', Statistic: 'Sum', Period: 300, Dimensions: DIMENSIONS },
  });
  expect(thrownBy(() => migrations.metric('Errors'))).toMatchObject({
    code: 'metric-unknown',
    message: expect.stringContaining(
      'there is no metric Errors: there are Applied, Reverted, Pending, Duration, Failures, SchemaMismatch',
    ),
  });
});

describe('a metric is that of its own stack', () => {
  const addAlarm = (stack: Stack, migrations: AuroraMigrations): unknown =>
    migrations.metric('Failures').createAlarm(stack, 'Alarm', { threshold: 1, evaluationPeriods: 1 });
  const expectAlarm = (stack: Stack, properties: object): void =>
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', properties);
  const named = (Value: unknown): object => ({
    Dimensions: [Match.objectLike({ Name: 'Resource' }), { Name: 'Stack', Value }],
  });

  test('in another stack of the app', () => {
    const { stack, migrations } = stackUnderTest();
    const monitoring = new Stack(stack.node.root, 'Monitoring');
    addAlarm(monitoring, migrations);
    expectAlarm(monitoring, named('Stack'));
  });

  test('in the stack around a nested one, and in the nested one itself', () => {
    const outer = new Stack(emptyApp(), 'Outer');
    const nested = new NestedStack(outer, 'Nested');
    const migrations = migrationsOf(nested, database(nested).cluster);
    const name = { 'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: Match.stringLikeRegexp('NestedStackResource') }] }] };
    addAlarm(nested, migrations);
    addAlarm(outer, migrations);
    expectAlarm(nested, named({ Ref: 'AWS::StackName' }));
    expectAlarm(outer, named(name));
  });

  test('in a stack of another account', () => {
    const app = emptyApp();
    const stack = new Stack(app, 'Stack', { env: { account: '111111111111', region: 'eu-central-1' } });
    const monitoring = new Stack(app, 'Monitoring', { env: { account: '222222222222', region: 'eu-central-1' } });
    addAlarm(monitoring, migrationsOf(stack, database(stack).cluster));
    expectAlarm(monitoring, {
      Metrics: [Match.objectLike({ AccountId: '111111111111', MetricStat: { Metric: named('Stack') } })],
    });
  });
});
