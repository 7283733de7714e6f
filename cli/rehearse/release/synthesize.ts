import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedFailure } from '../../expected-failure';
import { nothingPlayed } from '../nothing-played';
import { OF_HOOKS } from '../../run-git';
import { type CdkProject, readProject } from './cdk-project';
import { type Moved, movedEnvironment, movedPaths } from './moved-paths';

/** How an app is run. */
export interface SynthesisOptions {
  /** Replaces the command of `cdk.json`. */
  readonly app?: string;
  /** What this release is called in an error: `the working tree`, `main`. */
  readonly release: string;
  /** Where its cloud assembly goes. */
  readonly outdir: string;
  /** `key=value`, above what cdk.json says. */
  readonly context: readonly string[];
  /** Where it is the work of a commit, without what git does not keep. */
  readonly checkout?: Moved;
  readonly signal: AbortSignal;
}

/** Of a text in the environment; a larger context goes by a file, as the CDK has it. */
const MOST_BYTES = 32_000;

/** Of what an app has printed on either output, as much as an error shows. */
const MOST_LINES = 40;
const MOST_CHARACTERS = 400;

/** Milliseconds for what an app has printed when it ended. What it has left running in the background may print forever. */
const LAST_WORDS_MS = 500;

/**
 * Runs an app as the CDK's command line does, and gives the folder of its cloud assembly. AWS is not asked: what is not in
 * `cdk.context.json` is the placeholder that the CDK itself puts in at the first run.
 */
export async function synthesize(folder: string, options: SynthesisOptions): Promise<string> {
  const project = readProject(folder);
  const app = options.app ?? project?.app;
  if (app === undefined) {
    throw nothingPlayed(
      'app-unknown',
      `${project === null ? 'there is no cdk.json in' : 'cdk.json names no app in'} ${folder}: run it in the folder of your CDK app, name its command with --app, or what "cdk synth" made with --assembly`,
    );
  }
  const given = path.resolve(folder, app);
  if (fs.statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false) return given;
  fs.mkdirSync(options.outdir, { recursive: true });
  if (project?.build !== undefined) await run(project.build, folder, inheritedIn(folder, options), options);
  const startedAt = Date.now();
  const said = await run(
    executable(app, given),
    folder,
    { ...inheritedIn(folder, options), ...variables(project, options) },
    options,
  );
  if (fs.existsSync(path.join(options.outdir, 'manifest.json'))) return options.outdir;
  // An app that names its folder itself, the one where the CDK looks for it.
  const own = path.resolve(folder, project?.output ?? 'cdk.out');
  const made = fs.statSync(path.join(own, 'manifest.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (made >= startedAt - CLOCK_MS) {
    // The next app that is run may make its own in the same place.
    fs.cpSync(own, options.outdir, { recursive: true });
    return options.outdir;
  }
  throw new ExpectedFailure(
    'app-failed',
    `the app of ${options.release} (${app}) made no cloud assembly: does it call app.synth(), and is it a CDK app? Nothing was played${quoted(said)}`,
  );
}

/** By which a file system may be late. */
const CLOCK_MS = 1000;

/** A file of JavaScript need not be executable. */
function executable(app: string, file: string): string {
  return app.endsWith('.js') && fs.existsSync(file) ? `"${process.execPath}" "${app}"` : app;
}

/** What the CDK's command line tells an app. */
function variables(project: CdkProject | null, { outdir, context: given }: SynthesisOptions): NodeJS.ProcessEnv {
  const context = {
    ...project?.context,
    ...Object.fromEntries(given.map(keyAndValue)),
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    'aws:cdk:disable-version-reporting': true,
    'aws:cdk:bundling-stacks': ['**'],
  };
  const region =
    process.env.CDK_DEFAULT_REGION ?? process.env.AWS_REGION ?? onlyOne(project, 'region') ?? 'eu-central-1';
  const text = JSON.stringify(context);
  const isLarge = Buffer.byteLength(text) > MOST_BYTES;
  const overflow = path.join(outdir, 'context.json');
  if (isLarge) fs.writeFileSync(overflow, text);
  return {
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: isLarge ? '{}' : text,
    ...(isLarge ? { CONTEXT_OVERFLOW_LOCATION_ENV: overflow } : {}),
    CDK_DEFAULT_REGION: region,
    // An app may want one; with another than that of its lookups it would not find them in cdk.context.json.
    CDK_DEFAULT_ACCOUNT: process.env.CDK_DEFAULT_ACCOUNT ?? onlyOne(project, 'account') ?? '111122223333',
    // Rules for templates are a matter of the deployment, and of `cdk synth`.
    CDK_VALIDATION: 'false',
  };
}

/** Without what names the working tree where it is not what is run: git does in a hook, and npm says where it was called. */
function inheritedIn(folder: string, { checkout }: SynthesisOptions): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_HOOKS.has(name)));
  const own = checkout === undefined ? kept : movedEnvironment(kept, checkout);
  return { ...own, ...(own.INIT_CWD !== undefined && { INIT_CWD: folder }) };
}

/** The account or region of all that was looked up, where it is one. */
function onlyOne(project: CdkProject | null, what: 'account' | 'region'): string | undefined {
  const keys = Object.keys(project?.looked ?? {});
  const found = new Set(keys.flatMap((key) => new RegExp(`:${what}=([\\w-]+)(?::|$)`).exec(key)?.[1] ?? []));
  return found.size === 1 ? [...found][0] : undefined;
}

function keyAndValue(text: string): readonly [string, string] {
  const [key = ''] = text.split('=', 1);
  return [key, text.slice(key.length + 1)];
}

async function run(
  command: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  { release, checkout, signal }: SynthesisOptions,
): Promise<readonly string[]> {
  const own = checkout === undefined ? command : movedPaths(command, checkout);
  // A process group of its own: a shell that is ended would leave the app behind.
  const child = spawn(own, { cwd: folder, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const end = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
  };
  signal.addEventListener('abort', end);
  const outputs = [child.stdout, child.stderr].map((stream) => ({ stream, end: endOf(stream) }));
  const closed = once(child, 'close');
  const [code, by] = (await once(child, 'exit')) as [number | null, string | null];
  const late = new AbortController();
  await Promise.race([closed, sleep(LAST_WORDS_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
  for (const { stream } of outputs) stream.destroy();
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  const lines = outputs.flatMap((output) => output.end());
  if (code === 0) return lines;
  throw new ExpectedFailure(
    'app-failed',
    `the app of ${release} cannot be synthesized: "${own}" in ${folder} ended with ${by ?? `exit code ${code}`}. ${checkout === undefined ? '' : NOT_IN_GIT}Nothing was played${quoted(lines)}`,
  );
}

/** What an app has printed, at the end of an error; nothing where it was silent. */
function quoted(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `. It said:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}

const NOT_IN_GIT =
  'It has the files of that commit, and what git does not keep only of what is installed: let "build" in cdk.json make what is compiled, or name the release with --from-assembly. ';

/** Collects the end of what a stream brings; an app may print more than anybody wants to keep. */
function endOf(stream: Readable): () => readonly string[] {
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-MOST_KEPT);
  });
  return () => {
    const lines = text.trimEnd().split('\n').slice(-MOST_LINES);
    return lines
      .filter((line, index) => index > 0 || line !== '')
      .map((line) => (line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)} …` : line.trimEnd()));
  };
}

const MOST_KEPT = 1_000_000;
