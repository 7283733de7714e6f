import type { DumpResult } from '../../lambda/commands/dump';
import type { RunnerSettings } from '../command-runner';
import { consoleOnStderr } from '../terminal/console-on-stderr';
import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import { findRunner } from '../find-runner';
import { requireWritable, writeWhole } from '../output-file';
import { migrationsFolder, noFolderIn, type MigrationsFolder } from '../migrations-folder';
import { readSettings } from '../settings';
import { OF_FUNCTIONS, targetOf, type Target, type TargetFlags } from '../target';
import type { Terminal } from '../terminal/terminal';
import { folderSchema } from './folder-schema';
import { wholeAnswer } from '../whole-answer';
import { schemaSql } from './schema-sql';

/** What is dumped, and where it goes. */
export interface DumpOptions extends TargetFlags {
  /** The folder whose schema is wanted; absent: what the flags and the settings name. */
  readonly directory?: string;
  /** Absent: stdout. */
  readonly output?: string;
}

/** Writes a schema as SQL. */
export async function runDump(options: DumpOptions, terminal: Terminal, signal: AbortSignal): Promise<void> {
  consoleOnStderr();
  if (options.output !== undefined) requireWritable('--output', options.output, 'Nothing was dumped');
  const root = process.cwd();
  const settings = readSettings(root);
  const source = sourceOf(options, settings, root);
  const read =
    source.kind === 'folder'
      ? await folderSchema(source.folder, terminal, signal)
      : await targetSchema(source.target, { settings, root, terminal, signal });
  const { sql, leftOut } = schemaSql(read);
  for (const what of leftOut) terminal.note(`warning: left out is ${what}`);
  if (options.output === undefined) terminal.print(sql.replace(/\n$/, ''));
  else writeWhole(options.output, sql);
}

type Source =
  { readonly kind: 'folder'; readonly folder: MigrationsFolder } | { readonly kind: 'target'; readonly target: Target };

/** A folder that is named goes first, then a target, then the folder of the settings. */
function sourceOf(options: DumpOptions, settings: ReturnType<typeof readSettings>, root: string): Source {
  const { directory } = options;
  const isTargetNamed = (['url', 'stack', 'function', ...OF_FUNCTIONS] as const).some(
    (flag) => options[flag] !== undefined,
  );
  if (directory !== undefined && isTargetNamed) {
    throw new ExpectedFailure(
      'source-unclear',
      'a folder is named and a deployed stack or a server too: name the one whose schema is wanted. Nothing was done',
      EXIT_CODE.usage,
    );
  }
  const folder = (): Source => ({ kind: 'folder', folder: migrationsFolder(root, directory, settings) });
  if (directory !== undefined) return folder();
  try {
    return { kind: 'target', target: targetOf(options, settings, root, process.env) };
  } catch (error) {
    if (!(error instanceof ExpectedFailure) || error.code !== 'no-target') throw error;
    return orTarget(folder, root);
  }
}

/** Where there is no folder either, what is missing may be the server or the stack. */
function orTarget(folder: () => Source, root: string): Source {
  try {
    return folder();
  } catch (error) {
    if (!(error instanceof ExpectedFailure) || error.code !== 'directory-unknown') throw error;
    const message = `${noFolderIn(root)}; or name a database with --url or --stack. Nothing was dumped`;
    throw new ExpectedFailure(error.code, message);
  }
}

async function targetSchema(
  target: Target,
  options: Omit<RunnerSettings, 'target' | 'directory'>,
): Promise<DumpResult> {
  const runner = await findRunner({ ...options, target, directory: undefined });
  const answer = await runner.run({ command: 'dump' }, options.signal);
  return wholeAnswer<DumpResult>(answer, ['database', 'server', 'schema', 'brokenViews']);
}
