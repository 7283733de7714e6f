import { CfnResource, SecretValue, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { AuroraMigrations, DatabaseTarget } from '../../../lib';
import { RESOURCE_TYPE } from '../../../lambda/contract';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { database, emptyApp, onlyOfType } from '../stack-under-test';
import { TemplateGraph, type TemplateJson } from '../stack/template-graph';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

let stack: Stack;
let vpc: ec2.Vpc;
let cluster: rds.DatabaseCluster;

beforeEach(() => {
  stack = new Stack(emptyApp(), 'Stack');
  ({ vpc, cluster } = database(stack));
});

function migrate(target: DatabaseTarget, network?: ec2.IVpc): AuroraMigrations {
  const directory = migrationFolder({ '0001_a.sql': CREATE_USER });
  return new AuroraMigrations(stack, 'Migrations', { database: target, directory, vpc: network });
}

function variablesOf(template: Template): unknown {
  const functions = template.findResources('AWS::Lambda::Function', { Properties: { Handler: 'index.handler' } });
  const [migrations] = Object.values(functions) as { Properties: { Environment: { Variables: object } } }[];
  return migrations!.Properties.Environment.Variables;
}

function proxyOf(options: Partial<rds.DatabaseProxyOptions> = {}): rds.DatabaseProxy {
  return new rds.DatabaseProxy(stack, 'Proxy', {
    proxyTarget: rds.ProxyTarget.fromCluster(cluster),
    secrets: [cluster.secret!],
    vpc,
    ...options,
  });
}

describe('a proxy', () => {
  test('of this app is the host, and the cluster behind it says all else', () => {
    const migrations = migrate(DatabaseTarget.proxy(proxyOf(), { databaseName: 'app' }));
    migrations.executeBefore(new CfnResource(stack, 'Api', { type: 'Test::Api' }));

    const template = Template.fromStack(stack);
    expect(variablesOf(template)).toMatchObject({
      DATABASE_HOST: { 'Fn::GetAtt': ['ProxyCB0DFB71', 'Endpoint'] },
      DATABASE_PORT: '3306',
      DATABASE_NAME: 'app',
      DATABASE_SECRET_ARN: { Ref: 'ClusterSecretAttachment769E6258' },
    });
    // The same as without the proxy: to put one in between does not make another database of it.
    expect(onlyOfType(template, RESOURCE_TYPE)['Database']).toEqual({
      'Fn::Join': ['', [{ 'Fn::GetAtt': ['ClusterEB0386A7', 'DBClusterResourceId'] }, '/app']],
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: { 'Fn::GetAtt': ['ProxyProxySecurityGroupC42FC3CE', 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': ['MigrationsSecurityGroupFFB12746', 'GroupId'] },
      FromPort: 3306,
    });
    Annotations.fromStack(stack).hasNoWarning('/Stack/Migrations', Match.anyValue());
  });

  test('is waited for with its targets, its rights, its way to the cluster, and the cluster’s instances', () => {
    migrate(DatabaseTarget.proxy(proxyOf(), { databaseName: 'app' }));

    const template = Template.fromStack(stack).toJSON() as TemplateJson;
    const graph = new TemplateGraph(template);
    const before = graph.before(graph.ofType(RESOURCE_TYPE)[0]!);
    const needed = Object.keys(template.Resources).filter((id) => /^(Proxy|Cluster)/.test(id));
    expect(needed.filter((id) => !before.has(id))).toEqual([]);
    expect(needed.filter((id) => /TargetGroup|IAMRoleDefaultPolicy|SecurityGroupfrom|Writer|Reader/.test(id))).toEqual([
      expect.stringContaining('ClusterSecurityGroupfrom'),
      expect.stringContaining('Writer'),
      expect.stringContaining('Reader'),
      expect.stringContaining('ProxyIAMRoleDefaultPolicy'),
      expect.stringContaining('SecurityGroupfrom'),
      expect.stringContaining('ProxyTargetGroup'),
    ]);
    expect(graph.circular()).toEqual([]);
  });

  test('does not wait for an application that it lets in and that waits for the migrations', () => {
    const proxy = proxyOf();
    const migrations = migrate(DatabaseTarget.proxy(proxy, { databaseName: 'app' }));
    const api = new ec2.SecurityGroup(stack, 'Api', { vpc });
    proxy.connections.allowFrom(api, ec2.Port.tcp(3306));
    migrations.executeBefore(api);

    const template = Template.fromStack(stack, { skipCyclicalDependenciesCheck: true }).toJSON() as TemplateJson;
    expect(new TemplateGraph(template).circular()).toEqual([]);
  });

  test('before an instance is known too', () => {
    const instance = new rds.DatabaseInstance(stack, 'Instance', {
      engine: rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_7 }),
      vpc,
      databaseName: 'shop',
    });
    const proxy = new rds.DatabaseProxy(stack, 'Proxy', {
      proxyTarget: rds.ProxyTarget.fromInstance(instance),
      secrets: [instance.secret!],
      vpc,
    });
    migrate(DatabaseTarget.proxy(proxy));

    expect(onlyOfType(Template.fromStack(stack), RESOURCE_TYPE)['Database']).toEqual({
      'Fn::Join': ['', [{ 'Fn::GetAtt': ['InstanceC1063A87', 'DbiResourceId'] }, '/shop']],
    });
  });

  test('that takes tokens is connected to as its own user, and not as the cluster’s', () => {
    migrate(DatabaseTarget.proxy(proxyOf({ iamAuth: true }), { databaseName: 'app', iamUser: 'migrator' }));

    const template = Template.fromStack(stack);
    expect(variablesOf(template)).toMatchObject({ DATABASE_IAM_USER: 'migrator' });
    expect(variablesOf(template)).not.toHaveProperty('DATABASE_SECRET_ARN');
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          {
            Effect: 'Allow',
            Action: 'rds-db:connect',
            Resource: {
              'Fn::Join': [
                '',
                [
                  'arn:',
                  { Ref: 'AWS::Partition' },
                  ':rds-db:',
                  { Ref: 'AWS::Region' },
                  ':',
                  { Ref: 'AWS::AccountId' },
                  ':dbuser:',
                  { 'Fn::Select': [6, { 'Fn::Split': [':', { 'Fn::GetAtt': ['ProxyCB0DFB71', 'DBProxyArn'] }] }] },
                  '/migrator',
                ],
              ],
            },
          },
        ]),
      }),
    });
  });

  test('that is imported is known by what is given', () => {
    const proxy = rds.DatabaseProxy.fromDatabaseProxyAttributes(stack, 'Imported', {
      dbProxyName: 'orders',
      dbProxyArn: 'arn:aws:rds:eu-central-1:111122223333:db-proxy:prx-1',
      endpoint: 'orders.proxy.example.com',
      securityGroups: [],
    });
    const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-12345678')];
    migrate(DatabaseTarget.proxy(proxy, { databaseName: 'shop', iamUser: 'migrator', securityGroups }), vpc);

    const template = Template.fromStack(stack);
    expect(variablesOf(template)).toMatchObject({ DATABASE_HOST: 'orders.proxy.example.com', DATABASE_PORT: '3306' });
    expect(onlyOfType(template, RESOURCE_TYPE)['Database']).toBe('orders/shop');
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).toContain(':dbuser:prx-1/migrator');
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-12345678', FromPort: 3306 });
  });

  test.each<[string, () => DatabaseTarget, string]>([
    [
      'no name of a database',
      () => {
        (cluster.node.defaultChild as rds.CfnDBCluster).databaseName = undefined;
        return DatabaseTarget.proxy(proxyOf());
      },
      'database-name-unknown',
    ],
    [
      'a user for tokens where it takes none',
      () => DatabaseTarget.proxy(proxyOf(), { databaseName: 'app', iamUser: 'migrator' }),
      'iam-authentication-off',
    ],
    [
      'no user for tokens where it takes nothing else',
      () => DatabaseTarget.proxy(proxyOf({ iamAuth: true }), { databaseName: 'app' }),
      'iam-authentication-required',
    ],
  ])('with %s is an error', (_, target, code) => {
    expect(thrownBy(() => migrate(target()))).toMatchObject({ code, constructPath: 'Stack/Migrations' });
  });
});

describe('a database known by its secret', () => {
  const secretNamed = (): secretsmanager.ISecret =>
    secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'orders/admin');

  test('is reached at the given place, and let in where its groups are given', () => {
    const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-12345678')];
    const options = { host: 'orders.example.com', port: 3307, databaseName: 'shop', securityGroups };
    const migrations = migrate(DatabaseTarget.secret(secretNamed(), options), vpc);
    migrations.executeBefore(new CfnResource(stack, 'Api', { type: 'Test::Api' }));

    const template = Template.fromStack(stack);
    expect(variablesOf(template)).toMatchObject({
      DATABASE_HOST: 'orders.example.com',
      DATABASE_PORT: '3307',
      DATABASE_NAME: 'shop',
    });
    expect(onlyOfType(template, RESOURCE_TYPE)['Database']).toBe('orders.example.com:3307/shop');
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-12345678', FromPort: 3307 });
    Annotations.fromStack(stack).hasNoWarning('/Stack/Migrations', Match.anyValue());
  });

  test('has MySQL’s port where none is given, and a warning where its groups are not known', () => {
    migrate(DatabaseTarget.secret(secretNamed(), { host: 'orders.example.com', databaseName: 'shop' }), vpc);

    expect(variablesOf(Template.fromStack(stack))).toMatchObject({ DATABASE_PORT: '3306' });
    Annotations.fromStack(stack).hasWarning(
      '/Stack/Migrations',
      Match.stringLikeRegexp(
        'groups of the imported database are not known.* known by its secret in the options of Data',
      ),
    );
  });

  // Before there is an instance nothing answers at the cluster's endpoint, and the first deployment would fail.
  test.each<[string, () => Parameters<typeof migrateAt>, readonly string[]]>([
    ['a cluster’s construct', () => [cluster.clusterEndpoint.hostname], ['ClusterWriter', 'ClusterReader']],
    [
      'a cluster’s resource',
      () => {
        const bare = new rds.CfnDBCluster(stack, 'Bare', { engine: 'aurora-mysql' });
        const dbClusterIdentifier = bare.ref;
        new rds.CfnDBInstance(stack, 'BareWriter', { engine: 'aurora-mysql', dbClusterIdentifier });
        return [bare.attrEndpointAddress, attachedTo(bare, 'AWS::RDS::DBCluster')];
      },
      ['BareWriter', 'BareAttachment'],
    ],
    [
      'an instance’s resource',
      () => {
        const bare = new rds.CfnDBInstance(stack, 'Bare', { engine: 'mysql' });
        return [bare.attrEndpointAddress, attachedTo(bare, 'AWS::RDS::DBInstance')];
      },
      ['BareAttachment'],
    ],
  ])('waits for the instances and the secret of its host where that is of %s', (_, make, awaited) => {
    migrateAt(...make());
    const graph = new TemplateGraph(Template.fromStack(stack).toJSON() as TemplateJson);
    const before = [...graph.before(graph.ofType(RESOURCE_TYPE)[0]!)];
    expect(awaited.filter((id) => !before.some((each) => each.startsWith(id)))).toEqual([]);
  });

  function migrateAt(host: string, secret = secretNamed()): AuroraMigrations {
    return migrate(DatabaseTarget.secret(secret, { host, databaseName: 'app' }), vpc);
  }

  function attachedTo({ ref: targetId }: CfnResource, targetType: string): secretsmanager.ISecret {
    const secret = new secretsmanager.Secret(stack, 'BareSecret');
    const properties = { secretId: secret.secretArn, targetId, targetType };
    new secretsmanager.CfnSecretTargetAttachment(stack, 'BareAttachment', properties);
    return secret;
  }

  test.each([
    ['host-invalid', { host: 'mysql://orders.example.com:3306/shop', databaseName: 'shop' }],
    ['database-name-invalid', { host: 'orders.example.com', databaseName: 'mysql' }],
    ['port-invalid', { host: 'orders.example.com', databaseName: 'shop', port: 0 }],
    ['vpc-unknown', { host: 'orders.example.com', databaseName: 'shop' }],
  ])('is refused with the code %s', (code, options) => {
    expect(thrownBy(() => migrate(DatabaseTarget.secret(secretNamed(), options)))).toMatchObject({ code });
  });

  test('is refused where there is no secret, as of a cluster that was made with a password', () => {
    const credentials = rds.Credentials.fromPassword('admin', SecretValue.unsafePlainText('secret'));
    const { secret } = new rds.DatabaseInstance(stack, 'Instance', {
      engine: rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_0 }),
      vpc,
      credentials,
    });
    const options = { host: 'orders.example.com', databaseName: 'shop' };
    expect(thrownBy(() => migrate(DatabaseTarget.secret(secret!, options), vpc))).toMatchObject({
      code: 'secret-unknown',
      message: expect.stringContaining('DatabaseTarget.secret was given no secret'),
    });
  });
});
