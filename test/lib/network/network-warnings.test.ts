import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { DatabaseTarget } from '../../../lib';
import { fakePackage } from '../fake-package';
import { ISOLATED, migrate, networkAnnotations, S3, SECRETS, vpcIn } from './network-stack';
import { emptyApp, stackUnderTest } from '../stack-under-test';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

let stack: Stack;

beforeEach(() => {
  stack = new Stack(emptyApp(), 'Stack');
});

describe('what is missing is named at synth', () => {
  test('in isolated subnets: endpoints for S3 and Secrets Manager, with the subnets and what to do', () => {
    migrate(stack, vpcIn(stack, ISOLATED));

    expect(networkAnnotations(stack)).toEqual(['no-way-to-s3', 'no-way-to-secrets-manager']);
    for (const text of [
      'there is no way to S3, where CloudFormation takes the answers.* from Stack/Vpc/IsolatedSubnet1, Stack/Vpc/IsolatedSubnet2 of the VPC Stack/Vpc: add a gateway endpoint for S3 .*, or a NAT gateway, or set addEndpoints: true',
      'there is no way to Secrets Manager.*: add an interface endpoint for Secrets Manager with private DNS there',
    ]) {
      Annotations.fromStack(stack).hasWarning('/Stack/Migrations', Match.stringLikeRegexp(text));
    }
  });

  test('nothing where there is NAT', () => {
    const { stack: withNat } = stackUnderTest();

    expect(networkAnnotations(withNat)).toEqual([]);
  });

  test('also where another stack has all of it in a VPC with the same logical id', () => {
    const app = emptyApp();
    const [first, second] = ['First', 'Second'].map((id) => new Stack(app, id)) as [Stack, Stack];
    const vpc = vpcIn(first, ISOLATED);
    vpc.addGatewayEndpoint('S3', S3);
    vpc.addInterfaceEndpoint('Secrets', SECRETS);
    for (const stack of [first, second]) migrate(stack, stack === first ? vpc : vpcIn(stack, ISOLATED));
    expect(networkAnnotations(first)).toEqual([]);
    expect(networkAnnotations(second)).toEqual(['no-way-to-s3', 'no-way-to-secrets-manager']);
  });

  test('nothing where the endpoints are added in a later line', () => {
    const vpc = vpcIn(stack, ISOLATED);
    migrate(stack, vpc);
    vpc.addGatewayEndpoint('S3', S3);
    vpc.addInterfaceEndpoint('Secrets', SECRETS);

    expect(networkAnnotations(stack)).toEqual([]);
  });

  test.each<[string, (vpc: ec2.Vpc) => unknown, string[]]>([
    ['S3 alone', (vpc) => vpc.addInterfaceEndpoint('Secrets', SECRETS), ['no-way-to-s3']],
    ['Secrets Manager alone', (vpc) => vpc.addGatewayEndpoint('S3', S3), ['no-way-to-secrets-manager']],
    [
      'S3 where its endpoint has the routes of other subnets',
      (vpc) => [
        vpc.addGatewayEndpoint('S3', { ...S3, subnets: [{ subnets: [vpc.isolatedSubnets[0]!] }] }),
        vpc.addInterfaceEndpoint('Secrets', SECRETS),
      ],
      ['no-way-to-s3'],
    ],
    [
      'Secrets Manager where its endpoint has no private DNS',
      (vpc) => [
        vpc.addGatewayEndpoint('S3', S3),
        vpc.addInterfaceEndpoint('Secrets', { ...SECRETS, privateDnsEnabled: false }),
      ],
      ['no-way-to-secrets-manager'],
    ],
    [
      'both where the endpoints are those of another VPC',
      () => {
        const other = new ec2.Vpc(stack, 'Other');
        return [other.addGatewayEndpoint('S3', S3), other.addInterfaceEndpoint('Secrets', SECRETS)];
      },
      ['no-way-to-s3', 'no-way-to-secrets-manager'],
    ],
  ])('%s', (_, add, expected) => {
    const vpc = vpcIn(stack, ISOLATED);
    add(vpc);
    migrate(stack, vpc);

    expect(networkAnnotations(stack)).toEqual(expected);
  });

  test('a function that logs in by IAM needs no way to Secrets Manager', () => {
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      clusterIdentifier: 'orders',
      clusterResourceIdentifier: 'cluster-ABC',
      clusterEndpointAddress: 'orders.example.com',
      port: 3306,
    });
    const vpc = vpcIn(stack, ISOLATED);
    migrate(stack, vpc, { database: DatabaseTarget.cluster(cluster, { databaseName: 'app', iamUser: 'migrator' }) });

    expect(networkAnnotations(stack)).toEqual(['no-way-to-s3']);
  });

  test('of an imported VPC only what may be missing, and nothing where its subnets are said to have a way out', () => {
    const attributes = { vpcId: 'vpc-1', availabilityZones: ['a'] };
    migrate(
      stack,
      ec2.Vpc.fromVpcAttributes(stack, 'Isolated', {
        ...attributes,
        isolatedSubnetIds: ['subnet-1'],
        isolatedSubnetRouteTableIds: ['rtb-1'],
      }),
    );
    migrate(
      stack,
      ec2.Vpc.fromVpcAttributes(stack, 'Private', {
        ...attributes,
        privateSubnetIds: ['subnet-2'],
        privateSubnetRouteTableIds: ['rtb-2'],
      }),
      {},
      'Second',
    );

    expect(networkAnnotations(stack)).toEqual(['way-to-s3-unknown', 'way-to-secrets-manager-unknown']);
    expect(networkAnnotations(stack, 'Second')).toEqual([]);
  });
});

describe('an endpoint that does not let the function in', () => {
  const closed = (vpc: ec2.Vpc): ec2.InterfaceVpcEndpoint =>
    vpc.addInterfaceEndpoint('Secrets', { ...SECRETS, open: false });

  test('is a warning that says how to let it in, also where there is NAT', () => {
    for (const natGateways of [0, 1]) {
      stack = new Stack(emptyApp(), 'Stack');
      const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways });
      closed(vpc).connections.allowDefaultPortFrom(new ec2.SecurityGroup(stack, 'Others', { vpc }));
      migrate(stack, vpc);
      Annotations.fromStack(stack).hasWarning(
        '/Stack/Migrations',
        Match.stringLikeRegexp('VPC endpoint Stack/Vpc/Secrets, .* connections.allowDefaultPortFrom .*endpoint-closed'),
      );
    }
  });

  test('is a warning where only another construct has added it', () => {
    const vpc = vpcIn(stack, ISOLATED);
    migrate(stack, vpc);
    migrate(stack, vpc, { addEndpoints: true }, 'Second');
    const text = Match.stringLikeRegexp('set addEndpoints: true here too.*endpoint-closed');
    Annotations.fromStack(stack).hasWarning('/Stack/Migrations', text);
    Annotations.fromStack(stack).hasNoWarning('/Stack/Second', Match.stringLikeRegexp('endpoint-closed'));
  });

  test.each<[string, (vpc: ec2.Vpc) => unknown]>([
    ['is open', (vpc) => vpc.addInterfaceEndpoint('Secrets', SECRETS)],
    [
      'lets it in in a later line',
      (vpc) => closed(vpc).connections.allowDefaultPortFrom(migrate(stack, vpc, {}, 'Own')),
    ],
    ['lets addresses in', (vpc) => closed(vpc).connections.allowDefaultPortFrom(ec2.Peer.ipv4('10.0.0.0/16'))],
    [
      'has a group that is imported',
      (vpc) =>
        vpc.addInterfaceEndpoint('Secrets', {
          ...{ ...SECRETS, open: false },
          securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Theirs', 'sg-87654321')],
        }),
    ],
    [
      'has no private name',
      (vpc) => vpc.addInterfaceEndpoint('Secrets', { ...SECRETS, open: false, privateDnsEnabled: false }),
    ],
    [
      'has another service',
      (vpc) => vpc.addInterfaceEndpoint('Kms', { service: ec2.InterfaceVpcEndpointAwsService.KMS, open: false }),
    ],
  ])('is not said of one that %s', (_, add) => {
    const vpc = vpcIn(stack, ISOLATED);
    add(vpc);
    const id = stack.node.tryFindChild('Own') === undefined ? 'Migrations' : 'Own';
    if (id === 'Migrations') migrate(stack, vpc);
    Annotations.fromStack(stack).hasNoWarning(`/Stack/${id}`, Match.stringLikeRegexp('endpoint-closed'));
  });
});
