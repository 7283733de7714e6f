import type { Beginning, ForwardJournal } from '../journal/forward/forward-journal';
import { partBytes } from '../journal/large-value';
import { FRESH_MS, lookAhead, onlyTableOf } from '../look/look-ahead';
import { UnchangedSteps } from '../look/unchanged-steps';
import type { HistoryRow } from '../plan/history';
import { ConnectionLost, ServerError, type Written } from '../ports';
import { stepsToRun, type StepToRun } from '../sql/segments';
import { refusedMigration } from '../steps/journal-guard';
import { ER_LOCK_DEADLOCK, ER_LOCK_WAIT_TIMEOUT, ER_QUERY_INTERRUPTED } from '../words/server-error-numbers';
import type { Run } from './run';
import type { Upcoming } from './upcoming-scripts';

/** What one packet has come to. */
export interface AppliedTogether {
  readonly applied: readonly string[];
  /** The migration that has more steps, or of which something was refused. */
  readonly unfinished: Unfinished | null;
}

/** How far a migration came in this attempt. */
export interface UpProgress {
  /** Whether its row is in the journal. */
  readonly isBegun: boolean;
  /** Steps. */
  readonly done: number;
  /** Milliseconds that they took. */
  readonly tookMs: number;
  /** Why no more of it goes into packets; null where it may. */
  readonly end: PacketEnd | null;
}

/** The progress of a migration that is not applied. */
export interface Unfinished extends UpProgress {
  readonly name: string;
}

/**
 * Why a migration has to go on by itself. `alone`: what begins a step was refused, or the step may be taken when it is run again
 * by itself. `locked`: others use its table. `failed`: the server refused the step for good. `left`: an earlier attempt left it
 * half-applied, as its row says.
 */
export type PacketEnd =
  | { readonly kind: 'alone' | 'locked' }
  | { readonly kind: 'failed'; readonly error: ServerError }
  | { readonly kind: 'left'; readonly row: HistoryRow };

/** So many steps in one packet. Until all of them are run, nobody is told of any, and no time budget is looked at. */
const MOST = 16;

/**
 * Applies what makes or changes one table a step, as many steps as can be with one packet, of one migration or of several: where
 * round trips are long, they are most of what such a step takes. The journal says before each step that it begins, as it does where
 * they are sent one by one, and the server stops at the first statement that fails. So a crash leaves what it would have left,
 * and at most one step in doubt.
 *
 * Nothing is applied where fewer than two steps can be.
 *
 * @param done - steps of the first migration that are done
 */
export async function applyTogether(
  run: Run,
  journal: ForwardJournal,
  upcoming: Iterable<Upcoming>,
  done: number,
): Promise<AppliedTogether> {
  const possible = await linksOf(run, upcoming, done);
  if (possible.length < 2 || !(await journal.commit())) return { applied: [], unfinished: null };
  const links = await begin(run, journal, possible);
  if (links.length === 0) return { applied: [], unfinished: null };

  const names = [...new Set(links.map(({ migration }) => migration.entry.name))];
  if (names.length > 1) run.log.info(`applying ${names.join(', ')} in one packet`, { migrations: names });
  const startedAt = run.clock.now();
  const { begun, error } = await send(run, links);
  const ran = begun.filter(({ ranAtMs }) => ranAtMs !== null);
  const last = begun.at(-1) ?? { begunAtMs: startedAt, ranAtMs: startedAt };
  journal.began(
    links,
    begun.map(({ written }) => written),
    last.ranAtMs === null ? null : last.ranAtMs - last.begunAtMs,
  );
  for (const { step } of links.slice(0, begun.length)) run.nonTransactionalTables.note(step.step);

  const applied = links.slice(0, ran.length).flatMap(({ migration, isLast }) => (isLast ? [migration.entry.name] : []));
  const stopped = stoppedAt(links, ran.length, begun.length, error);
  if (stopped === null) return { applied, unfinished: null };
  const { migration, ...progress } = stopped;
  // The server carries out such a statement wholly or not at all.
  if (progress.isBegun)
    await journal.steps({ ...migration, isBegun: true }).note({ kind: 'stands', done: progress.done });
  const first = links.findIndex((link) => link.migration === migration);
  const tookMs = (last.ranAtMs ?? last.begunAtMs) - (begun[first - 1]?.ranAtMs ?? startedAt);
  return { applied, unfinished: { ...progress, name: migration.entry.name, tookMs } };
}

/** The migration in whose midst a packet ended, of whose links so many have begun and been run; null where it ended with one. */
function stoppedAt(
  links: readonly PossibleLink[],
  ran: number,
  begun: number,
  error: ServerError | null,
): (Pick<PossibleLink, 'migration'> & Omit<UpProgress, 'tookMs'>) | null {
  const refused = links[ran];
  if (refused !== undefined) {
    const { migration, step } = refused;
    const isStep = begun > ran;
    return { migration, done: step.at, isBegun: isStep || step.at > 0, end: isStep ? endBy(error) : { kind: 'alone' } };
  }
  const last = links[ran - 1];
  if (last === undefined || last.isLast) return null;
  return { migration: last.migration, done: last.step.at + 1, isBegun: true, end: null };
}

/**
 * A step that was interrupted, or lost in a deadlock, may succeed when it is run by itself. If it was interrupted because the time
 * is over, running it by itself says so.
 */
function endBy(error: ServerError | null): PacketEnd {
  if (error === null || MAY_PASS.has(error.errno)) return { kind: 'alone' };
  return error.errno === ER_LOCK_WAIT_TIMEOUT ? { kind: 'locked' } : { kind: 'failed', error };
}

const MAY_PASS: ReadonlySet<number> = new Set([ER_LOCK_DEADLOCK, ER_QUERY_INTERRUPTED]);

/** A step that can go into the packet. */
interface PossibleLink extends Omit<Beginning, 'mark'> {
  readonly step: StepToRun;
}

/** The steps that can go into one packet, in their order, up to the first that cannot: each has a table of its own. */
async function linksOf(run: Run, upcoming: Iterable<Upcoming>, done: number): Promise<readonly PossibleLink[]> {
  const links: PossibleLink[] = [];
  const tables = new Set<string>();
  const { database } = run;
  let bytes = 0;
  let first = done;
  for (const { entry, own } of upcoming) {
    const steps = stepsToRun(own.up, entry, entry.file).slice(first);
    if ('module' in own.script || steps[0] === undefined || !isFit(steps[0])) break;
    if (first === 0 && (await refusedMigration(database, entry, own.up, own.script.down)) !== null) break;
    if (first === 0) bytes += Buffer.byteLength(own.text);
    const unchanged = new UnchangedSteps(database, own.up);
    const isBegun = first > 0;
    const migration = { entry, script: own.text, isBegun, mayShare: false, unchanged, elapsedMs: () => 0 };
    for (const step of steps) {
      const table = onlyTableOf(step.step) ?? '';
      bytes += Buffer.byteLength(step.step.text);
      const isFull = links.length === MOST || bytes > partBytes(database.packets);
      if (isFull || tables.has(table) || !isFit(step)) return links;
      tables.add(table);
      links.push({ migration, step, isLast: step.at === own.up.length - 1 });
    }
    first = 0;
  }
  return links;
}

/** A table that is filled as it is made takes its time. */
function isFit({ step }: StepToRun): boolean {
  const isUnfit = step.shows('hasQuery') || step.shows('carriesSession') || step.shows('hasSemicolon');
  return !isUnfit && onlyTableOf(step) !== undefined;
}

/** A step, and what begins it in the journal. */
interface Link extends PossibleLink {
  readonly beginning: string;
}

async function begin(run: Run, journal: ForwardJournal, possible: readonly PossibleLink[]): Promise<readonly Link[]> {
  const look = await lookAhead(run.database, possible.map(({ step }) => step.step)); // prettier-ignore
  const marked = possible.flatMap((link, at) => {
    const hash = look?.fingerprints[at];
    return hash === undefined ? [] : [{ ...link, mark: { kind: 'fingerprint', hash } as const }];
  });
  const beginnings = look === null ? [] : await journal.beginningsOf(marked, look.until);
  return marked.flatMap((link, at) => {
    const beginning = beginnings[at];
    return beginning === undefined ? [] : [{ ...link, beginning }];
  });
}

/** A link whose beginning the server has carried out. */
interface BegunLink {
  /** By its beginning. */
  readonly written: Written;
  readonly begunAtMs: number;
  /** When its step was answered; null where it was not run, or refused. */
  ranAtMs: number | null;
}

/** Sends links, of which the server carries out the first ones, and says what it refused. */
async function send(
  run: Run,
  links: readonly Link[],
): Promise<{ readonly begun: readonly BegunLink[]; readonly error: ServerError | null }> {
  const begun: BegunLink[] = [];
  const statements = links.flatMap(({ beginning, step }) => [beginning, step.step.text]);
  const answered = (written: Written): void => {
    const last = begun.at(-1);
    const atMs = run.clock.now();
    if (last?.ranAtMs === null) last.ranAtMs = atMs;
    else begun.push({ written, begunAtMs: atMs, ranAtMs: null });
  };
  try {
    await run.budget.withinPacket(FRESH_MS, () => run.database.writeTogether(statements, answered));
    return { begun, error: null };
  } catch (error) {
    if (error instanceof ServerError) return { begun, error };
    const isInStep = begun.at(-1)?.ranAtMs === null;
    if (error instanceof ConnectionLost && isInStep) error.where ??= links[begun.length - 1]?.step.where() ?? null;
    throw error;
  }
}
