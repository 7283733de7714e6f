/**
 * Prints the path of a Node that the package is for (`engines`): this one or, where this one is older, the newest that the
 * function runs on. Where that cannot be had, this one all the same.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const { engines } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const [oldest] = /\d+/.exec(engines.node);

function newestOfFunction() {
  const script = path.join(root, 'scripts/function-nodes.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  const newest = JSON.parse(stdout).at(-1);
  const taken = newest?.name ?? `this one all the same, for no newer one can be had (${stderr.trim()})`;
  console.error(`note: the package is for Node ${engines.node}, and this is ${process.version}: taking ${taken}`);
  return newest?.path ?? process.execPath;
}

const isFit = Number.parseInt(process.versions.node, 10) >= Number(oldest);
console.log(isFit ? process.execPath : newestOfFunction());
