import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Moved } from '../../../cli/rehearse/release/moved-paths';
import { synthesize } from '../../../cli/rehearse/release/synthesize';
import { migrationFolder } from '../../lib/source/migration-folder';

let outdir: string;
beforeEach(() => {
  outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'synthesize-'));
});
afterEach(() => fs.rmSync(outdir, { recursive: true, force: true }));

/** Writes what it is told by the CDK where its assembly would be. */
const APP = `const fs = require('node:fs'), out = process.env.CDK_OUTDIR;
  fs.writeFileSync(out + '/manifest.json', JSON.stringify({ env: process.env }));`;

function run(
  folder: string,
  { context = [], checkout }: { readonly context?: readonly string[]; readonly checkout?: Moved } = {},
): Promise<string> {
  return synthesize(folder, { outdir, context, checkout, release: 'main', signal: new AbortController().signal });
}

function told(folder: string): NodeJS.ProcessEnv {
  return (JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as { env: NodeJS.ProcessEnv }).env;
}

test('context of the command line goes before that of cdk.json, which may begin with a byte order mark', async () => {
  const project = { app: 'node app.js', context: { stage: 'test', size: 1 } };
  const folder = migrationFolder({ 'app.js': APP, 'cdk.json': `\uFEFF${JSON.stringify(project)}` });

  const { CDK_CONTEXT_JSON: context = '' } = told(await run(folder, { context: ['stage=production', 'url=a=b'] }));

  expect(JSON.parse(context)).toMatchObject({ stage: 'production', size: 1, url: 'a=b' });
});

test('account and region are those of the lookups, where these are of one', async () => {
  const key = (region: string): string => `availability-zones:account=123456789012:region=${region}`;
  const project = JSON.stringify({ app: 'node app.js' });
  const of = (...regions: readonly string[]): string =>
    migrationFolder({
      ...{ 'app.js': APP, 'cdk.json': project },
      'cdk.context.json': JSON.stringify(Object.fromEntries(regions.map((region) => [key(region), []]))),
    });

  expect(told(await run(of('eu-west-1')))).toMatchObject({
    CDK_DEFAULT_ACCOUNT: '123456789012',
    CDK_DEFAULT_REGION: 'eu-west-1',
  });
  expect(told(await run(of('eu-west-1', 'eu-west-2')))).toMatchObject({ CDK_DEFAULT_REGION: 'eu-central-1' });
});

test('an app that names its folder itself is found where the CDK finds it, but not what an earlier run has left there', async () => {
  const app = `require('node:fs').writeFileSync('cdk.out/manifest.json', '{"env":{"here":"1"}}')`;
  const files = { 'app.js': app, 'cdk.json': JSON.stringify({ app: 'node app.js' }) };
  const folder = migrationFolder(files);
  fs.mkdirSync(path.join(folder, 'cdk.out'));

  expect(told(await run(folder))).toEqual({ here: '1' });

  const manifest = path.join(folder, 'cdk.out/manifest.json');
  fs.utimesSync(manifest, new Date(0), new Date(0));
  fs.writeFileSync(path.join(folder, 'app.js'), '');
  fs.rmSync(outdir, { recursive: true });
  await expect(run(folder)).rejects.toThrow('made no cloud assembly');
});

test('what an app has left running in the background is not waited for', async () => {
  const pid = path.join(outdir, '../', `${path.basename(outdir)}.pid`);
  const app = `sleep 60 & echo $! > '${pid}'; node app.js`;
  const folder = migrationFolder({ 'app.js': APP, 'cdk.json': JSON.stringify({ app }) });
  const startedAt = Date.now();
  try {
    await run(folder);
    expect(Date.now() - startedAt).toBeLessThan(30_000);
  } finally {
    process.kill(Number(fs.readFileSync(pid, 'utf8')));
    fs.rmSync(pid);
  }
});

test('the error of an app is shown, however much it has printed, and however long its lines are', async () => {
  const app = `console.error('x'.repeat(5000)); console.error('Error: no such VPC');
    process.exitCode = 3; for (let i = 0; i < 5000; i++) console.log('line ' + i);`;
  const folder = migrationFolder({ 'app.js': app, 'cdk.json': JSON.stringify({ app: 'node app.js' }) });

  const message = await run(folder, { checkout: { root: '/work', files: folder } }).catch((error: unknown) =>
    String(error),
  );

  expect(message).toContain('line 4999\n');
  expect(message).toMatch(/ {2}Error: no such VPC\n$/);
  expect(message.length).toBeLessThan(3000);
  expect(message).toContain('let "build" in cdk.json make what is compiled');
});

test('an app is not told of another folder by git or npm', async () => {
  const folder = migrationFolder({ 'app.js': APP, 'cdk.json': JSON.stringify({ app: 'node app.js' }) });
  const before = { ...process.env };
  Object.assign(process.env, { INIT_CWD: '/elsewhere', GIT_DIR: '/elsewhere/.git' });
  try {
    const env = told(await run(folder));
    expect([env.INIT_CWD, env.GIT_DIR]).toEqual([folder, undefined]);
  } finally {
    process.env = before;
  }
});
