import path from 'node:path';
import type { JsonObject } from '../../rehearsal/template/json';
import type { ResourceDefinition, TemplateBody } from '../../rehearsal/template/template';

/** What differs between the templates of the tests. */
export interface FixtureOptions {
  /** The custom resource's properties. */
  readonly properties?: JsonObject;
  /** Folder of the function's code, below `fixtures`. */
  readonly code?: string;
  /** A property of the application, which depends on the custom resource. */
  readonly application?: string;
  /** Whether the template has the custom resource. */
  readonly resource?: boolean;
  readonly timeout?: number;
  readonly more?: Readonly<Record<string, ResourceDefinition>>;
}

/** A function, the custom resource that it serves, an application that depends on that, and a rule for status events. */
export function fixtureTemplate(options: FixtureOptions = {}): TemplateBody {
  const { properties = {}, code = 'handler', application = '1', resource = true, timeout = 30, more = {} } = options;
  return {
    Resources: {
      Handler: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Timeout: timeout,
          MemorySize: 256,
          Code: { S3Bucket: 'assets', S3Key: `${code}.zip` },
          Environment: { Variables: { RELEASE: code, STACK: { Ref: 'AWS::StackName' } } },
        },
        Metadata: { 'aws:asset:path': path.join(__dirname, 'fixtures', code) },
      },
      ...(resource
        ? {
            Thing: {
              Type: 'Custom::Thing',
              Properties: {
                ServiceToken: { 'Fn::GetAtt': ['Handler', 'Arn'] },
                ServiceTimeout: 60,
                Number: 3,
                Flags: [true, { Deep: false }],
                ...properties,
              },
            },
          }
        : {}),
      Application: {
        Type: 'AWS::Lambda::Function',
        ...(resource ? { DependsOn: ['Thing'] } : {}),
        Properties: { Runtime: 'python3.13', Description: application },
      },
      Settled: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: {
            source: ['aws.cloudformation'],
            'detail-type': ['CloudFormation Stack Status Change'],
            detail: { 'stack-id': [{ Ref: 'AWS::StackId' }], 'status-details': { status: [{ suffix: '_COMPLETE' }] } },
          },
          Targets: [{ Id: 'Target0', Arn: { 'Fn::GetAtt': ['Handler', 'Arn'] } }],
        },
      },
      ...more,
    },
  };
}
