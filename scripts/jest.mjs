/**
 * Runs Jest, with the arguments given, on a Node that the package is for: see `package-node.mjs`. What the tests start by the
 * name of `node` is that one, too.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';

const script = path.join(import.meta.dirname, 'package-node.mjs');
const stdio = ['ignore', 'pipe', 'inherit'];
const node = execFileSync(process.execPath, [script], { encoding: 'utf8', stdio }).trim();
const jest = path.join(import.meta.dirname, '../node_modules/jest/bin/jest.js');
const env = { ...process.env, PATH: [path.dirname(node), process.env.PATH].join(path.delimiter) };
const { status, signal } = spawnSync(node, [jest, ...process.argv.slice(2)], { stdio: 'inherit', env });
if (signal !== null) console.error(`Jest was ended by ${signal}`);
process.exitCode = status ?? 1;
