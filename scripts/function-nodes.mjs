/**
 * Prints, as JSON, the Node binaries that the function is tested with: `[{"name":"Node 22","path":…},…]`, the newest last,
 * which is the function's own runtime. Of each, this process's own where it is one, else that of the npm package
 * `node-<platform>-<arch>`, installed into `.cache/` once. (The package `node` would need its install script.) Ends with 1
 * where one cannot be had, and still prints the others.
 */
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** Those that Node.js's makers still mend, and Lambda runs. */
const MAJORS = ['22', '24'];

/** Path of a Node binary of a major version. Rejects where it cannot be had. */
async function nodeOf(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const prefix = path.join(import.meta.dirname, `../.cache/node${major}`);
  const binary = path.join(prefix, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!works(binary, major)) await install(`${name}@${major}`, prefix);
  if (!works(binary, major)) throw new Error(`${binary} is not a Node ${major} that runs here`);
  return binary;
}

async function install(spec, prefix) {
  fs.mkdirSync(prefix, { recursive: true });
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix, spec];
  try {
    await promisify(execFile)('npm', args, { encoding: 'utf8', shell: process.platform === 'win32' });
  } catch (error) {
    throw new Error(`npm install ${spec} failed: ${error.stderr?.trim() || error.message}`);
  }
}

function works(binary, major) {
  if (!fs.existsSync(binary)) return false;
  try {
    return execFileSync(binary, ['--version'], { encoding: 'utf8' }).startsWith(`v${major}.`);
  } catch {
    // Another C library than the binary's, or an install that was broken off.
    return false;
  }
}

const results = await Promise.allSettled(MAJORS.map(nodeOf));
const found = results.flatMap(({ status, value }, at) =>
  status === 'fulfilled' ? [{ name: `Node ${MAJORS[at]}`, path: value }] : [],
);
for (const { reason } of results.filter(({ status }) => status === 'rejected')) {
  console.error(reason.message);
  process.exitCode = 1;
}
console.log(JSON.stringify(found));
