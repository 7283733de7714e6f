import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { AuroraMigrationsProps } from '../../lib';
import { fakePackage } from './fake-package';
import { database, emptyApp, migrationsOf, stackUnderTest } from './stack-under-test';
import { thrownBy } from './thrown-by';

jest.mock('../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

test.each<[string, Partial<AuroraMigrationsProps>, string]>([
  [
    'a timeout beyond that of Lambda',
    { timeout: Duration.minutes(16) },
    'timeout is 960 seconds, Lambda allows at most 900',
  ],
  [
    'a timeout in which nothing can be done',
    { timeout: Duration.millis(1500) },
    'timeout is 1 second 500 millis, a run needs at least 30 seconds',
  ],
  ['a directory without a name', { directory: ' ' }, 'directory must be the path of the folder'],
  [
    'a directory that is not known at synth',
    { directory: Lazy.string({ produce: () => '/nowhere' }) },
    'directory must be the path',
  ],
  ['a memory that is too small', { memorySize: 64 }, 'memorySize is 64 mebibytes, Lambda allows 128 to 10240'],
  [
    'a public subnet',
    { vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } },
    'vpcSubnets has Stack/Vpc/PublicSubnet1, which is public',
  ],
  ['a directory of another kind', { directory: new URL('file:///nowhere') as never }, 'directory must be the path'],
  ['a cluster in place of a target', { database: {} as never }, 'database must be a DatabaseTarget'],
  ['no database', { database: undefined }, 'database must be a DatabaseTarget'],
  ['a misspelt onDelete', { onDelete: 'revert' as never }, 'onDelete is "revert", and must be one of RETAIN, REVERT'],
  ['a misspelt onRemoved', { onRemoved: null as never }, 'onRemoved is null, and must be one of FAIL, REVERT'],
  ['a misspelt outOfOrder', { outOfOrder: 'DENY' as never }, 'outOfOrder is "DENY", and must be one of ALLOW, FAIL'],
  [
    'a misspelt snapshotBefore',
    { snapshotBefore: true as never },
    'snapshotBefore is true, and must be one of DESTRUCTIVE, ALWAYS, NEVER',
  ],
  ['a switch of text', { httpEndpoint: 'true' as never }, 'httpEndpoint is "true", and must be true or false'],
  [
    'a choice that only the deployment knows',
    { onDelete: Lazy.string({ produce: () => 'REVERT' }) as never },
    'and must be one of RETAIN, REVERT',
  ],
  ['a directory that is not there', { directory: '/nowhere' }, '/nowhere: it is not a directory'],
])('%s is an error that names the construct', (_, props, text) => {
  expect(thrownBy(() => stackUnderTest(props))).toMatchObject({
    constructPath: 'Stack/Migrations',
    code: expect.stringMatching(/^[a-z-]+$/),
    message: expect.stringMatching(/^\[Stack\/Migrations\] /),
  });
  expect(() => stackUnderTest(props)).toThrow(text);
});

test('logRetention with a given log group is an error', () => {
  const stack = new Stack(emptyApp(), 'Stack');
  const props = { logGroup: new logs.LogGroup(stack, 'Log'), logRetention: logs.RetentionDays.ONE_DAY };

  expect(() => migrationsOf(stack, database(stack).cluster, props)).toThrow(
    'logRetention counts for the own log group only',
  );
});

test.each(['executeBefore', 'executeAfter'] as const)('%s takes constructs and nothing else', (method) => {
  const { migrations, vpc } = stackUnderTest();
  const given =
    (...scopes: readonly unknown[]): (() => void) =>
    (): void =>
      migrations[method](...(scopes as never[]));

  expect(given(vpc, undefined)).toThrow(
    `[Stack/Migrations] ${method} takes constructs, one argument each, and was given undefined`,
  );
  expect(given([vpc])).toThrow(`${method} takes constructs, one argument each, and was given a list: write ...list`);
  expect(thrownBy(given({}))).toMatchObject({ code: 'construct-missing', constructPath: 'Stack/Migrations' });
});
