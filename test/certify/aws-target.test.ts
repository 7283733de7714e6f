import os from 'node:os';
import { AwsTarget } from '../../certify/aws/aws-target';
import { type CdkEffect, eventXml, PaperAws } from './paper-aws';

const PACE = { slowBytes: 1000, gateSeconds: 1, deathSeconds: 1, lookEverySeconds: 0.005 };

const BASE = {
  ClusterArn: 'arn:aws:rds:eu-west-1:123456789012:cluster:certifybase-database',
  SecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!x',
  LogGroupName: 'CertifyBase-Log',
};

let aws: PaperAws;
let target: AwsTarget;
/** Whether what was prepared is still to be removed. */
let isPrepared = false;
afterEach(async () => {
  if (isPrepared) await end();
  await aws.stop();
});

/** What the CDK would do where all goes well. */
const succeed: CdkEffect = (account, [command, stack = '']) => {
  if (command === 'deploy') account.make(stack, 'CREATE_COMPLETE', stack === 'Certify' ? { FunctionName: 'F' } : BASE);
  else if (command === 'destroy') account.stacks.delete(stack);
};

async function prepare(effect: CdkEffect = succeed): Promise<void> {
  aws = await PaperAws.start(effect);
  target = await AwsTarget.find({ 'aws-cdk': '2' }, PACE);
  isPrepared = true;
  await target.prepare();
}

function end(): Promise<readonly string[]> {
  isPrepared = false;
  return target.end();
}

test('says whose account it is before it makes anything', async () => {
  aws = await PaperAws.start(succeed);
  const temporary = jest.spyOn(os, 'tmpdir').mockReturnValue('/nowhere');
  target = await AwsTarget.find({}, PACE);
  expect(target.caller).toEqual({ account: '123456789012', region: 'eu-west-1' });
  expect(aws.calls).toEqual([expect.objectContaining({ service: 'sts', operation: 'GetCallerIdentity' })]);
  // No temporary folder either: who does not agree then has nothing to remove.
  expect(temporary).not.toHaveBeenCalled();
  temporary.mockRestore();
});

test('where there is no region, that is said and nothing is done', async () => {
  aws = await PaperAws.start(succeed);
  Object.assign(process.env, { AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' });
  delete process.env.AWS_REGION;
  await expect(AwsTarget.find({}, PACE)).rejects.toMatchObject({ code: 'no-account' });
  expect(aws.calls).toEqual([]);
});

test('leaves a stack alone that was there before', async () => {
  aws = await PaperAws.start(succeed);
  aws.make('Certify', 'UPDATE_COMPLETE');
  target = await AwsTarget.find({}, PACE);
  await expect(target.refuseForeignStacks()).rejects.toMatchObject({ code: 'stack-exists' });
  expect(aws.callsOf('DeleteStack')).toEqual([]);
});

test('runs exactly these command lines of the CDK, and removes both stacks', async () => {
  await prepare();
  const release = { name: 'one', plain: ['0001'] };
  expect(await target.deploy(release)).toMatchObject({ status: 'CREATE_COMPLETE' });
  await target.deploy({ ...release, name: 'two' }, { rollback: false });
  await target.deploy({ ...release, name: 'three' }, { express: true });
  await target.rollBack();
  expect(await end()).toEqual([]);
  const deploy = 'deploy Certify --exclusively --require-approval never --progress events';
  expect(aws.commands).toEqual([
    'deploy CertifyBase --exclusively --require-approval never --progress events',
    ...[deploy, `${deploy} --no-rollback`, `${deploy} --express`],
    'rollback Certify --app cdk.out',
    'destroy Certify --exclusively --force --app cdk.out',
    'destroy CertifyBase --exclusively --force --app cdk.out',
  ]);
  expect(aws.stacks.size).toBe(0);
});

test('where the base cannot be created, nothing is played', async () => {
  await expect(prepare((account, [, stack = '']) => account.make(stack, 'ROLLBACK_COMPLETE'))).rejects.toMatchObject({
    code: 'base-not-created',
  });
});

test('a stack that cannot be deleted is deleted by force, and what stays is said', async () => {
  await prepare((account, [command, stack = '']) => {
    if (command === 'destroy')
      account.stacks.get(stack)!.status = stack === 'Certify' ? 'DELETE_FAILED' : 'ROLLBACK_FAILED';
    else succeed(account, [command ?? '', stack]);
  });
  await target.deploy({ name: 'one', plain: ['0001'] });
  aws.lasting.add('CertifyBase');
  expect(await end()).toEqual([expect.stringMatching(/^the stack CertifyBase in ROLLBACK_FAILED; delete it: aws /)]);
  expect(aws.callsOf('DeleteStack')).toEqual([
    expect.objectContaining({
      parameters: expect.objectContaining({ StackName: 'Certify', DeletionMode: 'FORCE_DELETE_STACK' }),
    }),
    expect.objectContaining({ parameters: expect.objectContaining({ StackName: 'CertifyBase' }) }),
  ]);
});

test('a stack that the CDK cannot destroy, for want of an assembly, is deleted without it', async () => {
  await prepare((account, [command, stack = '']) => {
    if (command !== 'destroy') succeed(account, [command ?? '', stack]);
  });
  await target.deploy({ name: 'one', plain: ['0001'] });
  // A change set that nobody executed: it is in progress for ever.
  aws.stacks.get('Certify')!.status = 'REVIEW_IN_PROGRESS';

  expect(await end()).toEqual([]);
});

test('reads the events of each stack that had the name, the oldest first, each once', async () => {
  await prepare();
  await target.deploy({ name: 'one', plain: ['0001'] });
  aws.stacks
    .get('Certify')!
    .events.push(
      eventXml('a', 1, 'A', 'CREATE_IN_PROGRESS'),
      eventXml('b', 2, 'A', 'CREATE_COMPLETE'),
      eventXml('c', 3, 'B', 'CREATE_COMPLETE'),
    );
  const ids = async (): Promise<readonly string[]> =>
    (await target.events()).map(({ time, logicalId }) => `${logicalId} ${time.slice(17)}`);
  expect(await ids()).toEqual(['A 01.123Z', 'A 02.123Z', 'B 03.123Z']);
  const asked = aws.callsOf('DescribeStackEvents').length;
  aws.stacks.get('Certify')!.events.push(eventXml('d', 4, 'D', 'DELETE_COMPLETE'));
  expect(await ids()).toHaveLength(4);
  // What is known is not asked for again.
  expect(aws.callsOf('DescribeStackEvents')).toHaveLength(asked + 1);
});

test('reads all pages of the log', async () => {
  await prepare();
  const end = (time: string): string => JSON.stringify({ certify: 'end', time, invocation: 'a' });
  aws.log = [end('2026-11-28T10:00:02.000Z'), 'START', end('2026-11-28T10:00:01.000Z')];
  expect((await target.seen()).map(({ time }) => time)).toEqual([
    '2026-11-28T10:00:01.000Z',
    '2026-11-28T10:00:02.000Z',
  ]);
  expect(aws.callsOf('Logs_20140328.FilterLogEvents')[0]).toMatchObject({
    service: 'logs',
    parameters: { logGroupName: 'CertifyBase-Log' },
  });
});

test('asks the database over the Data API', async () => {
  await prepare();
  aws.rows = [{ name: 'item' }];
  expect(await target.query('SELECT 1')).toEqual([{ name: 'item' }]);
  expect(aws.callsOf('/Execute')).toEqual([
    expect.objectContaining({
      service: 'rds-data',
      parameters: expect.objectContaining({
        sql: 'SELECT 1',
        database: 'certify',
        resourceArn: BASE.ClusterArn,
        secretArn: BASE.SecretArn,
      }),
    }),
  ]);
  aws.refusals = ['{"message":"You have an error in your SQL syntax"}'];
  await expect(target.query('SELEC')).rejects.toThrow(
    'rds-data refused the call (HTTP 400): {"message":"You have an error in your SQL syntax"}',
  );
});

test('invokes the function, and hands events over to it without waiting', async () => {
  await prepare();
  await target.deploy({ name: 'one', plain: ['0001'] });
  expect(await target.invoke({ command: 'status' })).toEqual({ failed: false, payload: { kind: 'status' } });
  await target.deliver({ source: 'aws.cloudformation' });
  await target.cancelUpdate();
  expect(aws.callsOf('Invoke').map(({ parameters }) => parameters)).toEqual([
    expect.objectContaining({ name: 'F', body: '{"command":"status"}' }),
    { name: 'F', type: 'Event', body: '{"source":"aws.cloudformation"}' },
  ]);
  expect(aws.callsOf('CancelUpdateStack')).toHaveLength(1);
});

test('a rotation has ended when another version of the secret counts', async () => {
  await prepare();
  await target.rotateSecret();
  expect(await target.isRotated()).toBe(false);
  aws.secretVersion = 'v2';
  expect(await target.isRotated()).toBe(true);
  expect(aws.callsOf('secretsmanager.RotateSecret')).toEqual([
    expect.objectContaining({
      parameters: expect.objectContaining({ SecretId: BASE.SecretArn, RotateImmediately: true }),
    }),
  ]);
});

test('the database has paused when its newest capacity is none', async () => {
  await prepare();
  aws.capacity = [
    ['2026-11-28T10:03:00Z', 0],
    ['2026-11-28T10:01:00Z', 0.5],
  ];
  expect(await target.awaitPause()).toBe(true);
  expect(aws.callsOf('GetMetricStatistics')[0]).toMatchObject({
    service: 'monitoring',
    parameters: { 'Dimensions.member.1.Value': 'certifybase-database' },
  });
});
