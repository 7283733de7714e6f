import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.dirname(path.dirname(__dirname));

/** Lays `node_modules` into a folder as `npm install` would, but with the sources of the package in place of its build. */
export function linkPackage(folder: string): void {
  const modules = path.join(folder, 'node_modules');
  const own = path.join(modules, 'cdk-aurora-migrations');
  mkdirSync(own, { recursive: true });
  writeFileSync(
    path.join(own, 'index.js'),
    `module.exports = require(${JSON.stringify(path.join(ROOT, 'lib/index.ts'))});`,
  );
  for (const name of ['aws-cdk-lib', 'constructs']) {
    symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name));
  }
}
