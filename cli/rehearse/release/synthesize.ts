import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ExpectedFailure } from '../../expected-failure';
import { type CdkProject, readProject } from './cdk-project';

/** How an app is run. */
export interface SynthesisOptions {
  /** Replaces the command of `cdk.json`. */
  readonly app?: string;
  /** What this release is called in an error: `the working tree`, `main`. */
  readonly release: string;
  /** Where its cloud assembly goes. */
  readonly outdir: string;
  readonly signal: AbortSignal;
}

/** Of a text in the environment; a larger context goes by a file, as the CDK has it. */
const MOST_BYTES = 32_000;

/** Of what an app has printed, as much as an error shows. */
const MOST_LINES = 40;

/**
 * Runs an app as the CDK's command line does, and gives the folder of its cloud assembly. AWS is not asked: what is not in
 * `cdk.context.json` is the placeholder that the CDK itself puts in at the first run.
 */
export async function synthesize(folder: string, options: SynthesisOptions): Promise<string> {
  const project = readProject(folder);
  const app = options.app ?? project?.app;
  if (app === undefined) {
    throw new ExpectedFailure(
      'app-unknown',
      `${project === null ? 'there is no cdk.json in' : 'cdk.json names no app in'} ${folder}: run it in the folder of your CDK app, name its command with --app, or what "cdk synth" made with --assembly. Nothing was played`,
    );
  }
  const given = path.resolve(folder, app);
  if (fs.statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false) return given;
  fs.mkdirSync(options.outdir, { recursive: true });
  if (project?.build !== undefined) await run(project.build, folder, process.env, options);
  await run(executable(app, given), folder, { ...process.env, ...variables(project, options.outdir) }, options);
  if (fs.existsSync(path.join(options.outdir, 'manifest.json'))) return options.outdir;
  throw new ExpectedFailure(
    'app-failed',
    `the app of ${options.release} (${app}) made no cloud assembly: does it call app.synth(), and is it a CDK app? Nothing was played`,
  );
}

/** A file of JavaScript need not be executable. */
function executable(app: string, file: string): string {
  return app.endsWith('.js') && fs.existsSync(file) ? `"${process.execPath}" "${app}"` : app;
}

/** What the CDK's command line tells an app. */
function variables(project: CdkProject | null, outdir: string): NodeJS.ProcessEnv {
  const context = {
    ...project?.context,
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    'aws:cdk:disable-version-reporting': true,
    'aws:cdk:bundling-stacks': ['**'],
  };
  const region = process.env.CDK_DEFAULT_REGION ?? process.env.AWS_REGION ?? 'eu-central-1';
  const text = JSON.stringify(context);
  const isLarge = Buffer.byteLength(text) > MOST_BYTES;
  const overflow = path.join(outdir, 'context.json');
  if (isLarge) fs.writeFileSync(overflow, text);
  return {
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: isLarge ? '{}' : text,
    ...(isLarge ? { CONTEXT_OVERFLOW_LOCATION_ENV: overflow } : {}),
    CDK_DEFAULT_REGION: region,
    // An app may want one where it is asked for things that only AWS knows.
    CDK_DEFAULT_ACCOUNT: process.env.CDK_DEFAULT_ACCOUNT ?? '111122223333',
    // Rules for templates are a matter of the deployment, and of `cdk synth`.
    CDK_VALIDATION: 'false',
  };
}

async function run(
  command: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  { release, signal }: SynthesisOptions,
): Promise<void> {
  // A process group of its own: a shell that is ended would leave the app behind.
  const child = spawn(command, { cwd: folder, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const end = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
  };
  signal.addEventListener('abort', end);
  const said: string[] = [];
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  const [code, by] = (await once(child, 'close')) as [number | null, string | null];
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  if (code === 0) return;
  const lines = said.join('').trimEnd().split('\n').slice(-MOST_LINES);
  throw new ExpectedFailure(
    'app-failed',
    `the app of ${release} cannot be synthesized: "${command}" in ${folder} ended with ${by ?? `exit code ${code}`}. Nothing was played. It said:\n${lines.map((line) => `  ${line}`).join('\n')}\n`,
  );
}
