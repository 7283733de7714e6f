import { CfnDynamicReference, CfnDynamicReferenceService, SecretValue, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { AuroraMigrations, DatabaseTarget } from '../../../lib';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { emptyApp } from '../stack-under-test';
import { warningsOn } from '../synth-messages';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const POSTGRES = rds.AuroraPostgresEngineVersion.VER_16_4;
const MYSQL = rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 });

let stack: Stack;
let vpc: ec2.Vpc;
let secret: secretsmanager.ISecret;

beforeEach(() => {
  stack = new Stack(emptyApp(), 'Stack');
  vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
  secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'orders/admin');
});

function migrate(database: DatabaseTarget): AuroraMigrations {
  return new AuroraMigrations(stack, 'Migrations', {
    database,
    directory: migrationFolder({ '0001_a.sql': CREATE_USER }),
    vpc,
  });
}

const at = (host: string, port?: number): AuroraMigrations =>
  migrate(DatabaseTarget.secret(secret, { host, port, databaseName: 'app' }));

function cluster(engine: rds.IClusterEngine = MYSQL): rds.DatabaseCluster {
  const writer = rds.ClusterInstance.provisioned('Writer');
  return new rds.DatabaseCluster(stack, 'Cluster', { engine, writer, vpc, defaultDatabaseName: 'app' });
}

const postgres = (): rds.DatabaseCluster => cluster(rds.DatabaseClusterEngine.auroraPostgres({ version: POSTGRES }));

function imported(attributes: Partial<rds.DatabaseClusterAttributes>): DatabaseTarget {
  return DatabaseTarget.cluster(
    rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Imported', {
      clusterIdentifier: 'orders',
      clusterEndpointAddress: 'orders.cluster-c1.eu-central-1.rds.amazonaws.com',
      port: 3306,
      ...attributes,
    }),
    { databaseName: 'app', secret },
  );
}

describe('what is read from a secret is an error, since a custom resource gets it as it is written', () => {
  const field = (name: string): string => secret.secretValueFromJson(name).unsafeUnwrap();
  const plain = { host: 'orders.example.com', databaseName: 'app' };

  test.each([
    ['host', { ...plain, host: field }],
    ['port', { ...plain, port: field }],
    ['databaseName', { ...plain, databaseName: field }],
    ['host', { ...plain, host: () => SecretValue.ssmSecure('host').unsafeUnwrap() }],
  ])('%s', (name, options) => {
    const given = Object.fromEntries(
      Object.entries(options).map(([key, value]) => [key, typeof value === 'string' ? value : value(key)]),
    ) as { host: string; databaseName: string; port?: string };
    const port = given.port === undefined ? undefined : Token.asNumber(given.port);
    const act = (): unknown => migrate(DatabaseTarget.secret(secret, { ...given, port }));
    expect(thrownBy(act)).toMatchObject({
      code: 'secret-reference',
      message: expect.stringMatching(
        new RegExp(`^\\[Stack/Migrations\\] ${name} is read from a secret, .*Give the ${name} itself`),
      ),
    });
  });

  test('but not a parameter that is no secret', () => {
    const parameter = ssm.StringParameter.valueForStringParameter(stack, '/orders/host');
    expect(() => at(parameter)).not.toThrow();
    expect(() => migrateAgain(SecretValue.cfnDynamicReference(hostInSsm).unsafeUnwrap())).not.toThrow();
  });

  const hostInSsm = new CfnDynamicReference(CfnDynamicReferenceService.SSM, '/orders/host');
  const migrateAgain = (host: string): AuroraMigrations => {
    stack = new Stack(emptyApp(), 'Other');
    vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
    secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'orders/admin');
    return at(host);
  };
});

describe('a reader’s endpoint is an error', () => {
  const READER = 'orders.cluster-ro-c1.eu-central-1.rds.amazonaws.com';

  test.each<[string, () => unknown]>([
    ['as a host', () => at(READER)],
    ['in capitals', () => at(READER.toUpperCase())],
    ['in China', () => at(`${READER}.cn`)],
    ['of an imported cluster', () => migrate(imported({ clusterEndpointAddress: READER }))],
    ['of a cluster of this app', () => at(cluster().clusterReadEndpoint.hostname)],
    [
      'which a read replica has',
      () => {
        const engine = rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_7 });
        const sourceDatabaseInstance = new rds.DatabaseInstance(stack, 'Instance', { engine, vpc });
        const replica = new rds.DatabaseInstanceReadReplica(stack, 'Replica', {
          ...{ sourceDatabaseInstance, vpc, instanceType: new ec2.InstanceType('t4g.small') },
        });
        migrate(DatabaseTarget.instance(replica, { databaseName: 'app', secret }));
      },
    ],
    ['of a proxy', () => at(readOnlyEndpoint())],
  ])('%s', (_, act) => {
    expect(thrownBy(act)).toMatchObject({ code: 'host-reader', constructPath: 'Stack/Migrations' });
  });

  test('of a proxy says what to give in its place', () => {
    expect(thrownBy(() => at(readOnlyEndpoint()))).toMatchObject({
      message: expect.stringMatching(
        /the proxy's endpoint Stack\/Readers leads .* give the endpoint of the proxy itself/,
      ),
    });
  });

  test('of a replica says what to give in its place', () => {
    const replica = new rds.CfnDBInstance(stack, 'Copy', { sourceDbInstanceIdentifier: 'orders' });
    expect(thrownBy(() => at(replica.attrEndpointAddress))).toMatchObject({
      message: expect.stringMatching(
        /replica Stack\/Copy leads .* give the instance that it is a replica of \(host-reader\)$/,
      ),
    });
  });

  function readOnlyEndpoint(): string {
    const properties = { dbProxyName: 'orders', dbProxyEndpointName: 'readers', vpcSubnetIds: [] };
    return new rds.CfnDBProxyEndpoint(stack, 'Readers', { ...properties, targetRole: 'READ_ONLY' }).attrEndpoint;
  }
});

test('a cluster that is a replica is warned of', () => {
  const writer = rds.ClusterInstance.serverlessV2('Writer');
  const replica = new rds.DatabaseCluster(stack, 'Replica', {
    ...{ engine: MYSQL, writer, vpc },
    replicationSourceIdentifier: 'arn:aws:rds:eu-west-1:111122223333:cluster:orders',
  });

  expect(warningsOn(migrate(DatabaseTarget.cluster(replica, { databaseName: 'app' })))).toMatchObject({
    'host-is-replica': expect.stringContaining('Stack/Replica is a replica (replicationSourceIdentifier)'),
  });
});

test.each([
  ['host-custom-endpoint', 'orders.cluster-custom-c1.eu-central-1.rds.amazonaws.com'],
  ['host-is-address', '10.0.0.17'],
  ['host-is-address', '2001:db8::17'],
  ['host-is-address', '::ffff:10.0.0.17'],
  ['host-is-local', 'localhost'],
])('%s is a warning of %s', (code, host) => {
  expect(Object.keys(warningsOn(at(host)))).toContain(code);
});

test.each(['orders.cluster-c1.eu-central-1.rds.amazonaws.com', 'db.example.com.', 'database', 'a_b.internal'])(
  'nothing is said of %s',
  (host) => {
    expect(Object.keys(warningsOn(at(host))).filter((code) => code.startsWith('host-'))).toEqual([]);
  },
);

test.each(['db.example.com:3306', '[2001:db8::17]', 'mysql://db.example.com', 'db.example.com/app', 'a..b', '.', ''])(
  '"%s" is no host',
  (host) => expect(thrownBy(() => at(host))).toMatchObject({ code: 'host-invalid' }),
);

test('the dot that ends a name in full is left out', () => {
  const { database } = { database: DatabaseTarget.secret(secret, { host: 'db.example.com.', databaseName: 'app' }) };
  expect(database.bind(stack).host).toBe('db.example.com');
});

describe('a server of MySQL 5.7 is a warning', () => {
  const CODE = 'engine-version-old';
  const aurora = (version: rds.AuroraMysqlEngineVersion): rds.IClusterEngine =>
    rds.DatabaseClusterEngine.auroraMysql({ version });

  test('where its version is known', () => {
    const old = aurora(rds.AuroraMysqlEngineVersion.of('5.7.mysql_aurora.2.11.2', '5.7'));
    expect(warningsOn(migrate(imported({ engine: old })))[CODE]).toContain('runs aurora-mysql 5.7.mysql_aurora.2.11.2');
  });

  test('and none of a newer one', () => {
    const now = aurora(rds.AuroraMysqlEngineVersion.VER_3_10_2);
    expect(warningsOn(migrate(imported({ engine: now })))).not.toHaveProperty(CODE);
  });
});

describe('the port of another engine is a warning where the engine is not known', () => {
  const CODE = 'port-of-another-engine';

  test.each([5432, 1433, 1521, 33060])('%d', (port) => {
    expect(warningsOn(at('db.example.com', port))).toHaveProperty(CODE);
  });

  test('of an imported cluster', () => {
    expect(warningsOn(migrate(imported({ port: 5432 })))[CODE]).toContain('the usual one of PostgreSQL');
  });

  test('of an imported instance', () => {
    const instance = rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Instance', {
      ...{ instanceIdentifier: 'orders', instanceEndpointAddress: 'orders.c1.rds.amazonaws.com', port: 5432 },
      securityGroups: [],
    });
    expect(warningsOn(migrate(DatabaseTarget.instance(instance, { databaseName: 'app', secret })))).toHaveProperty(
      CODE,
    );
  });

  test('and none where it is known to be MySQL, or the port is another one', () => {
    expect(warningsOn(migrate(imported({ port: 5432, engine: MYSQL })))).not.toHaveProperty(CODE);
    stack.node.tryRemoveChild('Migrations');
    expect(warningsOn(at('db.example.com', 3307))).not.toHaveProperty(CODE);
  });
});

test.each<[string, () => unknown]>([
  ['a cluster', () => migrate(DatabaseTarget.cluster(postgres()))],
  [
    'an imported cluster',
    () => migrate(imported({ engine: rds.DatabaseClusterEngine.auroraPostgres({ version: POSTGRES }) })),
  ],
  [
    'an instance',
    () => {
      const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 });
      migrate(
        DatabaseTarget.instance(new rds.DatabaseInstance(stack, 'Instance', { engine, vpc, databaseName: 'app' })),
      );
    },
  ],
  [
    'a proxy',
    () => {
      const proxyTarget = rds.ProxyTarget.fromCluster(postgres());
      migrate(DatabaseTarget.proxy(new rds.DatabaseProxy(stack, 'Proxy', { proxyTarget, secrets: [secret], vpc })));
    },
  ],
  ['a host that is a cluster’s', () => at(postgres().clusterEndpoint.hostname)],
])('PostgreSQL is refused: %s', (_, act) => {
  expect(thrownBy(act)).toMatchObject({ code: 'engine-unsupported' });
});
