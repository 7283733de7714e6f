import { watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from '../../lib/review/migration-problem';
import type { BaseSchema } from './base-schema';
import type { PlayedFolderReading, PlayedFolder } from './played-folder';
import { proveAll, type ProveEvent } from './prove-folder';
import { stateAfter, type ProveServer } from './prove-server';
import { Prover } from './prover';
import { jsonOf } from './report/result-json';
import { EXIT_CODE } from '../exit-code';
import type { Terminal } from '../terminal/terminal';
import { textOf, type Told } from './report/report-text';
import { describeSummary, hasFound, summaryOf } from './report/summary';

/** A folder, and where it is proved. */
export interface ProvedFolder {
  readonly directory: string;
  /** Reads it as it is now. */
  readonly read: () => PlayedFolderReading;
  readonly base: BaseSchema | null;
  /** Names of the migrations that are asked for, when it is watched in the first round; undefined: all. */
  readonly only: (folder: PlayedFolder) => ReadonlySet<string> | undefined;
  readonly on: ProveServer;
  /** Such as `MySQL 8.4.5`. */
  readonly serverName: string;
  /** Throws where the folder must not be played on that server. */
  readonly check: (folder: PlayedFolder) => Promise<void>;
  readonly json: boolean;
  readonly terminal: Terminal;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** An editor writes a file in several steps. Milliseconds. */
const SETTLING_MS = 60;

/** Proves a folder, and what is changed in it whenever that is saved, on a schema that is kept. Ends by the signal only. */
export async function watchFolder(watching: ProvedFolder): Promise<number> {
  const { directory, on, terminal, signal } = watching;
  const changes = new Changes(directory, signal);
  const prover = await Prover.start(on.server, on.schema, signal, watching.base);
  const round = new Round(watching, prover);
  try {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const changedAt = Date.now();
      if ((await round.play(isFirst)) && !isFirst) {
        terminal.note(`proved again in ${((Date.now() - changedAt) / 1000).toFixed(1)} s`);
      }
      terminal.note(`waiting for a file of ${directory} to be saved; Ctrl-C ends it`);
      await changes.next();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await prover.end();
  }
  terminal.note(`stopped; ${stateAfter(on)}`);
  return round.hasFound() ? EXIT_CODE.found : EXIT_CODE.fine;
}

/** Proves what it has not proved as it is now. */
class Round {
  /** By name: the stored script that was proved, and whether something was found. */
  readonly #known = new Map<string, { readonly sha256: string; readonly isFound: boolean }>();
  #isUnreadable = false;

  constructor(
    private readonly watching: ProvedFolder,
    private readonly prover: Prover,
  ) {}

  hasFound(): boolean {
    return this.#isUnreadable || [...this.#known.values()].some(({ isFound }) => isFound);
  }

  /** Whether there was anything to prove. */
  async play(isFirst: boolean): Promise<boolean> {
    const { directory, read, check, json, terminal, serverName, only } = this.watching;
    const start = Date.now();
    const reading = read();
    this.#isUnreadable = reading.kind === 'unreadable';
    if (reading.kind === 'unreadable') {
      if (json) terminal.print(JSON.stringify({ directory, problems: reading.problems }));
      else for (const problem of reading.problems) terminal.print(describe(problem));
      return false;
    }
    const { folder } = reading;
    await check(folder);
    const wanted = isFirst ? only(folder) : this.#changedIn(folder);
    if (wanted?.size === 0) return false;
    if (isFirst) this.#remember(folder);
    const events: ProveEvent[] = [];
    const told: Told = new Map();
    for await (const event of proveAll(this.prover, folder, wanted)) {
      events.push(event);
      this.#note(folder, event);
      if (!json) for (const line of textOf(event, terminal, told)) terminal.print(line);
    }
    // While nobody waits: the newest is what is written at, as a rule.
    if (isFirst && only(folder) === undefined) await this.prover.prepare(folder, folder.migrations.length - 1);
    const summary = summaryOf(events);
    const milliseconds = Date.now() - start;
    if (json) terminal.print(jsonOf({ directory, server: serverName, events, summary, milliseconds }));
    else if (isFirst || hasFound(summary)) terminal.print(describeSummary(summary, milliseconds));
    return true;
  }

  /** What was not asked for counts as known, until it is changed. */
  #remember({ migrations }: PlayedFolder): void {
    for (const { entry } of migrations) this.#known.set(entry.name, { sha256: entry.sha256, isFound: false });
  }

  #changedIn({ migrations }: PlayedFolder): ReadonlySet<string> {
    const changed = migrations.filter(({ entry }) => this.#known.get(entry.name)?.sha256 !== entry.sha256);
    const names = new Set<string>(migrations.map(({ entry }) => entry.name));
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name);
    return new Set(changed.map(({ entry }) => entry.name));
  }

  /** What was not reached is tried again with the next change. */
  #note({ migrations }: PlayedFolder, event: ProveEvent): void {
    if (event.kind === 'not-reached') for (const name of event.names) this.#known.delete(name);
    if (event.kind !== 'migration') return;
    const { name, verdict } = event.proof;
    const sha256 = migrations.find(({ entry }) => entry.name === name)?.entry.sha256 ?? '';
    this.#known.set(name, { sha256, isFound: verdict === 'found' });
  }
}

/** Tells when something in a directory was changed. */
class Changes {
  #hasChanged = false;
  #wake: () => void = () => undefined;

  constructor(
    directory: string,
    private readonly signal: AbortSignal,
  ) {
    watch(directory, { signal }, () => {
      this.#hasChanged = true;
      this.#wake();
    });
    signal.addEventListener('abort', () => this.#wake());
  }

  /** Waits for the next change, or the one since the last. */
  async next(): Promise<void> {
    while (!this.#hasChanged && !this.signal.aborted) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    await sleep(SETTLING_MS, undefined, { signal: this.signal });
    this.#hasChanged = false;
  }
}
