import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { AuroraMigrations, DatabaseTarget } from '../../../lib';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { emptyApp, propertiesOf } from '../stack-under-test';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const AURORA = rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 });
const MYSQL = rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_7 });
const MANAGED_SECRET = { 'Fn::GetAtt': ['ClusterEB0386A7', 'MasterUserSecret.SecretArn'] };
const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const IMPORTED = { clusterIdentifier: 'orders', clusterEndpointAddress: 'orders.example.com', port: 3306 };

let stack: Stack;
let vpc: ec2.Vpc;

beforeEach(() => {
  stack = new Stack(emptyApp(), 'Stack');
  vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
});

function clusterOf(props: Partial<rds.DatabaseClusterProps> = {}): rds.DatabaseCluster {
  return new rds.DatabaseCluster(stack, 'Cluster', {
    engine: AURORA,
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    vpc,
    ...props,
  });
}

function migrate(target: DatabaseTarget): AuroraMigrations {
  const directory = migrationFolder({ '0001_a.sql': CREATE_USER });
  return new AuroraMigrations(stack, 'Migrations', { database: target, directory, vpc });
}

/** The function's variables, and the statements of its policy that are about logging in. */
function loginOf(): { readonly variables: Record<string, unknown>; readonly statements: unknown[] } {
  const template = Template.fromStack(stack);
  const { Environment } = propertiesOf(template, 'MigrationsFunctionA15BBDB3');
  const policy = propertiesOf(template, 'MigrationsFunctionRoleDefaultPolicyF26A0864')['PolicyDocument'];
  return {
    variables: (Environment as { Variables: Record<string, unknown> }).Variables,
    statements: (policy as { Statement: { Action: string | string[] }[] }).Statement.filter(({ Action }) =>
      /rds-db|secretsmanager|kms/.test(JSON.stringify(Action)),
    ),
  };
}

function reading(secretArn: unknown): unknown {
  return {
    Effect: 'Allow',
    Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    Resource: secretArn,
  };
}

function connecting(resourceId: unknown, user: string): unknown {
  const arn = ['arn:', { Ref: 'AWS::Partition' }, ':rds-db:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
  return {
    Effect: 'Allow',
    Action: 'rds-db:connect',
    Resource: {
      'Fn::Join': [
        '',
        typeof resourceId === 'string'
          ? [...arn, `:dbuser:${resourceId}/${user}`]
          : [...arn, ':dbuser:', resourceId, `/${user}`],
      ],
    },
  };
}

describe('a master secret that RDS manages', () => {
  test('of a cluster is the secret, and its key may be used', () => {
    const encryptionKey = new kms.Key(stack, 'Key');
    const cluster = clusterOf({
      manageMasterUserPassword: true,
      credentials: rds.Credentials.fromUsername('admin', { encryptionKey }),
    });
    migrate(DatabaseTarget.cluster(cluster, { databaseName: 'app' }));

    const { variables, statements } = loginOf();
    expect(variables['DATABASE_SECRET_ARN']).toEqual(MANAGED_SECRET);
    expect(statements).toContainEqual(reading(MANAGED_SECRET));
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'kms:Decrypt',
            Principal: { AWS: { 'Fn::GetAtt': ['MigrationsFunctionRole0B476E12', 'Arn'] } },
          }),
        ]),
      }),
    });
  });

  test('that was set on the resource is the secret too, and not the one that the construct would have made', () => {
    const cluster = clusterOf();
    const resource = cluster.node.defaultChild as rds.CfnDBCluster;
    resource.manageMasterUserPassword = true;
    resource.masterUserPassword = undefined;
    migrate(DatabaseTarget.cluster(cluster, { databaseName: 'app' }));

    expect(loginOf()).toMatchObject({
      variables: { DATABASE_SECRET_ARN: MANAGED_SECRET },
      statements: [reading(MANAGED_SECRET)],
    });
  });

  test.each<[string, (resource: rds.CfnDBCluster, key: kms.Key) => void, string | undefined]>([
    ['its id', (resource, key) => (resource.masterUserSecret = { kmsKeyId: key.keyId }), 'Key'],
    ['its ARN', (resource, key) => (resource.masterUserSecret = { kmsKeyId: key.keyArn }), 'Key'],
    [
      'its id, over what the resource says',
      (resource, key) => resource.addPropertyOverride('MasterUserSecret.KmsKeyId', key.keyId),
      'Key',
    ],
    [
      'the ARN of an imported one',
      (resource) => (resource.masterUserSecret = { kmsKeyId: `arn:aws:kms:eu-central-1:111122223333:key/${KEY_ID}` }),
      `arn:aws:kms:eu-central-1:111122223333:key/${KEY_ID}`,
    ],
    ['the id of an imported one', (resource) => (resource.masterUserSecret = { kmsKeyId: KEY_ID }), `:key/${KEY_ID}`],
    [
      'that of Secrets Manager, with which everybody decrypts who may read',
      (resource) => (resource.masterUserSecret = { kmsKeyId: 'alias/aws/secretsmanager' }),
      undefined,
    ],
  ])('that was set on the resource with a key may be decrypted: %s', (_, set, decrypts) => {
    const cluster = clusterOf();
    const key = new kms.Key(stack, 'Key');
    const resource = cluster.node.defaultChild as rds.CfnDBCluster;
    resource.addPropertyOverride('ManageMasterUserPassword', true);
    resource.addPropertyDeletionOverride('MasterUserPassword');
    set(resource, key);
    migrate(DatabaseTarget.cluster(cluster, { databaseName: 'app' }));

    const { variables, statements } = loginOf();
    expect(variables['DATABASE_SECRET_ARN']).toEqual(MANAGED_SECRET);
    const isInKey = JSON.stringify(Template.fromStack(stack).findResources('AWS::KMS::Key')).includes('FunctionRole');
    expect(isInKey).toBe(decrypts === 'Key');
    const decrypting = JSON.stringify(statements.slice(1));
    expect(decrypting).toMatch(decrypts === 'Key' || decrypts === undefined ? /^\[\]$/ : /kms:Decrypt/);
    if (decrypts !== 'Key' && decrypts !== undefined) expect(decrypting).toContain(`${decrypts}"`);
  });

  test('whose key is set on the resource by its alias is an error, the permission must name the key', () => {
    const cluster = clusterOf({ manageMasterUserPassword: true });
    (cluster.node.defaultChild as rds.CfnDBCluster).masterUserSecret = { kmsKeyId: 'alias/shop' };
    const target = DatabaseTarget.cluster(cluster, { databaseName: 'app' });
    expect(thrownBy(() => migrate(target))).toMatchObject({ code: 'secret-key-is-alias' });
  });

  test('that was set on the resource is also that of the database behind a proxy', () => {
    const cluster = clusterOf();
    const proxy = cluster.addProxy('Proxy', { secrets: [cluster.secret!], vpc });
    const resource = cluster.node.defaultChild as rds.CfnDBCluster;
    resource.manageMasterUserPassword = true;
    resource.masterUserPassword = undefined;
    migrate(DatabaseTarget.proxy(proxy, { databaseName: 'app' }));

    expect(loginOf()).toMatchObject({
      variables: { DATABASE_SECRET_ARN: MANAGED_SECRET },
      statements: [reading(MANAGED_SECRET)],
    });
  });

  test('of an instance is the secret', () => {
    const instance = new rds.DatabaseInstance(stack, 'Instance', {
      engine: MYSQL,
      vpc,
      manageMasterUserPassword: true,
    });
    migrate(DatabaseTarget.instance(instance, { databaseName: 'app' }));

    const arn = { 'Fn::GetAtt': ['InstanceC1063A87', 'MasterUserSecret.SecretArn'] };
    expect(loginOf()).toMatchObject({ variables: { DATABASE_SECRET_ARN: arn }, statements: [reading(arn)] });
  });

  test('gives way to another that is given', () => {
    const secret = secretsmanager.Secret.fromSecretCompleteArn(
      stack,
      'Other',
      'arn:aws:secretsmanager:eu-central-1:111122223333:secret:other-AbCdEf',
    );
    migrate(DatabaseTarget.cluster(clusterOf({ manageMasterUserPassword: true }), { databaseName: 'app', secret }));

    expect(loginOf()).toMatchObject({
      variables: { DATABASE_SECRET_ARN: secret.secretArn },
      statements: [reading(secret.secretArn)],
    });
  });
});

describe('a user that IAM vouches for', () => {
  test('of a cluster is the only one that the function may connect as, and it may read no secret', () => {
    const cluster = clusterOf({ iamAuthentication: true });
    migrate(DatabaseTarget.cluster(cluster, { databaseName: 'app', iamUser: 'migrator' }));

    const { variables, statements } = loginOf();
    expect(variables['DATABASE_IAM_USER']).toBe('migrator');
    expect(variables).not.toHaveProperty('DATABASE_SECRET_ARN');
    expect(statements).toEqual([connecting({ 'Fn::GetAtt': ['ClusterEB0386A7', 'DBClusterResourceId'] }, 'migrator')]);
  });

  test('of an instance is known by its resource id', () => {
    const instance = new rds.DatabaseInstance(stack, 'Instance', { engine: MYSQL, vpc, iamAuthentication: true });
    migrate(DatabaseTarget.instance(instance, { databaseName: 'app', iamUser: 'migrator' }));

    expect(loginOf().statements).toEqual([
      connecting({ 'Fn::GetAtt': ['InstanceC1063A87', 'DbiResourceId'] }, 'migrator'),
    ]);
  });

  test('of an imported cluster needs its resource id', () => {
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      ...IMPORTED,
      clusterResourceIdentifier: 'cluster-ABC',
    });
    migrate(DatabaseTarget.cluster(cluster, { databaseName: 'app', iamUser: 'migrator' }));

    expect(loginOf().statements).toEqual([connecting('cluster-ABC', 'migrator')]);
  });

  test.each<[string, () => DatabaseTarget, string]>([
    [
      'a cluster that takes no tokens',
      () => DatabaseTarget.cluster(clusterOf(), { databaseName: 'app', iamUser: 'migrator' }),
      'iam-authentication-off',
    ],
    [
      'an instance that takes no tokens',
      () =>
        DatabaseTarget.instance(new rds.DatabaseInstance(stack, 'Instance', { engine: MYSQL, vpc }), {
          databaseName: 'app',
          iamUser: 'migrator',
        }),
      'iam-authentication-off',
    ],
    [
      'an imported cluster without a resource id',
      () =>
        DatabaseTarget.cluster(rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', IMPORTED), {
          databaseName: 'app',
          iamUser: 'migrator',
        }),
      'resource-id-unknown',
    ],
    [
      'a secret too',
      () => {
        const cluster = clusterOf({ iamAuthentication: true });
        return DatabaseTarget.cluster(cluster, { databaseName: 'app', iamUser: 'migrator', secret: cluster.secret });
      },
      'login-ambiguous',
    ],
    ...['*', 'migr?tor', '', 'a'.repeat(33), 'two words', '${aws:username}'].map(
      (iamUser): [string, () => DatabaseTarget, string] => [
        `the name "${iamUser}"`,
        () => DatabaseTarget.cluster(clusterOf({ iamAuthentication: true }), { databaseName: 'app', iamUser }),
        'iam-user-invalid',
      ],
    ),
  ])('cannot be with %s', (_, target, code) => {
    expect(thrownBy(() => migrate(target()))).toMatchObject({ code, constructPath: 'Stack/Migrations' });
  });
});
