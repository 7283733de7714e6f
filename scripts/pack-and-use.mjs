/**
 * Packs the package and uses it as a stranger would: in a fresh CDK app outside of the repository, with the lowest
 * `aws-cdk-lib` that the package says it works with, and without esbuild.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const { name, peerDependencies } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const lowestCdk = peerDependencies['aws-cdk-lib'].replace('^', '');

const APP = `
  import { App, CfnOutput, Stack } from 'aws-cdk-lib';
  import * as ec2 from 'aws-cdk-lib/aws-ec2';
  import * as rds from 'aws-cdk-lib/aws-rds';
  import { AuroraMigrations, DatabaseTarget } from '${name}';

  const app = new App({ outdir: 'cdk.out' });
  const stack = new Stack(app, 'Foreign');
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const cluster = new rds.DatabaseCluster(stack, 'Cluster', {
    engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_08_0 }),
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    vpc,
  });
  const migrations = new AuroraMigrations(stack, 'Migrations', {
    database: DatabaseTarget.cluster(cluster, { databaseName: 'app' }),
    directory: 'migrations',
  });
  new CfnOutput(stack, 'SchemaVersion', { value: migrations.version });
  app.synth();
`;

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'pack-and-use-'));
try {
  const tarball = pack();
  const app = install(tarball);
  checkTypes(app);
  const asset = checkAssembly(app);
  checkBundle(asset);
  checkModuleWithoutEsbuild(app);
  console.log(`${path.basename(tarball)} works in a fresh app with aws-cdk-lib ${lowestCdk}: types, synth, bundle`);
} finally {
  fs.rmSync(temporary, { recursive: true, force: true });
}

function pack() {
  run('npm', ['pack', '--pack-destination', temporary], root);
  const [file] = fs.readdirSync(temporary);
  return path.join(temporary, file);
}

function install(tarball) {
  const app = path.join(temporary, 'app');
  fs.mkdirSync(path.join(app, 'migrations'), { recursive: true });
  fs.writeFileSync(path.join(app, 'package.json'), JSON.stringify({ private: true }));
  fs.writeFileSync(
    path.join(app, 'migrations/0001_create_user.sql'),
    '-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE user;\n',
  );
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball, `aws-cdk-lib@${lowestCdk}`], app);
  const files = fs.readdirSync(path.join(app, 'node_modules', name), { recursive: true });
  for (const wanted of [
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'dist/function/index.js',
    'dist/THIRD-PARTY-LICENSES.txt',
  ]) {
    assert(files.includes(path.normalize(wanted)), `the package lacks ${wanted}`);
  }
  const strange = files.filter((file) =>
    /(^|[\\/])(test|rehearsal|migrations|node_modules)[\\/]|\.tsbuildinfo$/.test(file),
  );
  assert.deepEqual(strange, [], 'the package contains files that are of no use to its users');
  return app;
}

function checkTypes(app) {
  const typescript = path.join(root, 'node_modules/typescript');
  fs.writeFileSync(path.join(app, 'app.ts'), APP);
  fs.writeFileSync(
    path.join(app, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        module: 'Node16',
        target: 'ES2022',
        types: ['node'],
        typeRoots: [path.join(root, 'node_modules/@types')],
      },
      files: ['app.ts'],
    }),
  );
  run(process.execPath, [path.join(typescript, 'bin/tsc')], app);
}

function checkAssembly(app) {
  run(process.execPath, ['app.js'], app);
  const assembly = path.join(app, 'cdk.out');
  const template = JSON.parse(fs.readFileSync(path.join(assembly, 'Foreign.template.json'), 'utf8'));
  const resources = Object.values(template.Resources).filter(({ Type }) => Type === 'Custom::AuroraMigrations');
  assert.equal(resources.length, 1, 'the template has one custom resource of ours');
  assert.equal(resources[0].Properties.Version, '0001_create_user');
  assert(template.Outputs.SchemaVersion, 'the template has the output that reads the version');
  const asset = fs
    .readdirSync(assembly)
    .map((entry) => path.join(assembly, entry))
    .find((entry) => fs.existsSync(path.join(entry, 'manifest.json')) && fs.existsSync(path.join(entry, 'index.js')));
  assert(asset, 'the assembly has no asset with index.js and manifest.json');
  const { digest, migrations } = JSON.parse(fs.readFileSync(path.join(asset, 'manifest.json'), 'utf8'));
  assert.deepEqual([digest, migrations.length], [resources[0].Properties.Digest, 1]);
  assert.deepEqual(fs.readdirSync(path.join(asset, 'scripts')), ['0001_create_user.json']);
  return asset;
}

/** That the bundle needs nothing beside it: there is no node_modules in a function. */
function checkBundle(asset) {
  const alone = path.join(temporary, 'function');
  fs.cpSync(asset, alone, { recursive: true });
  const program = `process.stdout.write(typeof require(${JSON.stringify(path.join(alone, 'index.js'))}).handler)`;
  assert.equal(run(process.execPath, ['-e', program], alone), 'function', 'the bundle exports `handler`');
}

function checkModuleWithoutEsbuild(app) {
  fs.writeFileSync(
    path.join(app, 'migrations/0002_fill_user.js'),
    "exports.up = ({ query }) => query('DO 1');\nexports.down = ({ query }) => query('DO 1');\n",
  );
  const { status, stderr } = spawnSync(process.execPath, ['app.js'], { cwd: app, encoding: 'utf8' });
  assert.notEqual(status, 0, 'a JavaScript migration cannot be bundled without esbuild');
  assert.match(stderr, /0002_fill_user\.js/);
  assert.match(stderr, /npm install .*esbuild/);
}

/** Runs a command and gives what it wrote; its whole output is in the error where it fails. */
function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed\n${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
}
