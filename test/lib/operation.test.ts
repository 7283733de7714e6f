import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { database, emptyApp, migrationsOf, stackUnderTest } from './stack-under-test';

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
  test('is told of failed deployments, of drift and of a function that died', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { cluster } = database(stack);
    const alarmTopic = new sns.Topic(stack, 'Topic');
    migrationsOf(stack, cluster, { alarmTopic });
    const template = Template.fromStack(stack);

    template.resourceCountIs('AWS::CloudWatch::Alarm', 3);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: 'TopicBFC7AF6E' }],
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern: '{ ($.message = "answering") && ($.status = "FAILED") }',
    });
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern: '{ $.message = "the schema is not what it was before" }',
    });
  });

  test('brings no alarms where it is absent', () => {
    const { stack } = stackUnderTest();
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });
});
