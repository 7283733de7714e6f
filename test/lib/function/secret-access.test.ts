import { type Environment, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { DatabaseTarget } from '../../../lib';
import { fakePackage } from '../fake-package';
import { database, emptyApp, migrationsOf, propertiesOf } from '../stack-under-test';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-AbCdEf';

/** What the function's role may do with secrets and keys. */
function statementsIn(stack: Stack): unknown[] {
  const policy = propertiesOf(Template.fromStack(stack), 'MigrationsFunctionRoleDefaultPolicyF26A0864');
  const { Statement } = policy['PolicyDocument'] as { Statement: { Action: string | string[] }[] };
  return Statement.filter(({ Action }) => /secretsmanager|kms/.test(String(Action)));
}

const reading = (Resource: unknown): unknown => ({
  Effect: 'Allow',
  Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
  Resource,
});

const decrypting = (Resource: unknown, service: unknown): unknown => ({
  Effect: 'Allow',
  Action: 'kms:Decrypt',
  Resource,
  Condition: { StringEquals: { 'kms:ViaService': service } },
});

const OF_THE_REGION = { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com']] };

describe('the key of a secret', () => {
  test('that is imported with it may be used by the function’s role: no template has the key’s policy', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { cluster } = database(stack);
    const secret = secretsmanager.Secret.fromSecretAttributes(stack, 'Secret', {
      secretCompleteArn: SECRET,
      encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY),
    });
    migrationsOf(stack, cluster, { database: DatabaseTarget.cluster(cluster, { secret }) });

    expect(statementsIn(stack)).toEqual([
      reading(SECRET),
      decrypting(KEY, 'secretsmanager.eu-central-1.amazonaws.com'),
    ]);
  });

  test('and where the secret is known by its name only, by the name with any six characters behind it', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { cluster } = database(stack);
    const secret = secretsmanager.Secret.fromSecretAttributes(stack, 'Secret', {
      secretPartialArn: SECRET.replace('-AbCdEf', ''),
      encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY),
    });
    migrationsOf(stack, cluster, { database: DatabaseTarget.cluster(cluster, { secret }) });
    expect(statementsIn(stack)).toContainEqual(reading(SECRET.replace('-AbCdEf', '-??????')));
  });

  test.each<[string, (data: Stack, key: kms.Key) => DatabaseTarget]>([
    [
      'of a cluster whose password is generated',
      (data, encryptionKey) =>
        clusterIn(data, { credentials: rds.Credentials.fromUsername('admin', { encryptionKey }) }),
    ],
    [
      'of a cluster whose password RDS manages',
      (data, encryptionKey) =>
        clusterIn(data, {
          manageMasterUserPassword: true,
          credentials: rds.Credentials.fromUsername('admin', { encryptionKey }),
        }),
    ],
    [
      'of a secret beside the cluster',
      (data, encryptionKey) => clusterIn(data, {}, new secretsmanager.Secret(data, 'Migrator', { encryptionKey })),
    ],
    [
      'with an alias',
      (data, key) =>
        clusterIn(data, {}, new secretsmanager.Secret(data, 'Migrator', { encryptionKey: key.addAlias('shop') })),
    ],
  ])('in another stack may be used without a circle of stacks: %s', (_, target) => {
    const app = emptyApp();
    const data = new Stack(app, 'Data');
    const key = new kms.Key(data, 'Key');
    const stack = new Stack(app, 'Stack');
    migrationsOf(stack, undefined as never, { database: target(data, key) });

    expect(statementsIn(stack)).toEqual([
      expect.objectContaining({ Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'] }),
      decrypting({ 'Fn::ImportValue': expect.stringMatching(/Key.*Arn/) }, OF_THE_REGION),
    ]);
    const [policy] = Object.values(Template.fromStack(data).findResources('AWS::KMS::Key'));
    expect(JSON.stringify(policy)).not.toContain('MigrationsFunctionRole');
  });

  test('in the stack around a nested one may be used without a circle of resources', () => {
    const parent = new Stack(emptyApp(), 'Parent');
    const key = new kms.Key(parent, 'Key');
    const target = clusterIn(parent, { credentials: rds.Credentials.fromUsername('admin', { encryptionKey: key }) });
    const nested = new NestedStack(parent, 'Nested');
    migrationsOf(nested, undefined as never, { database: target });
    expect(() => Template.fromStack(parent)).not.toThrow();
    expect(JSON.stringify(Template.fromStack(nested).findResources('AWS::IAM::Policy'))).toContain('kms:Decrypt');
  });

  test('in the same stack says so itself, also behind an alias', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { cluster } = database(stack);
    const encryptionKey = new kms.Key(stack, 'Key').addAlias('shop');
    const secret = new secretsmanager.Secret(stack, 'Migrator', { encryptionKey });
    migrationsOf(stack, cluster, { database: DatabaseTarget.cluster(cluster, { secret }) });

    expect(statementsIn(stack)).toEqual([reading({ Ref: expect.stringMatching(/^Migrator/) })]);
    expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::KMS::Key'))).toContain(
      'MigrationsFunctionRole',
    );
  });

  test('that is known by an alias only is an error: a permission must name the key', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { cluster } = database(stack);
    const secret = secretsmanager.Secret.fromSecretAttributes(stack, 'Secret', {
      secretCompleteArn: SECRET,
      encryptionKey: kms.Alias.fromAliasName(stack, 'Alias', 'alias/shop'),
    });
    const target = DatabaseTarget.cluster(cluster, { secret });
    expect(thrownBy(() => migrationsOf(stack, cluster, { database: target }))).toMatchObject({
      code: 'secret-key-is-alias',
      message: expect.stringContaining('Stack/Secret is known by an alias'),
    });
  });
});

function clusterIn(
  stack: Stack,
  props: Partial<rds.DatabaseClusterProps>,
  secret?: secretsmanager.ISecret,
): DatabaseTarget {
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const cluster = new rds.DatabaseCluster(stack, 'Cluster', {
    engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 }),
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    vpc,
    defaultDatabaseName: 'app',
    ...props,
  });
  return DatabaseTarget.cluster(cluster, { databaseName: 'app', secret });
}

describe('a secret of another account', () => {
  const ours = { account: '444455556666', region: 'eu-central-1' };

  function warned(env: Environment, keyArn?: string): boolean {
    const stack = new Stack(emptyApp(), 'Stack', { env });
    const { cluster } = database(stack);
    const encryptionKey = keyArn === undefined ? undefined : kms.Key.fromKeyArn(stack, 'Key', keyArn);
    const attributes = { secretCompleteArn: SECRET, encryptionKey };
    const secret = secretsmanager.Secret.fromSecretAttributes(stack, 'Secret', attributes);
    migrationsOf(stack, cluster, { database: DatabaseTarget.cluster(cluster, { secret }) });
    const text = Match.stringLikeRegexp('Stack/Secret is of the account 111122223333, .*secret-key-unknown');
    return Annotations.fromStack(stack).findWarning('/Stack/Migrations/Function', text).length > 0;
  }

  test('has a key of its own, and that this is not known is a warning', () => {
    expect(warned(ours)).toBe(true);
    expect(warned(ours, KEY)).toBe(false);
    expect(warned({ ...ours, account: '111122223333' })).toBe(false);
    expect(warned({})).toBe(false);
  });
});
