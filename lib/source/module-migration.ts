import { createRequire, isBuiltin } from 'node:module';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vm from 'node:vm';
import type * as esbuild from 'esbuild';
import type { ModuleScript } from '../../lambda/manifest/types';
import { foreignClass, foreignModule } from './other-tools/foreign-module';
import { unfilledFunctions } from './unfilled-module';
import { failed, type MigrationProblem, type Reading } from '../review/migration-problem';

/** What a migration's module exports. */
interface MigrationExports {
  readonly up?: unknown;
  readonly down?: unknown;
  readonly idempotentDown?: unknown;
  readonly irreversible?: unknown;
  readonly phase?: unknown;
}

type ModuleFunction = (exports: MigrationExports, require: (id: string) => unknown, module: object) => void;

/** What was found in the modules of a directory. */
export interface ModuleReadings {
  /** By file. */
  readonly scripts: ReadonlyMap<string, ModuleScript>;
  /** Files with the phase contract. */
  readonly contracting: ReadonlySet<string>;
  readonly problems: readonly MigrationProblem[];
}

/**
 * Reads migrations that are JavaScript or TypeScript modules: bundles each into one self-contained CommonJS file and
 * evaluates that once, as the function will, to see what it exports.
 */
export function readModules(directory: string, files: readonly string[]): ModuleReadings {
  if (files.length === 0) {
    return { scripts: new Map(), contracting: new Set(), problems: [] };
  }
  const bundler = findEsbuild();
  if (bundler === undefined) {
    return { scripts: new Map(), contracting: new Set(), problems: files.map(esbuildMissing) };
  }
  const texts = new Map(files.map((file) => [file, fs.readFileSync(path.join(directory, file), 'utf8')]));
  // Not bundled: what they import from their tool need not be here.
  const foreign = [...texts].flatMap(([file, text]) => foreignClass(file, text) ?? []);
  const own = files.filter((file) => foreign.every((each) => each.file !== file));
  const { sources, problems } = bundle(bundler, directory, own);
  const readings = [...sources].map(([file, source]) => {
    const problems = unfilledFunctions(file, source, texts.get(file) ?? '');
    return { file, ...(problems.length > 0 ? { problems, warnings: [] } : scriptOf(file, source)) };
  });
  return {
    scripts: new Map(readings.flatMap(({ file, found }) => (found === undefined ? [] : [[file, found]]))),
    contracting: new Set(readings.filter(({ isContract }) => isContract).map(({ file }) => file)),
    problems: [
      ...foreign,
      ...problems.map((problem) => withTool(problem, texts.get(problem.file) ?? '')),
      ...readings.flatMap((reading) => reading.problems),
    ],
  };
}

/** What cannot be bundled may be of another tool, which is why. */
function withTool(problem: MigrationProblem, source: string): MigrationProblem {
  const [foreign] = foreignModule(problem.file, source);
  return foreign === undefined ? problem : { ...problem, problem: `${problem.problem}; ${foreign.problem}` };
}

/**
 * Found beside us or in the app's folder, also of an app in Python. It is no peer dependency: who has SQL migrations only
 * need not install it, and jsii knows no optional ones.
 */
function findEsbuild(): typeof esbuild | undefined {
  const require = createRequire(__filename);
  try {
    return require(require.resolve('esbuild', { paths: [__dirname, process.cwd()] })) as typeof esbuild;
  } catch {
    return undefined;
  }
}

function esbuildMissing(file: string): MigrationProblem {
  return {
    code: 'esbuild-missing',
    file,
    problem:
      'a JavaScript or TypeScript migration needs esbuild: run "npm install --save-dev esbuild" in the app\'s folder',
  };
}

interface Bundles {
  /** By file. */
  readonly sources: ReadonlyMap<string, string>;
  readonly problems: readonly MigrationProblem[];
}

/**
 * All in one call, for each starts a process. The directory is the working directory and white space is taken out:
 * esbuild writes relative paths into its output, and the same migrations must give the same script in every checkout.
 */
function bundle(bundler: typeof esbuild, directory: string, files: readonly string[]): Bundles {
  if (files.length === 0) return { sources: new Map(), problems: [] };
  const folder = fs.realpathSync(directory);
  try {
    const { outputFiles } = bundler.buildSync({
      absWorkingDir: folder,
      entryPoints: files.map((file) => ({ in: path.join(folder, file), out: file })),
      outdir: folder,
      write: false,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node22',
      // The function evaluates it as CommonJS, which knows no import().
      supported: { 'dynamic-import': false },
      minifyWhitespace: true,
      legalComments: 'none',
      charset: 'utf8',
      sourcemap: false,
      logLevel: 'silent',
    });
    return {
      sources: new Map(outputFiles.map((output) => [path.basename(output.path, '.js'), output.text])),
      problems: [],
    };
  } catch (error) {
    return { sources: new Map(), problems: problemsOf(error as Partial<esbuild.BuildFailure> & Error, files) };
  }
}

function problemsOf(failure: Partial<esbuild.BuildFailure> & Error, files: readonly string[]): MigrationProblem[] {
  const messages = failure.errors ?? [{ text: failure.message, location: null }];
  return messages.map(({ text, location }) => ({
    code: 'module-not-bundled',
    file: location?.file ?? files.join(', '),
    line: location?.line,
    problem: `esbuild cannot bundle it: ${text}`,
  }));
}

function scriptOf(file: string, source: string): Reading<ModuleScript> & { readonly isContract?: boolean } {
  let exported: MigrationExports;
  try {
    exported = evaluate(file, source);
  } catch (error) {
    const reason = (error as Partial<Error> | undefined)?.message ?? String(error);
    return failed({
      code: 'module-not-loaded',
      file,
      problem: `loading it fails with "${reason}": what it does outside of up and down must work without a database, here and in the function`,
    });
  }
  const irreversible = exported.irreversible === true;
  const idempotentDown = exported.idempotentDown === true;
  const problem = problemOf(file, exported, irreversible);
  if (problem !== undefined) {
    return failed(problem);
  }
  // The order of the keys is part of the script's hash.
  const found: ModuleScript = {
    v: 1,
    module: source,
    ...(idempotentDown && { idempotentDown }),
    ...(irreversible && { irreversible }),
  };
  return { found, problems: [], warnings: [], isContract: exported.phase === 'contract' };
}

function problemOf(
  file: string,
  { up, down, phase }: MigrationExports,
  irreversible: boolean,
): MigrationProblem | undefined {
  if (typeof up !== 'function') {
    return {
      code: 'up-missing',
      file,
      problem: 'it does not export a function up: write "export async function up({ query }) { … }"',
    };
  }
  if (phase !== undefined && phase !== 'contract') {
    return {
      code: 'phase-unknown',
      file,
      problem: 'its export phase is not known: write "export const phase = \'contract\'", or leave it out',
    };
  }
  if (irreversible && down !== undefined) {
    return {
      code: 'irreversible-with-down',
      file,
      problem: '"irreversible = true" contradicts the export down: remove one of the two',
    };
  }
  if (!irreversible && typeof down !== 'function') {
    return {
      code: 'down-missing',
      file,
      problem:
        'it does not export a function down: write "export async function down({ query }) { … }" that reverts the up, or "export const irreversible = true"',
    };
  }
  return undefined;
}

/** As in the function: nothing can be required but what Node.js brings. */
function evaluate(file: string, source: string): MigrationExports {
  const require = createRequire(__filename);
  const requireBuiltin = (id: string): unknown => {
    if (!isBuiltin(id)) throw new Error(`"${id}" is not bundled and will be missing in the function`);
    return require(id);
  };
  const module: { exports: MigrationExports } = { exports: {} };
  const run = vm.compileFunction(source, ['exports', 'require', 'module'], { filename: file }) as ModuleFunction;
  run(module.exports, requireBuiltin, module);
  return module.exports;
}
