import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { ASSET } from '../contract';
import type { MigrationModule, OwnScripts } from '../ports';
import type { Manifest } from '../manifest/types';

/** Reads the manifest in the function's code. Throws where it is missing: the asset was not built by the construct. */
export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, ASSET.manifest), 'utf8')) as Manifest;
}

/** The scripts in the function's code, each read when it is needed: all of them together may be large. */
export function ownScripts(folder: string): OwnScripts {
  const read = (file: string): string => readFileSync(join(folder, ASSET.scripts, file), 'utf8');
  return {
    text: (name) => read(`${name}.json`),
    largeUp: (name) => JSON.parse(read(`${name}.up.json`)) as readonly string[],
    module: (name, source) => evaluateModule(join(folder, `${name}.js`), source),
  };
}

/** Runs a CommonJS module's source. Its only imports are Node.js' own: it was bundled at synth. */
export function evaluateModule(file: string, source: string): MigrationModule {
  const module: { exports: unknown } = { exports: {} };
  const wrapper = compileFunction(source, ['module', 'exports', 'require'], { filename: file }) as (
    ...parameters: readonly unknown[]
  ) => void;
  wrapper(module, module.exports, createRequire(file));
  return module.exports as MigrationModule;
}
