/**
 * Runs Jest, with the arguments given, on a Node version that the package names in its `engines`: on this one, or, where this
 * one is older, on the newest that the function runs on. What the tests start by the name of `node` is that one, too.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const { engines } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const [oldest] = /\d+/.exec(engines.node);

function nodeForTests() {
  if (Number.parseInt(process.versions.node, 10) >= Number(oldest)) return process.execPath;
  const script = path.join(root, 'scripts/function-nodes.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  const newest = JSON.parse(stdout).at(-1);
  const on = newest?.name ?? `this Node, for no newer one can be had (${stderr.trim()})`;
  console.error(
    `note: the package is for Node ${engines.node}, and this is ${process.version}: the tests run on ${on}`,
  );
  return newest?.path ?? process.execPath;
}

const node = nodeForTests();
const env = { ...process.env, PATH: [path.dirname(node), process.env.PATH].join(path.delimiter) };
const jest = path.join(root, 'node_modules/jest/bin/jest.js');
const { status, signal } = spawnSync(node, [jest, ...process.argv.slice(2)], { stdio: 'inherit', env });
if (signal !== null) console.error(`Jest was ended by ${signal}`);
process.exitCode = status ?? 1;
