import { describe } from '../../lib/review/migration-problem';
import { quoted } from '../terminal/quoted';
import { counted } from '../counted';
import { type BaseSchema, migrationsAfter, readBaseSchema } from './base-schema';
import { changedSince } from './changed-since';
import { reachesOut } from './reach/foreign-schemas';
import { type PlayedFolderReading, readPlayedFolder, type PlayedFolder } from './played-folder';
import { proveFolder, type ProveEvent } from './prove-folder';
import { eventsNote } from './server/events-note';
import { deniedBy, lackOf } from './server/missing-right';
import { findServer, schemasOf, stateAfter, type ProveServer } from './prove-server';
import { textOf, type Told } from './report/report-text';
import { jsonOf } from './report/result-json';
import { describeSummary, hasFound, summaryOf } from './report/summary';
import { consoleOnStderr } from '../terminal/console-on-stderr';
import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import { productOf } from '../database/throwaway-server';
import { emptyFolder } from '../migrations-folder';
import type { Terminal } from '../terminal/terminal';
import { watchFolder, type ProvedFolder } from './watch-folder';

/** What somebody asked for. */
export interface ProveSettings {
  readonly directory: string;
  /** A server on this machine; null: a throwaway one. */
  readonly url: string | null;
  /** Name of the schema; null: any. */
  readonly schema: string | null;
  /** A git commit: only what differs from it is proved. Null: everything. */
  readonly changed: string | null;
  /** What is there before the first migration: the file of a dump; null: nothing. */
  readonly baseSchema: string | null;
  /** The last migration that is in it; null: none is. */
  readonly baseTo: string | null;
  readonly watch: boolean;
  readonly json: boolean;
}

/** Proves a folder and says what was found. Gives the exit code. */
export async function runProve(settings: ProveSettings, terminal: Terminal, signal: AbortSignal): Promise<number> {
  consoleOnStderr();
  let on: ProveServer | null = null;
  try {
    const changed = settings.changed === null ? null : changedSince(settings.directory, settings.changed);
    // Before a server is started: a folder that cannot be read needs none.
    const base = settings.baseSchema === null ? null : readBaseSchema(settings.baseSchema);
    const first = readFolder(settings, settings.schema ?? 'prove');
    if (first.kind === 'unreadable' && !settings.watch) return sayUnreadable(first, settings, terminal);
    const isSame = changed !== null && first.kind === 'read' && changedNames(first.folder, changed).size === 0;
    if (isSame && !settings.watch) return sayNothingChanged(settings, terminal);
    terminal.note(settings.url === null ? 'starting a throwaway server' : 'connecting to the server of --url');
    on = await findServer(settings.url, settings.schema);
    const { server, schema } = on;
    const name = productOf(server);
    terminal.note(`${name} at ${server.host}:${server.port}, schema ${schema}`);
    const events = first.kind === 'read' ? await eventsNote(on, first.folder) : null;
    if (events !== null) terminal.note(events);
    const { directory, json } = settings;
    const proved: ProvedFolder = {
      ...{ directory, json, base, on, serverName: name, terminal, signal },
      read: () => readFolder(settings, schema),
      check: (folder) => refuseToReachOut(folder, base, { server, schema }),
      only: (folder) => (changed === null ? undefined : changedNames(folder, changed)),
    };
    if (settings.watch) return await watchFolder(proved);
    const reading = proved.read();
    if (reading.kind === 'unreadable') return sayUnreadable(reading, settings, terminal);
    await proved.check(reading.folder);
    return await proveOnce(reading.folder, proved, settings.changed);
  } catch (error) {
    if (signal.aborted) {
      terminal.note(`stopped; ${stateAfter(on)}`);
      return EXIT_CODE.stopped;
    }
    const denied = on === null || on.server.ownServer ? null : deniedBy(error);
    const problem =
      on === null || denied === null ? error : await lackOf(denied, { ...on, isAny: settings.schema === null });
    if (!isOfServer(problem)) throw problem;
    throw new ExpectedFailure('server-error', `${problem.message}; ${stateAfter(on, !/^ER_/.test(codeOf(problem)))}`);
  } finally {
    await on?.server.stop();
  }
}

async function proveOnce(folder: PlayedFolder, proved: ProvedFolder, changed: string | null): Promise<number> {
  const { directory, json, base, on, serverName: server, terminal, signal } = proved;
  const start = Date.now();
  const only = proved.only(folder);
  const migrations = counted(folder.migrations.length, 'migration');
  const what = only === undefined ? migrations : `${only.size} of ${migrations}, changed since ${changed ?? ''},`;
  if (!json) {
    const after = base === null ? '' : `, after what is in ${base.file}`;
    terminal.print(`proving ${what} of ${directory} on ${server}${after}`);
  }
  const events: ProveEvent[] = [];
  const told: Told = new Map();
  for await (const event of proveFolder({ folder, server: on.server, schema: on.schema, base, only, signal })) {
    events.push(event);
    if (!json) for (const line of textOf(event, terminal, told)) terminal.print(line);
  }
  signal.throwIfAborted();
  const summary = summaryOf(events);
  const milliseconds = Date.now() - start;
  if (json) terminal.print(jsonOf({ directory, server, events, summary, milliseconds }));
  else terminal.print(describeSummary(summary, milliseconds));
  return hasFound(summary) ? EXIT_CODE.found : EXIT_CODE.fine;
}

/** The folder's migrations, without those that the base has already. */
function readFolder({ directory, baseTo }: ProveSettings, schema: string): PlayedFolderReading {
  const reading = readPlayedFolder(directory, schema);
  return reading.kind === 'unreadable' || baseTo === null
    ? reading
    : { kind: 'read', folder: migrationsAfter(reading.folder, baseTo) };
}

/** Names of the migrations of which a file is among these. */
function changedNames({ migrations }: PlayedFolder, files: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(
    migrations
      .filter(({ entry, downFile }) => files.has(entry.file) || files.has(downFile))
      .map(({ entry }) => entry.name),
  );
}

function sayNothingChanged({ directory, changed, json }: ProveSettings, terminal: Terminal): number {
  if (json) terminal.print(jsonOf({ directory, server: '', events: [], summary: summaryOf([]), milliseconds: 0 }));
  else terminal.print(`no migration of ${directory} has changed since ${changed ?? ''}: there is nothing to prove`);
  return EXIT_CODE.fine;
}

function sayUnreadable(
  { problems, nested }: PlayedFolderReading & { readonly kind: 'unreadable' },
  { directory, json }: ProveSettings,
  terminal: Terminal,
): number {
  if (json) terminal.print(JSON.stringify({ directory, problems }));
  else if (problems.some(({ code }) => code === 'directory-empty')) throw emptyFolder({ name: directory }, nested);
  else {
    for (const problem of problems) terminal.print(describe(problem));
    terminal.print(
      `${counted(problems.length, 'problem')} in the files of ${directory}: nothing was run. "npx aurora-migrations lint ${quoted(directory)}" says the same, and more`,
    );
  }
  return problems.some(({ code }) => NO_FOLDER.has(code)) ? EXIT_CODE.failed : EXIT_CODE.found;
}

const NO_FOLDER: ReadonlySet<string> = new Set(['directory-missing', 'directory-empty']);

/** On a server with schemas of others, whatever is played must stay in ours. */
async function refuseToReachOut(
  folder: PlayedFolder,
  base: BaseSchema | null,
  { server, schema }: ProveServer,
): Promise<void> {
  if (server.ownServer) return;
  const ofBase = (base?.statements ?? []).map(({ text }) => ({ file: base?.file ?? '', text }));
  const ofFolder = folder.migrations.flatMap(({ entry, up, script }) => {
    const parts = 'module' in script ? [script.module] : [...up, ...script.down];
    return parts.map((text) => ({ file: entry.file, text }));
  });
  const texts = [...ofBase, ...ofFolder];
  const others = (await schemasOf(server)).filter((name) => name !== schema && !READ_ONLY.has(name.toLowerCase()));
  const [reach] = reachesOut(texts, others);
  if (reach === undefined) return;
  throw new ExpectedFailure(
    'no-server',
    `${reach.file} reaches out of its own schema, for ${reach.what}: on the server of --url that would be applied and reverted ` +
      'as well. Nothing was run. Leave --url away, for a throwaway server on which it can do no harm',
  );
}

/** A migration may well look into these, and changes nothing there. */
const READ_ONLY: ReadonlySet<string> = new Set(['information_schema', 'performance_schema']);

/** Errors of the network, and of a server that would not do what it was asked for; not those of the file system. */
function isOfServer(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof ExpectedFailure) return false;
  const isOfFiles = 'path' in error;
  return !isOfFiles && /^(?:E[A-Z]+|ER_\w+|PROTOCOL_\w+)$/.test(codeOf(error));
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
