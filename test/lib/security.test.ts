import * as fs from 'node:fs';
import * as path from 'node:path';
import { NestedStack, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  NIST80053R4Checks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { SnapshotBefore } from '../../lib';
import { AuroraStack } from '../../lib/aurora-stack';
import { fakePackage } from './fake-package';
import { migrationFolder } from './source/migration-folder';
import { database, emptyApp, migrationsOf, propertiesOf, stackUnderTest } from './stack-under-test';

jest.mock('../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

/** Rules of AWS's own list that something breaks: rule, construct. */
function findingsIn(scope: IConstruct): string[] {
  return new AwsSolutionsChecks()
    .validateScope(scope)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );
}

/** What was acknowledged, with the reasons. */
function acknowledgedIn(scope: IConstruct): [string, string][] {
  return scope.node
    .findAll()
    .flatMap((construct) => construct.node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    .filter(([rule]) => rule.startsWith('AwsSolutions-'));
}

describe('cdk-nag finds nothing', () => {
  test('in the construct with all of its options, and two findings are explained', () => {
    const stack = new Stack(emptyApp(), 'Stack');
    const { cluster } = database(stack);
    const migrations = migrationsOf(stack, cluster, {
      alarmTopic: new sns.Topic(stack, 'Topic'),
      httpEndpoint: true,
      addEndpoints: true,
      dashboard: true,
      snapshotBefore: SnapshotBefore.DESTRUCTIVE,
    });

    expect(findingsIn(migrations)).toEqual([]);
    expect(acknowledgedIn(migrations)).toEqual([
      [
        expect.stringMatching(/^AwsSolutions-IAM5\[Resource::.*cluster-snapshot:aurora-migrations-\*\]$/),
        expect.stringMatching(/names of ours/),
      ],
      ['AwsSolutions-IAM5[Resource::*]', expect.stringMatching(/EC2 knows no narrower resource/)],
    ]);
  });

  test('in the sample stack, and what it leaves to its user is explained', () => {
    const stack = new AuroraStack(emptyApp(), 'AuroraStack', { directory: path.join(__dirname, '../../migrations') });

    expect(findingsIn(stack)).toEqual([]);
    expect(acknowledgedIn(stack).map(([rule]) => rule)).toEqual([
      'AwsSolutions-VPC7',
      'AwsSolutions-SMG4',
      'AwsSolutions-RDS11',
      'AwsSolutions-RDS14',
      'AwsSolutions-IAM5[Resource::*]',
    ]);
  });
});

test('what the stricter packs of cdk-nag find is what the documentation explains', () => {
  const { stack, migrations } = stackUnderTest({
    httpEndpoint: true,
    addEndpoints: true,
    dashboard: true,
    snapshotBefore: SnapshotBefore.DESTRUCTIVE,
  });
  const packs = [HIPAASecurityChecks, NIST80053R4Checks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks];
  const found = packs.flatMap((Pack) =>
    new Pack()
      .validateScope(stack)
      .violations.filter(({ violatingResources }) =>
        violatingResources.some(({ constructPath }) => /Migrations/.test(constructPath ?? '')),
      )
      .map(({ ruleName }) => ruleName.replace(/^.*-/, '')),
  );
  const documented = /### cdk-nag\n([^]*?)\n## /.exec(
    fs.readFileSync(path.join(__dirname, '../../docs/targets.md'), 'utf8'),
  )![1]!;
  const rules = [...documented.matchAll(/^\| (`[^|]*?) *\|/gm)].flatMap(([, cell]) => cell!.match(/\w+/g)!);

  expect(migrations.endpointUrl).toBeDefined();
  expect([...new Set(found)].sort()).toEqual(rules.sort());

  const ofSecond = (): readonly unknown[] =>
    new HIPAASecurityChecks()
      .validateScope(stack)
      .violations.filter(({ ruleName }) => ruleName === 'HIPAA.Security-LambdaInsideVPC')
      .flatMap(({ violatingResources }) => violatingResources.map(({ constructPath }) => constructPath));
  expect(ofSecond()).toEqual(['Stack/Migrations/Function/OnFailure/Resource/Resource']);
  Validations.of(migrations).acknowledge({ id: 'HIPAA.Security-LambdaInsideVPC', reason: 'it must answer' });
  expect(ofSecond()).toEqual([]);
});

describe('no role may do more than it needs', () => {
  test('and what the function’s role may, it may on all resources only for network interfaces', () => {
    const { stack } = stackUnderTest();
    const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy');
    const ours = Object.entries(policies).filter(([id]) => id.startsWith('Migrations'));
    const statements = ours.flatMap(
      ([, policy]) =>
        (policy as { Properties: { PolicyDocument: { Statement: Record<string, unknown>[] } } }).Properties
          .PolicyDocument.Statement,
    );

    expect(ours).toHaveLength(2);
    const broad = statements.filter((statement) => JSON.stringify(statement).includes('*'));
    expect(broad.map(({ Sid }) => Sid)).toEqual(['NetworkInterfacesOfTheFunction']);
    expect(JSON.stringify(broad[0]!['Action'])).not.toContain('*');
  });
});

describe('nothing secret is in the template', () => {
  const text = "migrate-me-'secretly'";
  const directory = (): string =>
    migrationFolder({
      '0001_create_user.sql': `-- migrate:up\nINSERT INTO t VALUES ("${text}");\n-- migrate:down\nDELETE FROM t;\n`,
    });

  test('no text of a migration, no password, and none in the function’s environment', () => {
    const { stack } = stackUnderTest({ directory: directory() });
    const template = Template.fromStack(stack);
    const { Resources } = template.toJSON() as { Resources: Readonly<Record<string, unknown>> };
    const ours = Object.entries(Resources).filter(([id]) => id.startsWith('Migrations'));

    expect(JSON.stringify(template.toJSON())).not.toContain('secretly');
    expect(ours.length).toBeGreaterThan(10);
    // A dynamic reference would be replaced by the secret itself when the stack is deployed.
    expect(ours.filter(([, resource]) => JSON.stringify(resource).includes('{{resolve:'))).toEqual([]);
    const { Environment } = propertiesOf(template, 'MigrationsFunctionA15BBDB3');
    expect(Object.keys((Environment as { Variables: object }).Variables).sort()).toEqual([
      'DATABASE_HOST',
      'DATABASE_NAME',
      'DATABASE_PORT',
      'DATABASE_SECRET_ARN',
      'NODE_EXTRA_CA_CERTS',
      'ROOT_STACK_ID',
    ]);
  });

  test('not in a nested stack’s parameters either', () => {
    const parent = new Stack(emptyApp(), 'Parent');
    const nested = new NestedStack(parent, 'Nested');
    migrationsOf(nested, database(parent).cluster, { directory: directory() });

    const [resource] = Object.values(Template.fromStack(parent).findResources('AWS::CloudFormation::Stack'));
    expect(JSON.stringify(resource)).not.toMatch(/\{\{resolve:|secretly/);
  });
});
