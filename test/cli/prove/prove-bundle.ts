import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';

// Written in plain JavaScript, for the build.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { PARSING_FILE, parserBundle } = require('../../../scripts/parser-bundle.cjs') as {
  readonly PARSING_FILE: string;
  readonly parserBundle: (entry: string) => BuildOptions;
};

const ROOT = path.join(__dirname, '../../..');

/** The program with the one command, in one file, as it is shipped. */
export interface ProveProgram {
  readonly file: string;
  remove(): void;
}

/** Bundles the program. It lies below the repository, so that it finds what it does not hold. */
export async function bundleProgram(): Promise<ProveProgram> {
  const folder = mkdtempSync(path.join(ROOT, 'node_modules', '.prove-'));
  const file = path.join(folder, 'program.js');
  await build({
    entryPoints: [path.join(__dirname, 'prove-program.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node22',
    external: ['aws-cdk-lib', 'esbuild', 'typescript', 'mysql-memory-server'],
    logLevel: 'error',
  });
  // Loaded by its path, when a statement is to be parsed.
  await build({
    ...parserBundle(path.join(ROOT, `${PARSING_FILE}.ts`)),
    outfile: path.join(folder, `${path.basename(PARSING_FILE)}.js`),
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
