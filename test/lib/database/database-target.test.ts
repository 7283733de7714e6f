import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { AuroraMigrations, DatabaseTarget } from '../../../lib';
import { RESOURCE_TYPE } from '../../../lambda/contract';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { emptyApp } from '../stack-under-test';
import { thrownBy } from '../thrown-by';
import { TemplateGraph, type TemplateJson } from '../stack/template-graph';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const AURORA = rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 });
const MYSQL = rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_7 });
const SERVERLESS = rds.ClusterInstance.serverlessV2('Writer');
const IMPORTED = { clusterIdentifier: 'orders', clusterEndpointAddress: 'orders.example.com', port: 3307 };

let stack: Stack;
let vpc: ec2.Vpc;

beforeEach(() => {
  stack = new Stack(emptyApp(), 'Stack');
  vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
});

function migrate(target: DatabaseTarget, network?: ec2.IVpc): AuroraMigrations {
  const directory = migrationFolder({ '0001_a.sql': CREATE_USER });
  return new AuroraMigrations(stack, 'Migrations', { database: target, directory, vpc: network });
}

function expectTarget(host: unknown, port: unknown, name: string, identity: unknown): void {
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ DATABASE_HOST: host, DATABASE_PORT: port, DATABASE_NAME: name }) },
  });
  template.hasResourceProperties(RESOURCE_TYPE, { Database: identity });
}

describe('a cluster', () => {
  test('of this app is known: its database, secret, network and resource id', () => {
    const cluster = new rds.DatabaseCluster(stack, 'Cluster', {
      engine: AURORA,
      writer: SERVERLESS,
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      defaultDatabaseName: 'shop',
    });
    migrate(DatabaseTarget.cluster(cluster));

    const at = (attribute: string): unknown => ({ 'Fn::GetAtt': ['ClusterEB0386A7', attribute] });
    expectTarget(at('Endpoint.Address'), at('Endpoint.Port'), 'shop', {
      'Fn::Join': ['', [at('DBClusterResourceId'), '/shop']],
    });
  });

  test('is not waited for with another secret that is attached to it, as that of an application that waits', () => {
    const cluster = new rds.DatabaseCluster(stack, 'Cluster', {
      ...{ engine: AURORA, writer: SERVERLESS, vpc, defaultDatabaseName: 'shop' },
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    });
    const secret = new rds.DatabaseSecret(stack, 'Api', { username: 'api', masterSecret: cluster.secret });
    secret.attach(cluster);
    migrate(DatabaseTarget.cluster(cluster)).executeBefore(secret);

    const graph = new TemplateGraph(Template.fromStack(stack).toJSON() as TemplateJson);
    const before = graph.before(graph.ofType(RESOURCE_TYPE)[0]!);
    const attachments = graph.ofType('AWS::SecretsManager::SecretTargetAttachment');
    expect(attachments.filter((id) => before.has(id))).toEqual([expect.stringMatching(/^ClusterSecretAttachment/)]);
    expect(graph.circular()).toEqual([]);
  });

  test('made from a snapshot is known too', () => {
    const cluster = new rds.DatabaseClusterFromSnapshot(stack, 'Cluster', {
      engine: AURORA,
      writer: SERVERLESS,
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      snapshotIdentifier: 'last-night',
      snapshotCredentials: rds.SnapshotCredentials.fromGeneratedSecret('admin'),
    });

    expect(() => migrate(DatabaseTarget.cluster(cluster, { databaseName: 'shop' }))).not.toThrow();
  });

  test('in public subnets does not take the function there', () => {
    const cluster = new rds.DatabaseCluster(stack, 'Cluster', {
      engine: AURORA,
      writer: SERVERLESS,
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
    });
    migrate(DatabaseTarget.cluster(cluster, { databaseName: 'shop' }));

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: stack.resolve(vpc.isolatedSubnets.map(({ subnetId }) => subnetId)) as unknown[] },
    });
  });

  test('that is imported is known by its name and opened where its group is given', () => {
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      ...IMPORTED,
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-12345678')],
    });
    const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'orders/admin');
    migrate(DatabaseTarget.cluster(cluster, { databaseName: 'shop', secret }), vpc);

    expectTarget('orders.example.com', '3307', 'shop', 'orders/shop');
    const template = Template.fromStack(stack);
    const rules = template.findResources('AWS::EC2::SecurityGroupIngress', {
      Properties: { GroupId: 'sg-12345678', FromPort: 3307 },
    });
    const graph = new TemplateGraph(template.toJSON() as TemplateJson);
    expect(graph.before(graph.ofType(RESOURCE_TYPE)[0]!)).toContain(Object.keys(rules)[0]);
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('security group'));
  });

  test('that is imported with its resource id is known by that', () => {
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      ...IMPORTED,
      clusterResourceIdentifier: 'cluster-ABC',
      secret: secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'orders/admin'),
    });
    migrate(DatabaseTarget.cluster(cluster, { databaseName: 'shop' }), vpc);

    expectTarget('orders.example.com', '3307', 'shop', 'cluster-ABC/shop');
  });

  test('that is imported without its groups lets the function out, and says that it must be let in', () => {
    const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'orders/admin');
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', { ...IMPORTED, secret });
    migrate(DatabaseTarget.cluster(cluster, { databaseName: 'shop' }), vpc);

    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: Match.arrayWith([Match.objectLike({ FromPort: 3307, ToPort: 3307 })]),
    });
    Annotations.fromStack(stack).hasWarning(
      '/Stack/Migrations',
      Match.stringLikeRegexp('security groups of the imported database are not known'),
    );
  });

  test('made of plain resources is waited for with its instances', () => {
    const { ref: id } = new rds.CfnDBCluster(stack, 'Plain', { engine: 'aurora-mysql' });
    new rds.CfnDBInstance(stack, 'Instance', { dbClusterIdentifier: id, dbInstanceClass: 'db.serverless' });
    new rds.CfnDBInstance(stack, 'Unrelated', { dbClusterIdentifier: 'other', dbInstanceClass: 'db.serverless' });
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      ...IMPORTED,
      clusterIdentifier: id,
      secret: secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'orders/admin'),
    });
    migrate(DatabaseTarget.cluster(cluster, { databaseName: 'shop' }), vpc);

    const graph = new TemplateGraph(Template.fromStack(stack).toJSON() as TemplateJson);
    const before = graph.before(graph.ofType(RESOURCE_TYPE)[0]!);
    expect(before).toContain('Instance');
    expect(before).not.toContain('Unrelated');
  });
});

describe('an instance', () => {
  test('of this app is known: its database, secret, network and resource id', () => {
    const instance = new rds.DatabaseInstance(stack, 'Instance', {
      engine: MYSQL,
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      databaseName: 'shop',
    });
    migrate(DatabaseTarget.instance(instance));

    const at = (attribute: string): unknown => ({ 'Fn::GetAtt': ['InstanceC1063A87', attribute] });
    expectTarget(at('Endpoint.Address'), at('Endpoint.Port'), 'shop', {
      'Fn::Join': ['', [at('DbiResourceId'), '/shop']],
    });
    const graph = new TemplateGraph(Template.fromStack(stack).toJSON() as TemplateJson);
    const before = graph.before(graph.ofType(RESOURCE_TYPE)[0]!);
    expect(graph.ofType('AWS::SecretsManager::SecretTargetAttachment').every((id) => before.has(id))).toBe(true);
  });

  test('that is imported is known by its name', () => {
    const instance = rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Instance', {
      instanceIdentifier: 'orders',
      instanceEndpointAddress: 'orders.example.com',
      port: 3306,
      securityGroups: [],
    });
    const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'orders/admin');
    migrate(DatabaseTarget.instance(instance, { databaseName: 'shop', secret }), vpc);

    expectTarget('orders.example.com', '3306', 'shop', 'orders/shop');
  });
});

describe('what cannot be a target', () => {
  const secretNamed = (): secretsmanager.ISecret =>
    secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'orders/admin');
  const imported = (attributes: Partial<rds.DatabaseClusterAttributes> = {}): rds.IDatabaseCluster =>
    rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', { ...IMPORTED, ...attributes });

  test.each<[string, () => DatabaseTarget, string, RegExp]>([
    [
      'a cluster without a known database',
      () => DatabaseTarget.cluster(imported(), { secret: secretNamed() }),
      'database-name-unknown',
      /name of the database in Stack\/Cluster is not known: give it as databaseName/,
    ],
    [
      'a database of the server itself',
      () => DatabaseTarget.cluster(imported(), { databaseName: 'MySQL', secret: secretNamed() }),
      'database-name-invalid',
      /databaseName "MySQL" cannot be migrated/,
    ],
    [
      'an imported cluster without a secret',
      () => DatabaseTarget.cluster(imported(), { databaseName: 'shop' }),
      'secret-unknown',
      /Stack\/Cluster has no secret that is known here: give one/,
    ],
    [
      'an imported cluster without an endpoint',
      () =>
        DatabaseTarget.cluster(imported({ clusterEndpointAddress: undefined }), {
          databaseName: 'shop',
          secret: secretNamed(),
        }),
      'endpoint-unknown',
      /give clusterEndpointAddress and port to fromDatabaseClusterAttributes/,
    ],
    [
      'a cluster of another engine',
      () =>
        DatabaseTarget.cluster(
          imported({
            engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_16_6 }),
          }),
          { databaseName: 'shop', secret: secretNamed() },
        ),
      'engine-unsupported',
      /Stack\/Cluster runs aurora-postgresql: migrations are made for MySQL/,
    ],
    [
      'an imported cluster without a VPC',
      () => DatabaseTarget.cluster(imported(), { databaseName: 'shop', secret: secretNamed() }),
      'vpc-unknown',
      /the VPC of an imported database is not known: give it as vpc/,
    ],
  ])('%s', (_, target, code, message) => {
    expect(thrownBy(() => migrate(target()))).toMatchObject({
      code,
      message: expect.stringMatching(message),
      constructPath: 'Stack/Migrations',
    });
  });

  test('a VPC with public subnets only', () => {
    const open = new ec2.Vpc(stack, 'Open', {
      natGateways: 0,
      subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }],
    });

    const target = DatabaseTarget.cluster(imported(), { databaseName: 'shop', secret: secretNamed() });

    expect(thrownBy(() => migrate(target, open))).toMatchObject({ code: 'subnets-unknown' });
  });
});
