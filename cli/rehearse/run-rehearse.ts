import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT_CODE } from '../exit-code';
import { nothingPlayed } from './nothing-played';
import { requireWritable, writeWhole } from '../output-file';
import { readSettings } from '../settings';
import type { Terminal } from '../terminal/terminal';
import type { Releases } from './play/stage';
import { type Progress, rehearse } from './rehearse';
import { type Assembly, type AssemblyStack, findStack, readAssembly, requireAssets } from './release/assembly';
import { baseCommit } from './release/base-commit';
import { readProject } from './release/cdk-project';
import { checkOut } from './release/checkout';
import { withAllParameters } from './release/nested-parameters';
import { type GivenParameter, madeUpParameters, parametersFor, parseParameters } from './release/parameters';
import { synthesize } from './release/synthesize';
import { asHtml } from './report/html/as-html';
import { asMarkdown } from './report/as-markdown';
import { playLines, summaryLines } from './report/as-text';
import type { ReleaseOrigin } from './report/rehearsal-report';
import { originText, PLAY_TITLES } from './report/words';

/** What somebody asked for. */
export interface RehearseOptions {
  readonly from?: string;
  readonly app?: string;
  readonly assembly?: string;
  readonly fromAssembly?: string;
  readonly stack?: string;
  /** Context for the apps, as `key=value`. */
  readonly context: readonly string[];
  /** Values of the template's parameters, as `[STACK:]NAME=VALUE`. */
  readonly parameters: readonly string[];
  /** Files, by whose ending it is told what is written into them. */
  readonly reports: readonly string[];
  readonly json: boolean;
}

/** Milliseconds within which a signal is told that has come before. */
const SIGNAL_MS = 20;

/** Rehearses a deployment and says what was seen. Gives the exit code. */
export async function runRehearse(options: RehearseOptions, terminal: Terminal, signal: AbortSignal): Promise<number> {
  for (const file of options.reports) {
    requireReportName(file);
    requireWritable('--report', file, 'Nothing was played');
  }
  for (const each of options.context) requireKeyAndValue(each);
  requireApp(options);
  const given = parseParameters(options.parameters);
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'rehearse-')));
  try {
    const { releases, origins, lookups } = await findReleases(options, given, folder, terminal, signal);
    const title = `rehearsing ${releases.next.path}, from ${originText(origins.base)} to ${originText(origins.next)}`;
    const onProgress = (progress: Progress): void => tell(progress, title, options, terminal);
    const report = await rehearse({ releases, origins, lookups, onProgress, signal });
    // First, since a file may yet be refused: a full disk.
    if (options.json) terminal.print(JSON.stringify(report));
    else for (const line of summaryLines(report, terminal)) terminal.print(line);
    for (const file of options.reports) {
      writeWhole(file, file.endsWith('.html') ? asHtml(report) : asMarkdown(report));
      terminal.note(`the report is in ${file}`);
    }
    return report.verdict === 'held' ? EXIT_CODE.fine : EXIT_CODE.found;
  } catch (error) {
    // Ctrl-C also ends git or a copy that was waited for: what that says is here before the signal.
    await sleep(SIGNAL_MS);
    if (!signal.aborted) throw error;
    terminal.note('stopped; the throwaway server and all processes are ended, and nothing of them is left');
    return EXIT_CODE.stopped;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function requireReportName(file: string): void {
  if (/\.(?:html|md)$/.test(file)) return;
  throw nothingPlayed(
    'report-unknown',
    `--report ${file}: it is told by the ending what to write, .html or .md`,
    EXIT_CODE.usage,
  );
}

function requireKeyAndValue(text: string): void {
  if (/^[^=]+=/.test(text)) return;
  throw nothingPlayed('context-unusable', `--context ${text}: write key=value, as for "cdk deploy"`, EXIT_CODE.usage);
}

/** Context is for an app that is run. */
function requireApp({ context, assembly, fromAssembly }: RehearseOptions): void {
  if (context.length === 0 || assembly === undefined || fromAssembly === undefined) return;
  throw nothingPlayed(
    'context-unusable',
    '--context is read by the app, and no app is run: --assembly and --from-assembly are what it has made already. Leave it ' +
      'out, or give it to "cdk synth"',
    EXIT_CODE.usage,
  );
}

function tell(progress: Progress, title: string, { json }: RehearseOptions, terminal: Terminal): void {
  switch (progress.kind) {
    case 'server':
      if (!json) terminal.print(title);
      terminal.note(`on ${progress.name}, a throwaway server of this machine`);
      return;
    case 'begins':
      terminal.note(`${PLAY_TITLES[progress.play]} …`);
      return;
    case 'ended':
      if (!json) for (const line of playLines(progress.report, terminal)) terminal.print(line);
      return;
  }
}

interface FoundReleases {
  readonly releases: Releases;
  readonly origins: { readonly base: ReleaseOrigin; readonly next: ReleaseOrigin };
  readonly lookups: readonly string[];
}

async function findReleases(
  options: RehearseOptions,
  given: readonly GivenParameter[],
  folder: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<FoundReleases> {
  const cwd = process.cwd();
  const origin: ReleaseOrigin =
    options.assembly === undefined ? { kind: 'working-tree' } : { kind: 'assembly', folder: options.assembly };
  const name = originText(origin);
  // Before any app is run: a ref that is not there needs none.
  const commit = options.fromAssembly === undefined ? baseCommit(cwd, options.from, options.reports) : null;
  if (options.assembly === undefined) terminal.note(`synthesizing ${name}`);
  const assembly = await readAssembly(
    options.assembly ??
      (await synthesize(cwd, {
        app: options.app,
        context: options.context,
        release: name,
        outdir: path.join(folder, 'next'),
        signal,
      })),
  );
  const next = findStack(assembly, options.stack ?? readSettings(cwd).stack, name);
  requireAssets(next, name);

  const base = await baseAssembly(options, commit, folder, terminal, signal);
  const found = (stack: AssemblyStack | null, from: ReleaseOrigin): FoundReleases => {
    const values = parametersFor(given, { next, base: stack }, assembly);
    const valued = (one: AssemblyStack): AssemblyStack => withAllParameters(one, given, values);
    const releases = { base: stack && valued(stack), next: valued(next) };
    sayMadeUp(releases.next, terminal);
    return { releases, origins: { base: from, next: origin }, lookups: assembly.lookups };
  };
  if ('because' in base) return found(null, base);
  const stack = base.assembly.stacks.find((each) => each.path === next.path) ?? null;
  if (stack !== null) requireAssets(stack, originText(base.origin));
  const because = `${originText(base.origin)} has no stack ${next.path}`;
  return found(stack, stack === null ? { kind: 'none', because } : base.origin);
}

/** "cdk deploy" refuses a stack with such a parameter; what it is matters here only where a migration or a condition reads it. */
function sayMadeUp({ template }: AssemblyStack, terminal: Terminal): void {
  const names = madeUpParameters(template);
  if (names.length === 0) return;
  const are = names.length === 1 ? 'the value of the parameter' : 'the values of the parameters';
  terminal.note(`made up: ${are} ${names.join(', ')}; give yours with --parameters NAME=VALUE, as for "cdk deploy"`);
}

type Base =
  { readonly assembly: Assembly; readonly origin: ReleaseOrigin } | Extract<ReleaseOrigin, { readonly kind: 'none' }>;

async function baseAssembly(
  { app, context, fromAssembly }: RehearseOptions,
  commit: ReturnType<typeof baseCommit> | null,
  folder: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Base> {
  if (fromAssembly !== undefined) {
    return { assembly: await readAssembly(fromAssembly), origin: { kind: 'assembly', folder: fromAssembly } };
  }
  if (commit === null) throw new Error('neither an assembly nor git has the base release');
  if ('because' in commit) return { kind: 'none', ...commit };
  const origin: ReleaseOrigin = { kind: 'commit', ...commit };
  const release = originText(origin);
  const checkout = checkOut(process.cwd(), commit.commit, folder, app);
  if (!fs.existsSync(checkout.folder) || (app === undefined && readProject(checkout.folder) === null)) {
    return { kind: 'none', because: `${release} has no CDK app in this folder` };
  }
  terminal.note(`synthesizing ${release}`);
  const outdir = await synthesize(checkout.folder, {
    ...{ app, context, release, checkout, signal },
    outdir: path.join(folder, 'base'),
  });
  return { assembly: await readAssembly(outdir), origin };
}
