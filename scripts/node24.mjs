/**
 * Prints the path of a Node 24 binary, the newest runtime of the function: this process's own where it is one, else that
 * of the npm package `node-<platform>-<arch>`, installed into `.cache/node24` once. (The package `node` would need its
 * install script.) Ends with 1 where it cannot be had.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const MAJOR = '24';

/** Path of a Node 24 binary. Throws where it cannot be had. */
export function node24() {
  if (process.versions.node.startsWith(`${MAJOR}.`)) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const prefix = path.join(import.meta.dirname, '../.cache/node24');
  const binary = path.join(prefix, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!works(binary)) install(`${name}@${MAJOR}`, prefix);
  if (!works(binary)) throw new Error(`${binary} is not a Node ${MAJOR} that runs here`);
  return binary;
}

function install(spec, prefix) {
  fs.mkdirSync(prefix, { recursive: true });
  const npm = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix, spec], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) throw new Error(`npm install ${spec} failed: ${npm.stderr?.trim() || npm.error?.message}`);
}

function works(binary) {
  if (!fs.existsSync(binary)) return false;
  try {
    return execFileSync(binary, ['--version'], { encoding: 'utf8' }).startsWith(`v${MAJOR}.`);
  } catch {
    // Another C library than the binary's, or an install that was broken off.
    return false;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    console.log(node24());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
