/** Runs a program from its TypeScript sources: `node scripts/typescript.mjs file.ts`, and its arguments. */
import path from 'node:path';
import { runOnPackageNode } from './on-package-node.mjs';

runOnPackageNode(['--require', path.join(import.meta.dirname, 'typescript.cjs'), ...process.argv.slice(2)]);
