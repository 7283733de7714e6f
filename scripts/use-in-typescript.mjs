/**
 * Uses the package that `npm run build:jsii` made as a stranger would: the README's example in a fresh CDK app outside of
 * the repository, with the lowest `aws-cdk-lib` that the package says it works with, and without esbuild.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { addModule, checkAssembly, freshApp } from './fresh-app.mjs';
import { readmeExample } from './readme-example.mjs';
import { run } from './run.mjs';

const root = path.dirname(import.meta.dirname);
const { name, version, peerDependencies } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const lowestCdk = peerDependencies['aws-cdk-lib'].replace('^', '');
const tarball = path.join(root, `dist/jsii/js/${name}@${version}.jsii.tgz`);

/** What the CDK's command line says to an app. */
const SYNTH = { ...process.env, CDK_OUTDIR: 'cdk.out' };

/** Bytes of the package. */
const MOST_BYTES = 2 * 1024 * 1024;

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'use-in-typescript-'));
try {
  const app = install();
  checkTypes(app);
  run(process.execPath, ['lib/app.js'], app, SYNTH);
  checkBundle(checkAssembly(path.join(app, 'cdk.out')));
  checkCommandLine(app);
  checkModuleWithoutEsbuild(app);
  console.log(`${path.basename(tarball)} works in a fresh app with aws-cdk-lib ${lowestCdk}: types, synth, bundle`);
} finally {
  fs.rmSync(temporary, { recursive: true, force: true });
}

function install() {
  assert(fs.statSync(tarball).size < MOST_BYTES, `${path.basename(tarball)} is larger than ${MOST_BYTES} bytes`);
  const app = path.join(temporary, 'app');
  freshApp(app);
  fs.writeFileSync(path.join(app, 'package.json'), JSON.stringify({ private: true }));
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball, `aws-cdk-lib@${lowestCdk}`], app);
  const files = fs.readdirSync(path.join(app, 'node_modules', name), { recursive: true });
  for (const wanted of [
    '.jsii',
    'LICENSE',
    'README.md',
    'API.md',
    'CHANGELOG.md',
    'examples/README.md',
    'dist/function/index.js',
    'dist/cli/main.mjs',
    'dist/cli/runtime.cjs',
    'dist/THIRD-PARTY-LICENSES.txt',
  ]) {
    assert(files.includes(path.normalize(wanted)), `the package lacks ${wanted}`);
  }
  const strange = files.filter((file) =>
    /(^|[\\/])(test|rehearsal|node_modules|cdk\.out)[\\/]|^migrations[\\/]|\.tsbuildinfo$/.test(file),
  );
  assert.deepEqual(strange, [], 'the package contains files that are of no use to its users');
  return app;
}

function checkTypes(app) {
  fs.writeFileSync(path.join(app, 'lib/app.ts'), readmeExample('ts'));
  // As the example of docs/migration-files.md.
  fs.writeFileSync(
    path.join(app, 'lib/migration.ts'),
    `import type { MigrationContext } from '${name}';\nexport const up = ({ query }: MigrationContext) => query('DO ?', [1]);\n`,
  );
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
      files: ['lib/app.ts', 'lib/migration.ts'],
    }),
  );
  run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc')], app);
}

/** That the bundle needs nothing beside it: there is no node_modules in a function. */
function checkBundle(asset) {
  const alone = path.join(temporary, 'function');
  fs.cpSync(asset, alone, { recursive: true });
  const program = `process.stdout.write(typeof require(${JSON.stringify(path.join(alone, 'index.js'))}).handler)`;
  assert.equal(run(process.execPath, ['-e', program], alone), 'function', 'the bundle exports `handler`');
}

/** That the command line runs as npm installs it, under both names. */
function checkCommandLine(app) {
  for (const program of ['aurora-migrations', name]) {
    const printed = run(path.join(app, 'node_modules/.bin', program), ['lint', 'migrations'], app);
    assert.match(printed, / migrations? in migrations: /);
  }
}

function checkModuleWithoutEsbuild(app) {
  addModule(app);
  const { status, stderr } = spawnSync(process.execPath, ['lib/app.js'], { cwd: app, env: SYNTH, encoding: 'utf8' });
  assert.notEqual(status, 0, 'a JavaScript migration cannot be bundled without esbuild');
  assert.match(stderr, /0003_fill_user\.js/);
  assert.match(stderr, /npm install .*esbuild/);
}
