import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { type AuroraMigrationsProps, DatabaseTarget, type DatabaseTargetOptions } from '../../../lib';
import { fakePackage } from '../fake-package';
import { emptyApp, migrationsOf } from '../stack-under-test';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const OURS = { account: '111122223333', region: 'eu-central-1' };
const REGION = { ...OURS, region: 'eu-west-1' };
const ACCOUNT = { ...OURS, account: '444455556666' };

/** Migrations in one environment of a cluster in another one. */
function migrate(
  theirs: typeof OURS | undefined,
  options: DatabaseTargetOptions = {},
  propsIn: (stack: Stack) => Partial<AuroraMigrationsProps> = () => ({}),
): void {
  const app = emptyApp();
  const data = new Stack(app, 'Data', { env: theirs });
  const vpc = new ec2.Vpc(data, 'Vpc', { natGateways: 1 });
  const cluster = new rds.DatabaseCluster(data, 'Cluster', {
    engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 }),
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    vpc,
    iamAuthentication: true,
  });
  const stack = new Stack(app, 'Stack', { env: OURS, crossRegionReferences: true });
  const database = DatabaseTarget.cluster(cluster, { databaseName: 'app', ...options });
  migrationsOf(stack, cluster, { database, ...propsIn(stack) });
}

const peered = (stack: Stack): Partial<AuroraMigrationsProps> => ({ vpc: new ec2.Vpc(stack, 'Vpc') });

test.each<[string, () => void, string, string]>([
  ['the VPC of a database in another region', () => migrate(REGION), 'vpc-elsewhere', 'is in the region eu-west-1,'],
  ['that of another account', () => migrate(ACCOUNT), 'vpc-elsewhere', 'is in the account 444455556666,'],
  [
    'that of both',
    () => migrate({ ...REGION, ...ACCOUNT, region: 'eu-west-1' }),
    'vpc-elsewhere',
    'is in the account 444455556666 and the region eu-west-1,',
  ],
  [
    'a given VPC of another region',
    () =>
      migrate(OURS, {}, (stack) => ({ vpc: new ec2.Vpc(new Stack(stack.node.scope, 'Far', { env: REGION }), 'Vpc') })),
    'vpc-elsewhere',
    'Far/Vpc is in the region eu-west-1,',
  ],
  [
    'a user of IAM in another region, over peering',
    () => migrate(REGION, { iamUser: 'migrator' }, peered),
    'iam-user-elsewhere',
    'Data/Cluster is in the region eu-west-1,',
  ],
  [
    'a user of IAM in another account',
    () => migrate(ACCOUNT, { iamUser: 'migrator' }, peered),
    'iam-user-elsewhere',
    'Data/Cluster is in the account 444455556666,',
  ],
])('%s is an error', (_, make, code, text) => {
  expect(thrownBy(make)).toMatchObject({ code, message: expect.stringContaining(text) });
});

test.each<[string, () => void]>([
  ['the same account and region', () => migrate(OURS, { iamUser: 'migrator' })],
  ['what is known only in the deployment', () => migrate(undefined, { iamUser: 'migrator' })],
  ['a login by secret over peering', () => migrate(REGION, {}, peered)],
  [
    'a VPC that another account shares',
    () =>
      migrate(OURS, {}, (stack) => ({
        vpc: new ec2.Vpc(new Stack(stack.node.scope, 'Shared', { env: ACCOUNT }), 'Vpc'),
      })),
  ],
])('%s is taken', (_, make) => {
  expect(make).not.toThrow();
});
