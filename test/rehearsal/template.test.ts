import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, CustomResource, Stack as CdkStack } from 'aws-cdk-lib';
import { Code, Function as CdkFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { findLogicalId, loadTemplate } from '../../rehearsal/template/template';
import { startRehearsal } from './start-rehearsal';

const folder = mkdtempSync(path.join(tmpdir(), 'rehearsal-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function synthesize(name: string, value: string, ...others: readonly string[]): string {
  const outdir = path.join(folder, `${name}-${value}`);
  const app = new App({ outdir });
  const stack = new CdkStack(app, name);
  const handler = new CdkFunction(stack, 'Handler', {
    runtime: Runtime.NODEJS_22_X,
    handler: 'handler/index.handler',
    code: Code.fromAsset(path.join(__dirname, 'fixtures')),
  });
  new CustomResource(stack, 'Thing', {
    serviceToken: handler.functionArn,
    resourceType: 'Custom::Thing',
    properties: { Value: value },
  });
  for (const other of others) new Topic(new CdkStack(app, other), 'Topic');
  app.synth();
  return outdir;
}

test('what the CDK synthesizes can be deployed, function asset and all', async () => {
  const rehearsal = await startRehearsal();
  try {
    const stack = rehearsal.stack('Synthesized');
    expect(await stack.deploy(synthesize('Synthesized', 'a'))).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(await stack.deploy(synthesize('Synthesized', 'b'))).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(stack.calls.map(({ outcome }) => outcome)).toEqual([
      { kind: 'success', physicalId: 'fixture', data: { Release: '1', Value: 'a' } },
      { kind: 'success', physicalId: 'fixture', data: { Release: '1', Value: 'b' } },
    ]);
    const { outcome } = await stack.invoke('Handler', { command: 'count' });
    expect(outcome).toEqual({ kind: 'returned', payload: { count: 2, release: '1' } });
  } finally {
    await rehearsal.stop();
  }
});

test('a stack is found by its name, or by being the only one', async () => {
  const one = synthesize('Only', 'a');
  expect((await loadTemplate(one, 'AnyName')).body.Resources).toHaveProperty('Thing');
  const two = synthesize('First', 'a', 'Second');
  expect((await loadTemplate(two, 'First')).body.Resources).toHaveProperty('Thing');
  await expect(loadTemplate(two, 'Third')).rejects.toThrow('has no stack "Third"; it has First, Second');
});

test('a file that is no template is refused', async () => {
  const file = path.join(folder, 'other.json');
  writeFileSync(file, '{"Outputs":{}}');
  await expect(loadTemplate(file, 'Any')).rejects.toThrow('is no CloudFormation template: it has no Resources');
});

describe('a resource is found by', () => {
  const topic = (constructPath: string) => ({ Type: 'AWS::SNS::Topic', Metadata: { 'aws:cdk:path': constructPath } });
  const body = {
    Resources: {
      ApiE4B0C1D2: topic('Stack/Api/Resource'),
      ApiRoleF00: topic('Stack/Api/Role/Resource'),
      Alone99: topic('Stack/Nested/Other'),
      JobQueue0123ABCD: { Type: 'AWS::SNS::Topic' },
      JobQueuePolicy01234567: { Type: 'AWS::SNS::Topic' },
    },
  };

  test.each([
    { by: 'its logical id', name: 'ApiRoleF00', found: 'ApiRoleF00' },
    { by: 'its construct path', name: 'Api', found: 'ApiE4B0C1D2' },
    { by: 'its construct path in the logical id', name: 'Job/Queue', found: 'JobQueue0123ABCD' },
    { by: 'the beginning of its logical id', name: 'Alo', found: 'Alone99' },
  ])('$by', ({ name, found }) => {
    expect(findLogicalId([undefined, body], name)).toBe(found);
  });

  test('nothing where it is unknown or may be any of several', () => {
    expect(() => findLogicalId([body], 'Ap')).toThrow('"Ap" may be any of ApiE4B0C1D2, ApiRoleF00');
    expect(() => findLogicalId([body], 'Nothing')).toThrow('the stack has no resource "Nothing"; it has ApiE4B0C1D2');
  });
});
