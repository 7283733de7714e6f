/** Runs Jest, with the arguments given. */
import path from 'node:path';
import { runOnPackageNode } from './on-package-node.mjs';

const jest = path.join(import.meta.dirname, '../node_modules/jest/bin/jest.js');
runOnPackageNode([jest, ...process.argv.slice(2)]);
