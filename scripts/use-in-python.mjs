/**
 * Uses the wheel that `npm run build:jsii` made as a stranger would: the README's example in a fresh Python app with a
 * virtual environment of its own, outside of the repository and without esbuild, with the lowest `aws-cdk-lib` that the
 * package says it works with.
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
const { version, jsii, peerDependencies } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const lowestCdk = peerDependencies['aws-cdk-lib'].replace('^', '');
const { module } = jsii.targets.python;
const wheel = path.join(root, `dist/jsii/python/${module}-${version}-py3-none-any.whl`);

const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'use-in-python-'));
// Unpacked packages are kept here in place of the home folder; and what the CDK's command line says to an app.
const env = { ...process.env, CDK_OUTDIR: 'cdk.out', JSII_RUNTIME_PACKAGE_CACHE_ROOT: path.join(temporary, 'jsii') };
try {
  const python = virtualEnvironment();
  run(python, ['-m', 'pip', 'install', '--quiet', wheel, `aws-cdk-lib==${lowestCdk}`], temporary);
  const [app, withModule] = ['app', 'with-module'].map((name) => appIn(path.join(temporary, name)));
  addModule(withModule);
  const stderr = synthesize(python, app, withModule);
  assert(fs.existsSync(path.join(app, 'cdk.out/manifest.json')), stderr);
  checkAssembly(path.join(app, 'cdk.out'));
  // What JavaScript says must reach a reader of Python's output.
  assert.match(stderr, /0003_fill_user\.js: .*npm install .*esbuild/);
  console.log(`${path.basename(wheel)} works in a fresh Python app with aws-cdk-lib ${lowestCdk}: synth, bundle`);
} finally {
  fs.rmSync(temporary, { recursive: true, force: true });
}

function virtualEnvironment() {
  const folder = path.join(temporary, 'environment');
  run('python3', ['-m', 'venv', folder], temporary);
  return path.join(folder, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
}

function appIn(folder) {
  freshApp(folder);
  fs.writeFileSync(path.join(folder, 'lib/app.py'), readmeExample('python'));
  return folder;
}

/** Synthesizes two apps in one process, as `import aws_cdk` alone takes seconds. The second one must fail: gives what it says. */
function synthesize(python, app, failing) {
  const program = "import runpy, sys\nfor app in sys.argv[1:]:\n  runpy.run_path(app + '/lib/app.py')\n";
  const { status, stderr } = spawnSync(python, ['-c', program, app, failing], { cwd: app, env, encoding: 'utf8' });
  assert.notEqual(status, 0, 'a JavaScript migration cannot be bundled without esbuild');
  return stderr;
}
