import { type App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { RESOURCE_TYPE } from '../../../lambda/contract';
import { fakePackage } from '../fake-package';
import { endpointsIn, ISOLATED, migrate, networkAnnotations, PUBLIC, S3, SECRETS, vpcIn } from './network-stack';
import { emptyApp, stackUnderTest } from '../stack-under-test';
import { TemplateGraph, type TemplateJson } from '../stack/template-graph';
import { thrownBy } from '../thrown-by';

jest.mock('../../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const RESPONSE_BUCKET = {
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':s3:::cloudformation-custom-resource-response-',
      { 'Fn::Join': ['', { 'Fn::Split': ['-', { Ref: 'AWS::Region' }] }] },
      '/*',
    ],
  ],
};

let app: App;
let stack: Stack;

beforeEach(() => {
  app = emptyApp();
  stack = new Stack(app, 'Stack');
});

describe('addEndpoints', () => {
  test('adds both, for the answers to CloudFormation, the secret and this function only, and they are waited for', () => {
    migrate(stack, vpcIn(stack, ISOLATED), { addEndpoints: true });

    const template = Template.fromStack(stack);
    const endpoints = Object.values(endpointsIn(template));
    expect(endpoints).toHaveLength(2);
    const [s3, secrets] = endpoints as [Record<string, unknown>, Record<string, unknown>];
    expect(s3['RouteTableIds']).toHaveLength(2);
    expect(s3['PolicyDocument']).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AnswersToCloudFormation',
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: 's3:PutObject',
          Resource: RESPONSE_BUCKET,
        },
      ],
    });
    expect(secrets).toMatchObject({ PrivateDnsEnabled: true, VpcEndpointType: 'Interface' });
    expect(secrets['PolicyDocument']).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: 'secretsmanager:GetSecretValue',
          Resource: {
            'Fn::Join': [
              '',
              [
                'arn:',
                { Ref: 'AWS::Partition' },
                ':secretsmanager:',
                { Ref: 'AWS::Region' },
                ':',
                { Ref: 'AWS::AccountId' },
                ':secret:Migrations/admin-??????',
              ],
            ],
          },
        },
      ],
    });
    const doors = template.findResources('AWS::EC2::SecurityGroupIngress', { Properties: { ToPort: 443 } });
    expect(Object.keys(doors)).toHaveLength(1);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: Match.stringLikeRegexp('SecretsManager'),
      SecurityGroupIngress: Match.absent(),
    });

    const graph = new TemplateGraph(template.toJSON() as TemplateJson);
    const before = graph.before(graph.ofType(RESOURCE_TYPE)[0]!);
    expect([...graph.ofType('AWS::EC2::VPCEndpoint'), ...Object.keys(doors)].filter((id) => !before.has(id))).toEqual(
      [],
    );
    expect(graph.circular()).toEqual([]);
    expect(networkAnnotations(stack)).toEqual([]);
  });

  test('adds each one once for two constructs in one VPC, and lets both in', () => {
    const vpc = vpcIn(stack, ISOLATED);
    const first = migrate(stack, vpc, { addEndpoints: true });
    first.executeBefore(migrate(stack, vpc, { addEndpoints: true }, 'Second'));

    const template = Template.fromStack(stack);
    expect(new TemplateGraph(template.toJSON() as TemplateJson).circular()).toEqual([]);
    const endpoints = Object.values(endpointsIn(template));
    expect(endpoints).toHaveLength(2);
    const policy = endpoints[1]!['PolicyDocument'] as { Statement: readonly unknown[] };
    expect(policy.Statement.map((statement) => /secret:(\w+)/.exec(JSON.stringify(statement))?.[1])).toEqual([
      'Migrations',
      'Second',
    ]);
    const doors = template.findResources('AWS::EC2::SecurityGroupIngress', { Properties: { ToPort: 443 } });
    expect(Object.keys(doors)).toHaveLength(2);
  });

  test('keeps the endpoints’ logical ids whichever of two constructs is taken out', () => {
    const idsWith = (...ids: string[]): string[] => {
      stack = new Stack(emptyApp(), 'Stack');
      const vpc = vpcIn(stack, ISOLATED);
      for (const id of ids) migrate(stack, vpc, { addEndpoints: true }, id);
      return Object.keys(endpointsIn(Template.fromStack(stack)));
    };

    expect(idsWith('First')).toEqual(idsWith('First', 'Second'));
    expect(idsWith('Second')).toEqual(idsWith('First', 'Second'));
  });

  test('gives the routes of a second construct’s subnets to the endpoint that is there', () => {
    const vpc = vpcIn(stack, ISOLATED, { ...ISOLATED, name: 'More' });
    migrate(stack, vpc, { addEndpoints: true, vpcSubnets: { subnetGroupName: 'Isolated' } });
    migrate(stack, vpc, { addEndpoints: true, vpcSubnets: { subnetGroupName: 'More' } }, 'Second');

    const [s3] = Object.values(endpointsIn(Template.fromStack(stack)));
    expect(s3!['RouteTableIds']).toHaveLength(4);
  });

  test.each<[string, (vpc: ec2.Vpc) => unknown, string[]]>([
    ['both are there', (vpc) => [vpc.addGatewayEndpoint('S3', S3), vpc.addInterfaceEndpoint('Secrets', SECRETS)], []],
    ['one is there: only the other', (vpc) => vpc.addGatewayEndpoint('S3', S3), ['Interface']],
  ])('adds nothing twice where %s', (_, add, expected) => {
    const vpc = vpcIn(stack, ISOLATED);
    add(vpc);
    const own = vpc.node.findAll().filter((node) => ec2.CfnVPCEndpoint.isCfnVPCEndpoint(node)).length;
    migrate(stack, vpc, { addEndpoints: true });

    const types = Object.values(endpointsIn(Template.fromStack(stack))).map((endpoint) => endpoint['VpcEndpointType']);
    expect(types.slice(own)).toEqual(expected);
  });

  test('adds nothing where there is NAT', () => {
    Template.fromStack(stackUnderTest({ addEndpoints: true }).stack).resourceCountIs('AWS::EC2::VPCEndpoint', 0);
  });

  test('an endpoint that comes in a later line is an error at synth, before it is one in the deployment', () => {
    const vpc = vpcIn(stack, ISOLATED);
    migrate(stack, vpc, { addEndpoints: true });
    vpc.addGatewayEndpoint('S3', S3);
    vpc.addInterfaceEndpoint('Secrets', SECRETS);

    expect(() => app.synth()).toThrow(
      /adds an endpoint for s3 that Stack\/Vpc\/S3\/Resource is for already[^]*for secretsmanager that Stack\/Vpc\/Secrets\/Resource is for already/,
    );
  });

  test('does not shut others out of a VPC with a way to the internet', () => {
    migrate(stack, vpcIn(stack, ISOLATED, PUBLIC), { addEndpoints: true });

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Interface',
      PolicyDocument: Match.objectLike({
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: '*' },
            Action: 'secretsmanager:*',
            Resource: '*',
            Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      }),
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: Match.stringLikeRegexp('SecretsManager'),
      SecurityGroupIngress: [Match.objectLike({ CidrIp: { 'Fn::GetAtt': ['Vpc8378EB38', 'CidrBlock'] } })],
    });
    // The route tables of the public subnets stay as they are: their S3 is not ours to restrict.
    const s3 = Object.values(endpointsIn(template)).find((endpoint) => endpoint['VpcEndpointType'] === 'Gateway');
    expect(JSON.stringify(s3!['RouteTableIds'])).not.toContain('Public');
  });

  test('works in another stack than that of the VPC', () => {
    const vpc = vpcIn(stack, ISOLATED);
    const first = new Stack(app, 'First');
    migrate(first, vpc, { addEndpoints: true });

    expect(Object.keys(endpointsIn(Template.fromStack(first)))).toHaveLength(2);
    expect(networkAnnotations(first)).toEqual([]);
  });

  test('is refused where another stack has added endpoints to the same VPC', () => {
    const vpc = vpcIn(stack, ISOLATED);
    migrate(new Stack(app, 'First'), vpc, { addEndpoints: true });

    expect(thrownBy(() => migrate(new Stack(app, 'Second'), vpc, { addEndpoints: true }))).toMatchObject({
      code: 'endpoints-in-other-stack',
      constructPath: 'Second/Migrations',
    });
  });

  test('adds endpoints to each of two stacks of one class, whose VPCs only have the same logical id', () => {
    const stacks = ['Test', 'Production'].map((id) => {
      const stack = new Stack(app, id);
      migrate(stack, vpcIn(stack, ISOLATED), { addEndpoints: true });
      return stack;
    });
    const sizes = stacks.map((stack) => Object.keys(endpointsIn(Template.fromStack(stack))).length);
    expect(sizes).toEqual([2, 2]);
  });

  describe('for an imported VPC of which several constructs know', () => {
    const attributes = {
      ...{ vpcId: 'vpc-12345678', vpcCidrBlock: '10.0.0.0/16', availabilityZones: ['a'] },
      ...{ isolatedSubnetIds: ['subnet-1'], isolatedSubnetRouteTableIds: ['rtb-1'] },
    };
    function importedBy(...ids: string[]): Template {
      stack = new Stack(emptyApp(), 'Stack');
      for (const id of ids) {
        migrate(stack, ec2.Vpc.fromVpcAttributes(stack, `${id}Vpc`, attributes), { addEndpoints: true }, id);
      }
      return Template.fromStack(stack);
    }

    test('lets both in', () => {
      const template = importedBy('First', 'Second');
      const [, secrets] = Object.values(endpointsIn(template));
      expect(JSON.stringify(secrets)).toMatch(/secret:First\/.*secret:Second\//);
      const doors = template.findResources('AWS::EC2::SecurityGroupIngress', { Properties: { ToPort: 443 } });
      expect(Object.keys(doors)).toHaveLength(2);
    });

    // A new endpoint is made before the old one is deleted, and a VPC has the service's name once.
    test('keeps the endpoints’ logical ids whatever it is called', () => {
      expect(Object.keys(endpointsIn(importedBy('First')))).toEqual(
        Object.keys(endpointsIn(importedBy('Second', 'First'))),
      );
    });
  });

  test('adds to an imported VPC what its isolated subnets need, and needs their route tables', () => {
    const attributes = { vpcId: 'vpc-1', availabilityZones: ['a'], isolatedSubnetIds: ['subnet-1'] };
    const unrouted = ec2.Vpc.fromVpcAttributes(stack, 'Unrouted', attributes);
    expect(thrownBy(() => migrate(stack, unrouted, { addEndpoints: true }, 'Failing'))).toMatchObject({
      code: 'route-table-unknown',
    });

    stack = new Stack(emptyApp(), 'Stack');
    migrate(
      stack,
      ec2.Vpc.fromVpcAttributes(stack, 'Imported', { ...attributes, isolatedSubnetRouteTableIds: ['rtb-1'] }),
      {
        addEndpoints: true,
      },
    );
    const endpoints = Object.values(endpointsIn(Template.fromStack(stack)));
    expect(endpoints.map((endpoint) => endpoint['RouteTableIds'] ?? endpoint['SubnetIds'])).toEqual([
      ['rtb-1'],
      ['subnet-1'],
    ]);
  });
});
