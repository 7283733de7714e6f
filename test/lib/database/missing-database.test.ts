import { Annotations, CfnParameter, CfnResource, CustomResource, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { AuroraMigrations, DatabaseTarget } from '../../../lib';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { emptyApp } from '../stack-under-test';
import { warningsOn } from '../synth-messages';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const ENGINE = rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 });
const CODE = 'database-not-created';

let stack: Stack;
let vpc: ec2.Vpc;

beforeEach(() => {
  stack = new Stack(emptyApp(), 'Stack');
  vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
});

function cluster(defaultDatabaseName?: string): rds.DatabaseCluster {
  const writer = rds.ClusterInstance.serverlessV2('Writer');
  return new rds.DatabaseCluster(stack, 'Cluster', { engine: ENGINE, writer, vpc, defaultDatabaseName });
}

function migrate(database: DatabaseTarget): AuroraMigrations {
  return new AuroraMigrations(stack, 'Migrations', {
    database,
    directory: migrationFolder({ '0001_a.sql': CREATE_USER }),
    vpc,
  });
}

test('a cluster that creates no database is a warning that says what to do, and not to replace the cluster', () => {
  const { [CODE]: warning } = warningsOn(migrate(DatabaseTarget.cluster(cluster(), { databaseName: 'app' })));

  expect(warning).toContain('Stack/Cluster is created without a database');
  expect(warning).toContain("set defaultDatabaseName: 'app' on it");
  expect(warning).toMatch(/Deployed already: leave defaultDatabaseName as it is, .* replace the database server/);
});

test.each([
  ['another one', 'main', 'with the database "main", and nothing'],
  ['one that differs in case', 'App', 'with the database "App" (names of databases are case-sensitive), and nothing'],
])('so is a cluster that creates %s', (_, created, text) => {
  const { [CODE]: warning } = warningsOn(migrate(DatabaseTarget.cluster(cluster(created), { databaseName: 'app' })));
  expect(warning).toContain(text);
});

test('so is a cluster behind a proxy', () => {
  const database = cluster();
  const proxyTarget = rds.ProxyTarget.fromCluster(database);
  const proxy = new rds.DatabaseProxy(stack, 'Proxy', { proxyTarget, secrets: [database.secret!], vpc });
  expect(warningsOn(migrate(DatabaseTarget.proxy(proxy, { databaseName: 'app' })))).toHaveProperty(CODE);
});

test('an instance is told of its own property', () => {
  const engine = rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_7 });
  const instance = new rds.DatabaseInstance(stack, 'Instance', { engine, vpc });
  const { [CODE]: warning } = warningsOn(migrate(DatabaseTarget.instance(instance, { databaseName: 'app' })));
  expect(warning).toContain("set databaseName: 'app' on it");
});

test('it can be acknowledged', () => {
  const migrations = migrate(DatabaseTarget.cluster(cluster(), { databaseName: 'app' }));
  Annotations.of(migrations).acknowledgeWarning(`cdk-aurora-migrations:${CODE}`, 'made by hand');
  expect(warningsOn(migrations)).not.toHaveProperty(CODE);
});

describe('nothing is said', () => {
  const quiet = (migrations: AuroraMigrations): void => expect(warningsOn(migrations)).not.toHaveProperty(CODE);

  test('where the cluster creates it, also by the resource’s own property', () => {
    const database = cluster();
    const migrations = migrate(DatabaseTarget.cluster(database, { databaseName: 'app' }));
    (database.node.defaultChild as rds.CfnDBCluster).databaseName = 'app';
    quiet(migrations);
  });

  test('where one of the names is known only in the deployment', () => {
    const name = new CfnParameter(stack, 'Name').valueAsString;
    quiet(migrate(DatabaseTarget.cluster(cluster('app'), { databaseName: name })));
  });

  test('where both names are the same parameter', () => {
    const name = Token.asString(new CfnParameter(stack, 'Name').value);
    quiet(migrate(DatabaseTarget.cluster(cluster(name), { databaseName: name })));
  });

  test('of an imported cluster', () => {
    const imported = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Imported', {
      clusterIdentifier: 'orders',
      clusterEndpointAddress: 'orders.cluster-c1.eu-central-1.rds.amazonaws.com',
      port: 3306,
    });
    const { secret } = cluster('app');
    quiet(migrate(DatabaseTarget.cluster(imported, { databaseName: 'orders', secret })));
  });

  test('of a cluster that is a copy', () => {
    const copy = new rds.DatabaseClusterFromSnapshot(stack, 'Copy', {
      ...{ engine: ENGINE, writer: rds.ClusterInstance.serverlessV2('Writer'), vpc },
      snapshotIdentifier: 'before',
      snapshotCredentials: rds.SnapshotCredentials.fromGeneratedSecret('admin'),
    });
    quiet(migrate(DatabaseTarget.cluster(copy, { databaseName: 'app' })));
  });

  test('where something is waited for that may create it', () => {
    const migrations = migrate(DatabaseTarget.cluster(cluster(), { databaseName: 'app' }));
    migrations.executeAfter(new CustomResource(stack, 'CreateDatabase', { serviceToken: 'arn:aws:sns:::x' }));
    quiet(migrations);
  });

  test('where other migrations come first, by their executeBefore too', () => {
    const database = cluster('main');
    const first = new AuroraMigrations(stack, 'First', {
      database: DatabaseTarget.cluster(database),
      directory: migrationFolder({ '0001_a.sql': CREATE_USER }),
    });
    const migrations = migrate(DatabaseTarget.cluster(database, { databaseName: 'app' }));
    first.executeBefore(migrations);
    quiet(migrations);
  });
});

test('to wait for the network or the cluster creates no database', () => {
  const database = cluster();
  const migrations = migrate(DatabaseTarget.cluster(database, { databaseName: 'app' }));
  migrations.executeAfter(database, new CfnResource(stack, 'Peering', { type: 'AWS::EC2::VPCPeeringConnection' }));
  expect(warningsOn(migrations)).toHaveProperty(CODE);
});
