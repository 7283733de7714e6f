import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as cdk from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { RehearsalReport } from '../../cli/rehearse/report/rehearsal-report';
import { AuroraMigrations, DatabaseTarget } from '../../lib';
import { runProgram } from '../cli/run-program';
import { migrationFolder } from '../lib/source/migration-folder';
import { stackServers, throwawaysLike } from '../servers';

jest.setTimeout(300_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'claims-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function sql(up: string, down: string): string {
  return `-- migrate:up\n${up};\n-- migrate:down\n${down};\n`;
}
const USER = {
  '0001_user.sql': sql('CREATE TABLE user (id INT NOT NULL PRIMARY KEY, name VARCHAR(20))', 'DROP TABLE user'),
};
const TEAM = { '0002_team.sql': sql('ALTER TABLE user ADD COLUMN team INT NULL', 'ALTER TABLE user DROP COLUMN team') };

/** Synthesizes a release of a stack; gives the folder. */
function release(build: (stack: cdk.Stack, app: cdk.App) => void, env?: cdk.Environment): string {
  const outdir = mkdtempSync(path.join(folder, 'release-'));
  const app = new cdk.App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  // Its template has no resources.
  new cdk.Stack(app, 'Empty');
  build(new cdk.Stack(app, 'Shop', { env }), app);
  app.synth();
  return outdir;
}

function clusterOf(stack: cdk.Stack, id = 'Cluster'): rds.DatabaseCluster {
  return new rds.DatabaseCluster(stack, id, {
    engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_08_0 }),
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    vpc: new ec2.Vpc(stack, `${id}Vpc`, { natGateways: 1 }),
  });
}

function api(scope: cdk.Stack, id = 'Api'): lambda.Function {
  const code = lambda.Code.fromInline('exports.handler = async () => "shop";');
  return new lambda.Function(scope, id, { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code });
}

function migrationsOf(
  stack: cdk.Stack,
  cluster: rds.DatabaseCluster,
  files: Readonly<Record<string, string>>,
  { id = 'Migrations', databaseName = 'shop' } = {},
): AuroraMigrations {
  const database = DatabaseTarget.cluster(cluster, { databaseName });
  return new AuroraMigrations(stack, id, { database, directory: migrationFolder(files) });
}

const environment = throwawaysLike(stackServers()[0]!);

function rehearse(next: string, base?: string, more: readonly string[] = []): RehearsalReport {
  const from = base ?? release((stack) => void clusterOf(stack));
  const { code, stdout, stderr } = runProgram(
    folder,
    [...['rehearse', '--json', '--stack', 'Shop', '--assembly', next, '--from-assembly', from, ...more]],
    environment,
  );
  if (code !== 0 && code !== 2) throw new Error(`exit code ${String(code)}\n${stderr}`);
  const report = JSON.parse(stdout) as RehearsalReport;
  expect(code).toBe(report.verdict === 'held' ? 0 : 2);
  return report;
}

function broken({ plays }: RehearsalReport): readonly string[] {
  return plays.flatMap(({ kind, checks }) =>
    checks.filter((check) => check.kind === 'broken').map(({ what, details }) => [kind, what, ...details].join('\n')),
  );
}

function detailsOf({ notPlayed }: RehearsalReport, what: string): string | undefined {
  return notPlayed.find((each) => each.what === what)?.details;
}

test('two clusters whose databases have one name are two databases, and a construct of another name finds what it applied under the old one', () => {
  const base = release((stack) => migrationsOf(stack, clusterOf(stack, 'One'), USER).executeBefore(api(stack)));
  const next = release((stack) => {
    const [one, two] = [clusterOf(stack, 'One'), clusterOf(stack, 'Two')];
    const first = migrationsOf(stack, one, { ...USER, ...TEAM }, { id: 'Renamed' });
    const second = migrationsOf(
      stack,
      two,
      { '0001_other.sql': sql('CREATE TABLE other (id INT)', 'DROP TABLE other') },
      { id: 'Second' },
    );
    first.executeBefore(api(stack));
    second.executeBefore(api(stack, 'SecondApi'));
  });
  const report = rehearse(next, base);

  expect(broken(report)).toEqual([]);
  expect(report.plays[0]?.story).toBe('The stack is updated, and 2 of its migrations are applied.');
  expect(report.databases).toMatchObject([
    { name: 'shop', from: '0001_user', to: '0002_team', before: 1, removed: [], schema: [{ object: 'table user' }] },
    { name: 'shop_2', from: '', to: '0001_other', before: 0, removed: [], schema: [{ object: 'table other' }] },
  ]);
  expect(report.notPlayed.map(({ details }) => details).join('\n')).toContain('this one was called shop_2');
  expect(report.notPlayed.filter(({ what }) => what.includes('condition'))).toEqual([]);
});

test('an irreversible migration excuses nothing but itself, and what SHOW CREATE does not print is the schema too', () => {
  const up = (statements: string): string => `-- migrate:up\n${statements}\n-- migrate:irreversible\n`;
  const trigger = (name: string): string => `CREATE TRIGGER ${name} BEFORE INSERT ON t FOR EACH ROW SET @a = 1`;
  const old = `CREATE TABLE t (id INT PRIMARY KEY);
${trigger('a')};
${trigger('b')};
SET sql_mode = 'NO_ENGINE_SUBSTITUTION';
CREATE PROCEDURE p() SELECT 1`;
  const before = { ...USER, '0001_z.sql': sql(old, 'DROP PROCEDURE p;\nDROP TABLE t') };
  const base = release((stack) => void migrationsOf(stack, clusterOf(stack), before));

  // What nothing shows to be done is not sent together with others.
  const more = {
    '0002_kept.sql': up('CREATE TABLE kept (id INT);\nTRUNCATE TABLE kept;\nCREATE TABLE kept_too (id INT);'),
  };
  const halves = rehearse(
    release((stack) => void migrationsOf(stack, clusterOf(stack), { ...before, ...more })),
    base,
  );
  expect(broken(halves).filter((each) => !each.startsWith('dies-always'))).toEqual([]);
  // Half of it cannot be reverted, and the reason is the rollback's, not only the deployment's.
  const stuck = halves.plays.find(({ kind }) => kind === 'dies-always');
  expect(stuck?.checks.flatMap(({ details }) => details).join('\n')).toMatch(/UPDATE_ROLLBACK_FAILED[^]*needs-repair/);

  const forgetful = {
    '0002_kept.sql': up('CREATE TABLE kept (id INT);'),
    '0003_team.sql': sql(
      'ALTER TABLE user ADD COLUMN team INT, ADD KEY user_name (name)',
      'ALTER TABLE user DROP COLUMN team',
    ),
    '0004_new.sql': sql(
      'DROP TRIGGER a;\nDROP PROCEDURE p;\nALTER DATABASE CHARACTER SET latin1',
      `${trigger('a')};\nCREATE PROCEDURE p() SELECT 1;\nALTER DATABASE CHARACTER SET ascii`,
    ),
  };
  const bad = release((stack) => void migrationsOf(stack, clusterOf(stack), { ...before, ...forgetful }));
  const [found = '', died = '', ...others] = broken(rehearse(bad, base));
  // In none of the plays is the table itself a finding.
  expect(others).toEqual([]);
  for (const [kind, text] of [
    ['sibling-fails', found],
    ['dies-always', died],
  ] as const) {
    expect(text).toMatch(`${kind}\nthe schema is what it was before, but for what is irreversible: 0002_kept\n`);
    expect(text).toMatch(/changed: table user of shop\n/);
    expect(text).not.toMatch(/table kept/);
  }
  expect(found).toMatch(/changed: database shop\n-.*utf8mb4.*\n\+.* ascii/);
  expect(found).toMatch(/changed: trigger a of shop\n[^]*\n\+-- fires after the trigger b\n/);
  expect(found).toMatch(
    /changed: procedure p of shop\n[^]*\n--- sql_mode: NO_ENGINE_SUBSTITUTION\n[^]*\n\+-- sql_mode: /,
  );
});

test('an irreversible migration of a first release is excused too; a refused one is found, and what would come after it is not played', () => {
  const none = release(() => undefined);
  const first = (up: string): string =>
    release((_, app) => {
      const files = { '0001_kept.sql': `-- migrate:up\n${up};\n-- migrate:irreversible\n` };
      const named = new cdk.Stack(app, 'First');
      void migrationsOf(named, clusterOf(named), files);
    });
  const played = (next: string): RehearsalReport => rehearse(next, none, ['--stack', 'First']);
  const report = played(first('CREATE TABLE kept (id INT);\nCREATE TABLE too (id INT)'));
  // Half of it cannot be reverted.
  expect(broken(report).filter((each) => !each.startsWith('dies-always'))).toEqual([]);
  const noted = report.plays
    .find(({ kind }) => kind === 'sibling-fails')
    ?.checks.filter(({ kind }) => kind === 'noted');
  expect(noted?.map(({ what }) => what)[0]).toBe(
    'the schema is what it was before, but for what is irreversible: 0001_kept',
  );

  const refused = played(first('ALTER TABLE none ADD COLUMN a INT'));
  expect(refused.plays.map(({ outcome }) => outcome)).toEqual(['found', ...Array.from({ length: 4 }, () => 'skipped')]);
  expect(refused.plays[0]?.checks[0]?.details.join('\n')).toContain('ER_NO_SUCH_TABLE');
  expect(refused.plays[0]?.story).toBe('The stack is not created: the deployment of 1 new migration fails.');
  expect(refused.databases.map(({ name }) => name)).toEqual(['shop']);
});

test('what is under a condition is not said to have succeeded, the migrations are played as if theirs holds, and values are those of the stack’s region', () => {
  const env = { account: '123456789012', region: 'us-west-2' };
  const next = release((stack, app) => {
    const names = new cdk.CfnMapping(stack, 'Names', { mapping: { 'us-west-2': { name: 'west' } } });
    const stage = new cdk.CfnParameter(stack, 'Stage', { allowedValues: ['test', 'production'] });
    const isProduction = new cdk.CfnCondition(stack, 'IsProduction', {
      expression: cdk.Fn.conditionEquals(stage, 'production'),
    });
    const isWanted = new cdk.CfnCondition(stack, 'IsWanted', { expression: cdk.Fn.conditionEquals('a', 'b') });
    const databaseName = names.findInMap(cdk.Aws.REGION, 'name');
    const migrations = migrationsOf(stack, clusterOf(stack), USER, { databaseName });
    for (const each of migrations.node.findAll()) {
      if (cdk.CfnResource.isCfnResource(each)) each.cfnOptions.condition = isWanted;
    }
    const code = api(stack);
    (code.node.defaultChild as cdk.CfnResource).cfnOptions.condition = isProduction;
    migrations.executeBefore(code);
    // Whether their code has its schema is not looked at: test/cli/rehearse/waiting.test.ts.
    const nested = new cdk.NestedStack(stack, 'Application');
    api(nested);
    migrations.executeBefore(nested, api(new cdk.Stack(app, 'Later', { env })));
  }, env);
  const report = rehearse(next);

  expect(broken(report)).toEqual([]);
  expect(report.databases.map(({ name, schema }) => [name, ...schema.map(({ object }) => object)])).toEqual([
    ['west', 'table user'],
  ]);
  expect(detailsOf(report, '1 resource under a condition')).toContain('Api');
  expect(detailsOf(report, 'The condition IsWanted')).toContain('taken to hold');
  expect(detailsOf(report, 'Other code that waits for the migrations')).toContain('ApplicationNestedStack');
  expect(detailsOf(report, '1 stack that is deployed after this one')).toMatch(
    /^Later: .* rolls back that stack alone/,
  );
  const noted = report.plays[0]?.checks.find(({ kind }) => kind === 'noted');
  expect(noted?.details.join()).toContain('under a condition');
});

test('parameters have the values that are given, and the report names those that were made up', () => {
  const withLink = (stack: cdk.Stack): string => {
    const name = new cdk.CfnParameter(stack, 'DatabaseName').valueAsString;
    const stage = new cdk.CfnParameter(stack, 'Stage', { allowedValues: ['test', 'production'] });
    const isProduction = new cdk.CfnCondition(stack, 'IsProduction', {
      expression: cdk.Fn.conditionEquals(stage, 'production'),
    });
    new cdk.CfnResource(stack, 'Alarm', { type: 'AWS::SNS::Topic' }).cfnOptions.condition = isProduction;
    return name;
  };
  const orders = { '0002_order.sql': sql('CREATE TABLE shop.orders (id INT)', 'DROP TABLE shop.orders') };
  const of = (files: Readonly<Record<string, string>>): string =>
    release((stack) => {
      const databaseName = withLink(stack);
      migrationsOf(stack, clusterOf(stack), files, { databaseName }).executeBefore(api(stack));
    });
  const [base, next] = [of(USER), of({ ...USER, ...orders })];
  const report = rehearse(next, base, ['--parameters', 'DatabaseName=other', '--parameters', 'Shop:DatabaseName=shop']);

  expect(broken(report)).toEqual([]);
  expect(report.databases.map(({ name }) => name)).toEqual(['shop']);
  expect(detailsOf(report, 'The value of 1 parameter')).toMatch(/^Made up, .*: Stage\. Give yours with --parameters/);
  expect(detailsOf(report, '1 resource under a condition')).toContain('Alarm');

  const { code, stderr } = runProgram(folder, ['rehearse', '--assembly', base, '--from-assembly', next], environment);
  expect(code).toBe(1);
  expect(stderr).toContain('made up: the values of the parameters DatabaseName, Stage; give yours with --parameters');
  expect(stderr).toContain('or give what was made up (DatabaseName, Stage) with --parameters [base-failed]');
});
