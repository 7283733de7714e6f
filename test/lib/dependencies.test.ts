import { type App, CfnResource, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { AuroraMigrations, DatabaseTarget } from '../../lib';
import { RESOURCE_TYPE } from '../../lambda/contract';
import { fakePackage } from './fake-package';
import { CREATE_USER, migrationFolder } from './source/migration-folder';
import { database, emptyApp, migrationsOf, stackUnderTest } from './stack-under-test';
import { TemplateGraph, type TemplateJson } from './stack/template-graph';

jest.mock('../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

function graphOf(stack: Stack): TemplateGraph {
  // Not Template.fromStack(): it refuses circular templates, which we want to see.
  return new TemplateGraph(Template.fromStack(stack, { skipCyclicalDependenciesCheck: true }).toJSON() as TemplateJson);
}

function functionIn(scope: Construct, id: string, vpc?: ec2.IVpc): lambda.Function {
  return new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
    vpc,
  });
}

/** Types of which every resource in the stack under test is needed by the function, from Create to Delete. */
const NEEDED_TYPES = [
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::RDS::DBSubnetGroup',
  'AWS::SecretsManager::Secret',
  'AWS::SecretsManager::SecretTargetAttachment',
  'AWS::IAM::Role',
  'AWS::IAM::Policy',
  'AWS::Logs::LogGroup',
  'AWS::Lambda::Function',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::Events::Rule',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::NatGateway',
  'AWS::EC2::VPCGatewayAttachment',
];

test('at Create all that the function needs is there, and at Delete nothing of it is gone', () => {
  // GIVEN endpoints that come after the construct, as in many stacks
  const { stack, vpc, migrations } = stackUnderTest();
  vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
  const secrets = new ec2.InterfaceVpcEndpoint(stack, 'Secrets', {
    vpc,
    service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    open: false,
  });
  secrets.connections.allowDefaultPortFrom(migrations);

  // WHEN
  const graph = graphOf(stack);
  const [resource] = graph.ofType(RESOURCE_TYPE) as [string];

  // THEN
  const before = graph.before(resource);
  expect(NEEDED_TYPES.flatMap((type) => graph.ofType(type)).filter((id) => !before.has(id))).toEqual([]);
  expect([...before].filter((id) => /PrivateSubnet\d(RouteTableAssociation|DefaultRoute)/.test(id))).toHaveLength(4);
  expect(NEEDED_TYPES.every((type) => graph.ofType(type).length > 0)).toBe(true);
  // The same the other way round: CloudFormation deletes in the reverse order.
  for (const id of before) {
    expect(graph.after(id)).toContain(resource);
  }
  expect(graph.circular()).toEqual([]);
});

test('nothing else is waited for: the application’s function, its endpoint and their rules', () => {
  const { stack, vpc, cluster, migrations } = stackUnderTest();
  const api = functionIn(stack, 'Api', vpc);
  cluster.connections.allowDefaultPortFrom(api);
  const queue = vpc.addInterfaceEndpoint('Queue', { service: ec2.InterfaceVpcEndpointAwsService.SQS });
  queue.connections.allowDefaultPortFrom(api);
  migrations.executeBefore(api, queue);

  const graph = graphOf(stack);

  expect(graph.circular()).toEqual([]);
  const before = graph.before(graph.ofType(RESOURCE_TYPE)[0]!);
  expect([...before].filter((id) => /Api|Queue/.test(id))).toEqual([]);
});

test('executeBefore makes every resource of the given constructs wait, executeAfter the migrations', () => {
  const { stack, migrations } = stackUnderTest();
  const service = new Construct(stack, 'Service');
  functionIn(service, 'Api');
  functionIn(service, 'Worker');
  const earlier = new CfnResource(stack, 'Earlier', { type: 'Test::Earlier' });
  migrations.executeBefore(service);
  migrations.executeAfter(earlier);

  const graph = graphOf(stack);
  const [resource] = graph.ofType(RESOURCE_TYPE) as [string];

  const waiting = Object.keys((Template.fromStack(stack).toJSON() as TemplateJson).Resources).filter((id) =>
    id.startsWith('Service'),
  );
  expect(waiting).toHaveLength(4);
  expect(waiting.filter((id) => !graph.after(resource).has(id))).toEqual([]);
  expect(graph.before(resource)).toContain('Earlier');
});

test('a function in the scope of the VPC can wait', () => {
  const { stack, vpc, migrations } = stackUnderTest();
  const api = functionIn(vpc, 'Api', vpc);
  migrations.executeBefore(api);

  const graph = graphOf(stack);

  expect(graph.circular()).toEqual([]);
  expect([...graph.after(graph.ofType(RESOURCE_TYPE)[0]!)].some((id) => id.startsWith('VpcApi'))).toBe(true);
});

test('two databases of one cluster are migrated one after the other where executeAfter says so', () => {
  const { stack, cluster, migrations } = stackUnderTest();
  const second = new AuroraMigrations(stack, 'Reporting', {
    database: DatabaseTarget.cluster(cluster, { databaseName: 'reporting' }),
    directory: migrationFolder({ '0001_a.sql': CREATE_USER }),
  });
  second.executeAfter(migrations);

  const graph = graphOf(stack);

  expect(graph.circular()).toEqual([]);
  expect(graph.after(graph.ofType(RESOURCE_TYPE).find((id) => id.startsWith('Migrations'))!)).toContain(
    graph.ofType(RESOURCE_TYPE).find((id) => id.startsWith('Reporting')),
  );
});

test('executeBefore also holds the other migrations as a whole', () => {
  const { stack, cluster, migrations } = stackUnderTest();
  const second = new AuroraMigrations(stack, 'Reporting', {
    database: DatabaseTarget.cluster(cluster, { databaseName: 'reporting' }),
    directory: migrationFolder({ '0001_a.sql': CREATE_USER }),
  });
  migrations.executeBefore(second);

  expect(graphOf(stack).circular()).toEqual([]);
});

test('what the migrations need cannot wait for them', () => {
  const { stack, cluster, vpc, migrations } = stackUnderTest();
  migrations.executeBefore(cluster, vpc, migrations);

  const synthesize = (): unknown => (stack.node.root as App).synth();

  expect(synthesize).toThrow(
    /executeBefore was given Stack\/Cluster, which holds Stack\/Cluster\/\S+ that the migrations need themselves/,
  );
  expect(synthesize).toThrow(/executeBefore was given Stack\/Vpc, which holds/);
  expect(synthesize).toThrow(/executeBefore was given Stack\/Migrations, which the migrations need themselves/);
});

describe('over several stacks', () => {
  test('a cluster in another stack is waited for, and its stack does not wait for ours', () => {
    const app = emptyApp();
    const network = new Stack(app, 'Network');
    const { cluster } = database(network);
    const stack = new Stack(app, 'Stack');
    migrationsOf(stack, cluster);

    app.synth();

    expect(stack.dependencies).toContain(network);
    expect(network.dependencies).toEqual([]);
    expect(graphOf(stack).circular()).toEqual([]);
  });

  test('an endpoint in a stack that comes later is not waited for', () => {
    const app = emptyApp();
    const network = new Stack(app, 'Network');
    const { vpc, cluster } = database(network);
    const stack = new Stack(app, 'Stack');
    const later = new Stack(app, 'Later');
    later.addStackDependency(stack);
    migrationsOf(stack, cluster);
    new ec2.GatewayVpcEndpoint(later, 'S3', { vpc, service: ec2.GatewayVpcEndpointAwsService.S3 });

    expect(() => app.synth()).not.toThrow();
  });

  test('a nested stack waits as a whole for the endpoint of its parent', () => {
    const parent = new Stack(emptyApp(), 'Parent');
    const { vpc, cluster } = database(parent);
    const nested = new NestedStack(parent, 'Nested');
    migrationsOf(nested, cluster);
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });

    const graph = graphOf(parent);

    expect(graph.circular()).toEqual([]);
    const before = graph.before(graph.ofType('AWS::CloudFormation::Stack')[0]!);
    for (const type of ['AWS::EC2::VPCEndpoint', 'AWS::RDS::DBInstance']) {
      expect(graph.ofType(type).every((id) => before.has(id))).toBe(true);
    }
  });
});
