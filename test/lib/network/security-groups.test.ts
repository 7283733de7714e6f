import { type App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { RESOURCE_TYPE } from '../../../lambda/contract';
import { AuroraMigrations, type AuroraMigrationsProps, DatabaseTarget } from '../../../lib';
import { fakePackage } from '../fake-package';
import { CREATE_USER, migrationFolder } from '../source/migration-folder';
import { database, emptyApp, migrationsOf } from '../stack-under-test';
import { TemplateGraph, type TemplateJson } from '../stack/template-graph';
import { warningsOn } from '../synth-messages';
import { ISOLATED, endpointsIn, migrate, vpcIn } from './network-stack';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

interface Rule {
  readonly GroupId: unknown;
  readonly [other: string]: unknown;
}

function rulesIn(stack: Stack, kind: 'Ingress' | 'Egress'): readonly Rule[] {
  const rules = Template.fromStack(stack).findResources(`AWS::EC2::SecurityGroup${kind}`);
  return Object.values(rules).map(({ Properties }) => Properties as Rule);
}

describe('a group of the stack of the VPC, a cluster in a second stack', () => {
  let app: App;
  let network: Stack;
  let data: Stack;
  let vpc: ec2.Vpc;
  let cluster: rds.DatabaseCluster;

  beforeEach(() => {
    app = emptyApp();
    network = new Stack(app, 'Network');
    vpc = new ec2.Vpc(network, 'Vpc', { natGateways: 1 });
    data = new Stack(app, 'Data');
    cluster = new rds.DatabaseCluster(data, 'Cluster', {
      engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_10_4 }),
      writer: rds.ClusterInstance.serverlessV2('Writer'),
      vpc,
      defaultDatabaseName: 'app',
    });
  });

  const groupIn = (scope: Construct, allowAllOutbound: boolean): ec2.SecurityGroup =>
    new ec2.SecurityGroup(scope, 'Group', { vpc, allowAllOutbound });

  function migrateIn(stack: Stack, props: Partial<AuroraMigrationsProps>, databaseName = 'app'): AuroraMigrations {
    return new AuroraMigrations(stack, databaseName, {
      database: DatabaseTarget.cluster(cluster, { databaseName }),
      directory: migrationFolder({ '0001_a.sql': CREATE_USER }),
      ...props,
    });
  }

  test.each(['a third', 'the second'])('is let in without a circle of stacks; the migrations are in %s', (which) => {
    const group = groupIn(network, true);
    const stack = which === 'a third' ? new Stack(app, 'Stack') : data;
    migrateIn(stack, { securityGroups: [group] });

    const [rule, ...others] = rulesIn(data, 'Ingress');
    expect(others).toEqual([]);
    expect(rule).toMatchObject({
      GroupId: { 'Fn::GetAtt': [expect.stringMatching(/^ClusterSecurityGroup/), 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::ImportValue': expect.stringMatching(/^Network:.*Group/) },
    });
    expect([network, data].flatMap((stack) => rulesIn(stack, 'Egress'))).toEqual([]);
    expect(network.dependencies).toEqual([]);
  });

  test('is let out too where it lets nothing out by itself, to the database and by HTTPS', () => {
    const group = groupIn(network, false);
    migrateIn(new Stack(app, 'Stack'), { securityGroups: [group] });

    expect(rulesIn(data, 'Egress')).toEqual([
      expect.objectContaining({
        GroupId: { 'Fn::ImportValue': expect.stringMatching(/^Network:.*Group/) },
        DestinationSecurityGroupId: { 'Fn::GetAtt': [expect.stringMatching(/^ClusterSecurityGroup/), 'GroupId'] },
      }),
    ]);
    Template.fromStack(network).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })],
    });
  });

  test('has one rule for the migrations of two stacks: EC2 refuses the same twice', () => {
    const securityGroups = [groupIn(network, false)];
    migrateIn(new Stack(app, 'First'), { securityGroups });
    migrateIn(new Stack(app, 'Second'), { securityGroups }, 'reporting');
    expect(rulesIn(data, 'Ingress')).toHaveLength(1);
    expect(rulesIn(data, 'Egress')).toHaveLength(1);
  });

  test('is waited for with its rules, where both are in one stack', () => {
    migrateIn(data, { securityGroups: [groupIn(network, false)] });
    const graph = new TemplateGraph(Template.fromStack(data).toJSON() as TemplateJson);
    const before = graph.before(graph.ofType(RESOURCE_TYPE)[0]!);
    const rules = [...graph.ofType('AWS::EC2::SecurityGroupIngress'), ...graph.ofType('AWS::EC2::SecurityGroupEgress')];
    expect(rules.filter((id) => !before.has(id))).toEqual([]);
    expect(rules).toHaveLength(2);
  });

  test('keeps its rules in its own stack where that is the migrations’', () => {
    const stack = new Stack(app, 'Stack');
    migrateIn(stack, { securityGroups: [groupIn(stack, false)] });
    expect(rulesIn(stack, 'Ingress')).toHaveLength(1);
    expect(rulesIn(stack, 'Egress')).toHaveLength(1);
    expect(rulesIn(data, 'Ingress')).toEqual([]);
  });

  test('may reach the endpoints that addEndpoints adds in the migrations’ stack', () => {
    app = emptyApp();
    network = new Stack(app, 'Network');
    const isolated = vpcIn(network, ISOLATED);
    const group = new ec2.SecurityGroup(network, 'Group', { vpc: isolated });
    const stack = new Stack(app, 'Stack');
    migrate(stack, isolated, { addEndpoints: true, securityGroups: [group] });

    expect(Object.keys(endpointsIn(Template.fromStack(stack)))).toHaveLength(2);
    expect(rulesIn(stack, 'Ingress')).toContainEqual(
      expect.objectContaining({
        FromPort: 443,
        SourceSecurityGroupId: { 'Fn::ImportValue': expect.stringMatching(/^Network:.*Group/) },
      }),
    );
    expect(network.dependencies).toEqual([]);
  });
});

describe('given groups', () => {
  function egressOf(group: ec2.SecurityGroup): unknown {
    const stack = Stack.of(group);
    const groups = Template.fromStack(stack).findResources('AWS::EC2::SecurityGroup') as Readonly<
      Record<string, { readonly Properties: { readonly SecurityGroupEgress: unknown } }>
    >;
    return groups[stack.getLogicalId(group.node.defaultChild as ec2.CfnSecurityGroup)]!.Properties.SecurityGroupEgress;
  }

  const HTTPS = expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }) as unknown;

  test.each<[string, readonly boolean[], (group: ec2.SecurityGroup) => void]>([
    ['are let out by HTTPS where none lets all out', [false], (group) => expect(egressOf(group)).toEqual([HTTPS])],
    ['stay as they are where one lets all out', [false, true], (group) => expect(egressOf(group)).toBeUndefined()],
  ])('%s', (_, outbounds, check) => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { vpc, cluster } = database(stack);
    const securityGroups = outbounds.map(
      (allowAllOutbound, index) => new ec2.SecurityGroup(stack, `Group${index}`, { vpc, allowAllOutbound }),
    );
    migrationsOf(stack, cluster, { securityGroups });
    check(securityGroups[0]!);
  });

  test('that are imported stay as they are, and a warning says what they must have', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { cluster } = database(stack);
    const group = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1', { allowAllOutbound: false });
    const migrations = migrationsOf(stack, cluster, { securityGroups: [group] });
    expect(warningsOn(migrations)['way-out-unknown']).toContain(
      'Stack/Group are imported with allowAllOutbound: false',
    );
    // What the CDK itself adds for the database.
    expect(rulesIn(stack, 'Egress').map(({ CidrIp }) => CidrIp)).toEqual([undefined]);
  });

  test('are let out to a database whose groups are not known', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const group = new ec2.SecurityGroup(stack, 'Group', { vpc, allowAllOutbound: false });
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      clusterIdentifier: 'orders',
      clusterEndpointAddress: 'orders.example.com',
      port: 3307,
    });
    migrate(stack, vpc, {
      database: DatabaseTarget.cluster(cluster, {
        databaseName: 'app',
        secret: secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'orders/admin'),
      }),
      securityGroups: [group],
    });
    expect(egressOf(group)).toEqual([HTTPS, expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 3307 })]);
  });
});
