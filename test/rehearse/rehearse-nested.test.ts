import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as cdk from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { RehearsalReport } from '../../cli/rehearse/report/rehearsal-report';
import { AuroraMigrations, DatabaseTarget } from '../../lib';
import { type Run, runProgram } from '../cli/run-program';
import { migrationFolder } from '../lib/source/migration-folder';
import { stackServers, throwawaysLike } from '../servers';

jest.setTimeout(300_000);

let outdir: string;
beforeAll(() => {
  outdir = mkdtempSync(path.join(tmpdir(), 'nested-'));
  synthesize();
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** A stack in a stack in a stack: the innermost has migrations, and its database is named by parameters of those around it. */
function synthesize(): void {
  const app = new cdk.App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  const outer = new cdk.Stack(app, 'Shop', { env: { region: 'eu-west-1' } });
  const stage = new cdk.CfnParameter(outer, 'Stage');
  const middle = new cdk.NestedStack(outer, 'Middle', {
    parameters: { Prefix: `${stage.valueAsString}_shop`, Size: 'small', Region: cdk.Aws.REGION },
  });
  const prefix = new cdk.CfnParameter(middle, 'Prefix', { default: 'none' });
  for (const name of ['Size', 'Region']) new cdk.CfnParameter(middle, name, { default: 'none' });
  const inner = new cdk.NestedStack(middle, 'Inner', { parameters: { Name: `${prefix.valueAsString}_db` } });
  const name = new cdk.CfnParameter(inner, 'Name', { default: 'none' });
  const cluster = new rds.DatabaseCluster(inner, 'Cluster', {
    engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_08_0 }),
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    // Of the stack around: what it gives to that is known to AWS alone.
    vpc: new ec2.Vpc(outer, 'Vpc', { natGateways: 1 }),
  });
  new AuroraMigrations(inner, 'Migrations', {
    database: DatabaseTarget.cluster(cluster, { databaseName: name.valueAsString }),
    directory: migrationFolder({
      '0001_user.sql': '-- migrate:up\nCREATE TABLE user (id INT);\n-- migrate:down\nDROP TABLE user;\n',
    }),
  });
  app.synth();
}

function rehearse(more: readonly string[]): Run {
  const base = mkdtempSync(path.join(outdir, 'base-'));
  const app = new cdk.App({ outdir: base, analyticsReporting: false });
  new ec2.Vpc(new cdk.Stack(app, 'Shop'), 'Vpc', { natGateways: 1 });
  app.synth();
  const args = ['rehearse', '--json', '--assembly', outdir, '--from-assembly', base, ...more];
  return runProgram(outdir, args, throwawaysLike(stackServers()[0]!));
}

test('a nested stack has the parameters that the stacks around it give it', () => {
  const run = rehearse(['--parameters', 'Shop:Stage=live', '--parameters', 'Stage=other']);

  expect(run.stderr).not.toMatch(/made up: .*\b(?:Name|Stage)\b/);
  expect(run).toMatchObject({ code: 0 });
  expect((JSON.parse(run.stdout) as RehearsalReport).databases[0]?.name).toBe('live_shop_db');
  expect(readdirSync(outdir).filter((file) => file.endsWith('.nested.template.json'))).toHaveLength(2);
});

test('what is given to a stack around it is checked too', () => {
  expect(rehearse(['--parameters', 'Nothing=live'])).toMatchObject({
    code: 64,
    stderr: expect.stringMatching(/Nothing: the template of Shop\/ShopMiddle\w* has no such parameter/) as string,
  });
});
