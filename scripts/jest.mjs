/**
 * Runs Jest, with the arguments given, on a Node version that the package names in its `engines`: on this one, or, where this one
 * is older, on the newest that the function runs on. What the tests start by the name of `node` is that one, too.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const { engines } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

function nodeForTests() {
  const oldest = Number(/^>=(\d+)$/.exec(engines.node)[1]);
  if (Number.parseInt(process.versions.node, 10) >= oldest) return process.execPath;
  const found = execFileSync(process.execPath, [path.join(root, 'scripts/function-nodes.mjs')], { encoding: 'utf8' });
  const { name, path: newest } = JSON.parse(found).at(-1);
  console.error(
    `note: the tests run on ${name}, since the package is for ${engines.node} and this is ${process.version}`,
  );
  return newest;
}

const node = nodeForTests();
const env = { ...process.env, PATH: [path.dirname(node), process.env.PATH].join(path.delimiter) };
const jest = path.join(root, 'node_modules/jest/bin/jest.js');
const { status, signal } = spawnSync(node, [jest, ...process.argv.slice(2)], { stdio: 'inherit', env });
process.exitCode = status ?? 1;
if (signal !== null) console.error(`Jest was ended by ${signal}`);
