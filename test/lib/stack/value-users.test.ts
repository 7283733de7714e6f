import { Aspects, CfnResource, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { RELEASE_TYPE } from '../../../lambda/contract';
import { type AuroraMigrations, DatabaseTarget } from '../../../lib';
import { fakePackage } from '../fake-package';
import { database, emptyApp, migrationsOf, stackUnderTest } from '../stack-under-test';
import { TemplateGraph, type TemplateJson } from './template-graph';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const apiIn = (scope: Stack, value: string): CfnResource =>
  new CfnResource(scope, 'Api', { type: 'Test::Api', properties: { Value: value } });

/** Whether what has a type is made after the release was noted, and nothing waits for itself. */
function waitsForRelease(stack: Stack, type = 'Test::Api'): boolean {
  const graph = new TemplateGraph(Template.fromStack(stack).toJSON() as TemplateJson);
  expect(graph.circular()).toEqual([]);
  return graph
    .ofType(type)
    .every((id) => [...graph.before(id)].some((each) => graph.ofType(RELEASE_TYPE).includes(each)));
}

// Else its new code may be live before the function knows of it, and a rollback reverts at once, under that code.
describe('what uses version or digest waits for the resource of the release too', () => {
  test.each<[string, (migrations: AuroraMigrations) => string]>([
    ['the version', ({ version }) => version],
    ['the digest, in a longer text', ({ digest }) => `schema ${digest}`],
  ])('a resource with %s', (_, valueOf) => {
    const { stack, migrations } = stackUnderTest();
    apiIn(stack, valueOf(migrations));
    expect(waitsForRelease(stack)).toBe(true);
  });

  test('a function with it in a variable, also where an aspect gives it that', () => {
    const { stack, migrations } = stackUnderTest();
    const api = new lambda.Function(stack, 'Web', {
      runtime: lambda.Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: lambda.Code.fromInline('def handler(event, context): pass'),
    });
    Aspects.of(stack).add({
      visit: (node) => {
        if (node === api) api.addEnvironment('SCHEMA', migrations.digest);
      },
    });
    const graph = new TemplateGraph(Template.fromStack(stack).toJSON() as TemplateJson);
    const before = graph.before(stack.resolve((api.node.defaultChild as CfnResource).logicalId) as string);
    expect(graph.ofType(RELEASE_TYPE).filter((id) => before.has(id))).toHaveLength(1);
  });

  test('a stack that is nested in ours and has it', () => {
    const { stack, migrations } = stackUnderTest();
    apiIn(new NestedStack(stack, 'Nested'), migrations.version);
    expect(waitsForRelease(stack, 'AWS::CloudFormation::Stack')).toBe(true);
  });

  test('of several migrations in a stack for that of its own', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { cluster } = database(stack);
    const [orders, users] = ['orders', 'users'].map((databaseName) =>
      migrationsOf(new Construct(stack, databaseName), cluster, {
        database: DatabaseTarget.cluster(cluster, { databaseName }),
      }),
    );
    apiIn(stack, orders!.version);
    const graph = new TemplateGraph(Template.fromStack(stack).toJSON() as TemplateJson);
    const releaseOf = (migrations: AuroraMigrations): string =>
      graph.ofType(RELEASE_TYPE).find((id) => id.startsWith(migrations.node.scope!.node.id))!;
    expect([orders!, users!].map((each) => graph.before('Api').has(releaseOf(each)))).toEqual([true, false]);
  });

  test('and what does not use them is left as it is', () => {
    const { stack } = stackUnderTest();
    apiIn(stack, 'other');
    expect(waitsForRelease(stack)).toBe(false);
  });
});

test('nothing of it is deprecated in the CDK of today: an app would print a warning at each synth', () => {
  const { stack, migrations } = stackUnderTest();
  apiIn(stack, migrations.version);
  const deprecated = jest.spyOn(CfnResource.prototype, 'addDependency');
  expect(waitsForRelease(stack)).toBe(true);
  expect(deprecated).not.toHaveBeenCalled();
  deprecated.mockRestore();
});
