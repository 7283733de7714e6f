import { type App, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { AuroraMigrations, DatabaseTarget } from '../../../lib';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { database, emptyApp } from '../stack-under-test';
import { synthError } from '../synth-messages';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const FOLDERS = { First: '0001_a.sql', Second: '0001_b.sql' };

let app: App;
let stack: Stack;
let vpc: ec2.Vpc;
let cluster: rds.DatabaseCluster;

beforeEach(() => {
  app = emptyApp();
  stack = new Stack(app, 'Stack');
  ({ vpc, cluster } = database(stack));
});

/** Migrations with another folder for each id. */
function migrate(scope: Construct, id: keyof typeof FOLDERS, target: DatabaseTarget): string {
  const directory = migrationFolder({ [FOLDERS[id]]: CREATE_USER });
  new AuroraMigrations(scope, id, { database: target, directory, vpc });
  return directory;
}

const secretIn = (scope: Construct): secretsmanager.ISecret =>
  secretsmanager.Secret.fromSecretNameV2(scope, `Secret${scope.node.children.length}`, 'orders/admin');

function imported(scope: Construct, id: string, clusterResourceIdentifier?: string): rds.IDatabaseCluster {
  return rds.DatabaseCluster.fromDatabaseClusterAttributes(scope, id, {
    clusterIdentifier: 'orders',
    clusterResourceIdentifier,
    clusterEndpointAddress: 'orders.cluster-c1.eu-central-1.rds.amazonaws.com',
    port: 3306,
  });
}

test('two folders for one database are an error that names both constructs and both folders', () => {
  const first = migrate(stack, 'First', DatabaseTarget.cluster(cluster));
  const second = migrate(stack, 'Second', DatabaseTarget.cluster(cluster, { databaseName: 'app' }));

  const error = synthError(app);

  expect(error).toContain(`Stack/First and Stack/Second migrate the same database`);
  expect(error).toContain(`from ${first} and from ${second}`);
  expect(error).toContain('(database-twice)');
  expect(error.match(/database-twice/g)).toHaveLength(1);
});

const proxied = (): DatabaseTarget =>
  DatabaseTarget.proxy(
    new rds.DatabaseProxy(stack, 'Proxy', {
      proxyTarget: rds.ProxyTarget.fromCluster(cluster),
      secrets: [cluster.secret!],
      vpc,
    }),
  );
const host = 'db.example.com';
const WAYS: readonly (readonly [string, () => readonly [DatabaseTarget, DatabaseTarget]])[] = [
  ['over a proxy and not', () => [DatabaseTarget.cluster(cluster), proxied()]],
  [
    'as a cluster and by its secret',
    () => [
      DatabaseTarget.cluster(cluster),
      DatabaseTarget.secret(cluster.secret!, { host: cluster.clusterEndpoint.hostname, databaseName: 'app' }),
    ],
  ],
  [
    'imported twice, once with its resource id',
    () => [
      DatabaseTarget.cluster(imported(stack, 'One', 'cluster-ABC'), { databaseName: 'app', secret: secretIn(stack) }),
      DatabaseTarget.cluster(imported(stack, 'Two'), { databaseName: 'app', secret: secretIn(stack) }),
    ],
  ],
  [
    'at one host, spelled in two ways',
    () => [
      DatabaseTarget.secret(secretIn(stack), { host, databaseName: 'app' }),
      DatabaseTarget.secret(secretIn(stack), { host: 'DB.example.com.', port: 3306, databaseName: 'app' }),
    ],
  ],
  [
    'at a host that another stack exports',
    () => [
      DatabaseTarget.secret(secretIn(stack), { host: Fn.importValue('Host'), databaseName: 'app' }),
      DatabaseTarget.secret(secretIn(stack), { host: Fn.importValue('Host'), databaseName: 'app' }),
    ],
  ],
];

test.each(WAYS)('it is one database: %s', (_, targets) => {
  const [first, second] = targets();
  migrate(stack, 'First', first);
  migrate(stack, 'Second', second);
  expect(synthError(app)).toContain('(database-twice)');
});

test('over two stacks too', () => {
  migrate(stack, 'First', DatabaseTarget.cluster(cluster));
  migrate(new Stack(app, 'Other'), 'Second', DatabaseTarget.cluster(cluster));
  expect(synthError(app)).toContain('Stack/First and Other/Second migrate the same database');
});

test('over two other stacks than the cluster’s', () => {
  migrate(new Stack(app, 'One'), 'First', DatabaseTarget.cluster(cluster));
  migrate(new Stack(app, 'Two'), 'Second', DatabaseTarget.cluster(cluster));
  expect(synthError(app)).toContain('One/First and Two/Second migrate the same database');
});

test('the same migrations in two stacks are allowed', () => {
  for (const id of ['One', 'Two']) migrate(new Stack(app, id), 'First', DatabaseTarget.cluster(cluster));
  expect(() => app.synth()).not.toThrow();
});

const OTHERS: readonly (readonly [string, () => readonly [DatabaseTarget, DatabaseTarget]])[] = [
  [
    'another name',
    () => [DatabaseTarget.cluster(cluster), DatabaseTarget.cluster(cluster, { databaseName: 'reporting' })],
  ],
  [
    'another case of the name',
    () => [DatabaseTarget.cluster(cluster), DatabaseTarget.cluster(cluster, { databaseName: 'App' })],
  ],
  [
    'another port of a host',
    () => [
      DatabaseTarget.secret(secretIn(stack), { host, databaseName: 'app' }),
      DatabaseTarget.secret(secretIn(stack), { host, port: 3307, databaseName: 'app' }),
    ],
  ],
  [
    'a host that is known only in the deployment',
    () => [
      DatabaseTarget.secret(secretIn(stack), {
        host: new CfnParameter(stack, 'HostOne').valueAsString,
        databaseName: 'app',
      }),
      DatabaseTarget.secret(secretIn(stack), {
        host: new CfnParameter(stack, 'HostTwo').valueAsString,
        databaseName: 'app',
      }),
    ],
  ],
];

test.each(OTHERS)('it is another database: %s', (_, targets) => {
  const [first, second] = targets();
  migrate(stack, 'First', first);
  migrate(stack, 'Second', second);
  expect(() => app.synth()).not.toThrow();
});

test('of one name in two regions there are two clusters', () => {
  for (const [id, region] of [
    ['First', 'eu-central-1'],
    ['Second', 'eu-west-1'],
  ] as const) {
    const each = new Stack(app, id, { env: { account: '111122223333', region } });
    const network = new ec2.Vpc(each, 'Vpc');
    new AuroraMigrations(each, id, {
      database: DatabaseTarget.cluster(imported(each, 'Orders'), { databaseName: 'app', secret: secretIn(each) }),
      directory: migrationFolder({ [FOLDERS[id]]: CREATE_USER }),
      vpc: network,
    });
  }
  expect(() => app.synth()).not.toThrow();
});
