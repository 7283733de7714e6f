import fs from 'node:fs';
import path from 'node:path';
import * as tls from 'node:tls';
import { Annotations, CfnOutput, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import ts from 'typescript';
import { AuroraMigrations, DatabaseTarget, SnapshotBefore } from '../../lib';
import { METRICS, RESOURCE_TYPE } from '../../lambda/contract';
import { fakePackage } from './fake-package';
import { CREATE_USER, migrationFolder } from './source/migration-folder';
import { database, emptyApp } from './stack-under-test';

jest.mock('../../lib/package-root', () => ({ packageRoot: () => fakePackage() }));

const ROOT = path.dirname(path.dirname(__dirname));

/** The TypeScript of a document, example by example. */
function examplesIn(document: string): readonly string[] {
  const text = fs.readFileSync(path.join(ROOT, document), 'utf8');
  return [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map((match) => match[1]!);
}

/** Runs an example in a stack that has what it refers to. `more`: migrations beside the one that is in each folder. */
function run(example: string, more: Readonly<Record<string, string>> = {}): Stack {
  const stack = new Stack(emptyApp(), 'Stack', { env: { account: '111122223333', region: 'eu-central-1' } });
  const { vpc, cluster } = database(stack);
  const first = ['', 'app/', 'reporting/'].map((at) => [`migrations/${at}0001_create_user.sql`, CREATE_USER]);
  const folder = migrationFolder({
    'company.pem': tls.rootCertificates[0]!,
    ...(Object.fromEntries(first) as Record<string, string>),
    ...more,
  });
  const given = {
    ...{ path, Annotations, CfnOutput, ec2, kms, lambda, rds, secretsmanager, sns, vpc, cluster },
    ...{ AuroraMigrations, DatabaseTarget, SnapshotBefore },
    billingGroup: new ec2.SecurityGroup(stack, 'BillingGroup', { vpc }),
    migrations: new AuroraMigrations(stack, 'Given', {
      database: DatabaseTarget.cluster(cluster, { databaseName: 'given' }),
      directory: path.join(folder, 'migrations/app'),
    }),
    apiFunction: new lambda.Function(stack, 'Api', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => {};'),
    }),
    __dirname: path.join(folder, 'lib'),
  };
  const { outputText } = ts.transpileModule(`{\n${example}\n}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2023 },
  });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- text of this repository, and examples are for running
  new Function(...Object.keys(given), outputText).apply(stack, Object.values(given));
  return stack;
}

describe.each(['docs/targets.md', 'docs/operation.md', 'docs/emulators.md'])('%s', (document) => {
  const examples = examplesIn(document);

  test.each(examples.map((example) => [example.trim().split('\n')[0], example]))('%s … synthesizes', (_, example) => {
    const template = Template.fromStack(run(example));
    expect(Object.keys(template.findResources(RESOURCE_TYPE)).length).toBeGreaterThan(
      example.includes('new AuroraMigrations') ? 1 : 0,
    );
  });
});

describe('docs/operation.md', () => {
  const text = fs.readFileSync(path.join(ROOT, 'docs/operation.md'), 'utf8');

  test('names every metric, and the code of a snapshot that is not there', () => {
    const { namespace, dimensions, ...names } = METRICS;
    const all = [
      namespace,
      ...Object.values(dimensions),
      ...Object.values(names),
      'no-snapshot',
      'snapshot-source-unknown',
    ];
    expect(all.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  test('has only messages that the function logs', () => {
    const table = text.slice(text.indexOf('| message'), text.indexOf('The newest failures'));
    const messages = [...table.matchAll(/^\| ([^|]*`[^|]*?) +\|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`([^`]+)`/g)].map(([, message]) => message!),
    );
    const sources = fs
      .readdirSync(path.join(ROOT, 'lambda'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => fs.readFileSync(path.join(ROOT, 'lambda', file), 'utf8'))
      .join('\n');
    expect(messages.length).toBeGreaterThan(12);
    // These are umzug's words.
    const ours = messages.filter((message) => !/^(migrat|revert)(ing|ed)$/.test(message));
    const isLogged = (message: string): boolean => ["'", '`', '}'].some((before) => sources.includes(before + message));
    expect(ours.filter((message) => !isLogged(message))).toEqual([]);
  });
});

describe('docs/targets.md', () => {
  test('names every code of an error that is about targets, logging in and network', () => {
    const text = fs.readFileSync(path.join(ROOT, 'docs/targets.md'), 'utf8');
    const codes = sourcesOf('database', 'network').flatMap((source) =>
      [...source.matchAll(/new ValidationError\(\s*\w+,\s*'([a-z-]+)'/g)].map((match) => match[1]!),
    );
    expect(codes.length).toBeGreaterThan(12);
    expect(codes.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });
});

/** The sources in some rooms of the constructs. */
function sourcesOf(...rooms: readonly string[]): readonly string[] {
  return rooms.flatMap((room) => {
    const folder = path.join(ROOT, 'lib', room);
    return fs.readdirSync(folder).map((file) => fs.readFileSync(path.join(folder, file), 'utf8'));
  });
}

test('every error and warning of the constructs, but for those of the review, is in a document by its code', () => {
  const pages = fs.readdirSync(path.join(ROOT, 'docs')).filter((file) => file.endsWith('.md'));
  const text = pages.map((file) => fs.readFileSync(path.join(ROOT, 'docs', file), 'utf8')).join('\n');
  const codes = sourcesOf('database', 'network', 'stack', 'function').flatMap((source) => [
    ...[...source.matchAll(/new ValidationError\(\s*[\w.]+,\s*'([a-z-]+)'/g)].map((match) => match[1]!),
    ...[...source.matchAll(/\bwarn\(\s*[\w.]+,\s*'([a-z-]+)'/g)].map((match) => match[1]!),
    // Of what is found at the end of synth.
    ...[...source.matchAll(/\(([a-z]+(?:-[a-z]+)+)\)[`']/g)].map((match) => match[1]!),
  ]);
  expect(codes).toEqual(expect.arrayContaining(['version-imported', 'waits-for-nothing', 'secret-key-is-alias']));
  expect(codes.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
});

test('the README names every option', () => {
  const source = fs.readFileSync(path.join(ROOT, 'lib/aurora-migrations-props.ts'), 'utf8');
  const options = [...source.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((match) => match[1]!);
  const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  expect(options).toContain('reviewAfter');
  expect(options.filter((option) => !readme.includes(`\`${option}\``))).toEqual([]);
});

describe('docs/expand-contract.md', () => {
  const text = fs.readFileSync(path.join(ROOT, 'docs/expand-contract.md'), 'utf8');
  const [migration] = [...text.matchAll(/^```sql\n([^]*?)^```$/gm)].map((match) => match[1]!);

  test('its example synthesizes with its migration, which runs after the application', () => {
    const [example, ...others] = examplesIn('docs/expand-contract.md');
    const stack = run(example!, { 'migrations/0002_drop_email.sql': migration! });
    const template = Template.fromStack(stack);
    const [[, contract]] = Object.entries(template.findResources(RESOURCE_TYPE)).filter(([id]) =>
      id.startsWith('MigrationsContract'),
    ) as [[string, { readonly DependsOn: readonly string[] }]];
    expect(contract.DependsOn.some((id) => id.startsWith('Api'))).toBe(true);
    expect(others).toEqual([]);
  });

  test('names the codes of what cannot be ordered', () => {
    for (const code of ['contract-other-stack', 'contract-unordered', 'phase-order'])
      expect(text).toContain(`\`${code}\``);
  });
});
