import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';

/**
 * Runs a program on a Node that the package is for, see `package-node.mjs`, and ends with its exit code. What it starts by the
 * name of `node` is that one, too.
 *
 * @param {readonly string[]} args of Node
 */
export function runOnPackageNode(args) {
  const script = path.join(import.meta.dirname, 'package-node.mjs');
  const stdio = ['ignore', 'pipe', 'inherit'];
  const node = execFileSync(process.execPath, [script], { encoding: 'utf8', stdio }).trim();
  const env = {
    ...process.env,
    PATH: [path.dirname(node), process.env.PATH].join(path.delimiter),
    // A command line that is started hundreds of times is compiled once.
    NODE_COMPILE_CACHE: path.join(import.meta.dirname, '../.cache/compiled'),
  };
  // From a terminal it gets this, too, and has its own way to end, for which is waited here.
  process.on('SIGINT', () => undefined);
  const { status, signal } = spawnSync(node, args, { stdio: 'inherit', env });
  if (signal !== null) console.error(`it was ended by ${signal}`);
  process.exitCode = status ?? 1;
}
