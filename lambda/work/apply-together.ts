import type { Beginning, ForwardJournal } from '../journal/forward/forward-journal';
import { partBytes } from '../journal/large-value';
import { lookAhead, onlyTableOf } from '../look/look-ahead';
import { UnchangedSteps } from '../look/unchanged-steps';
import { ConnectionLost, type Written } from '../ports';
import { stepsToRun, type StepToRun } from '../sql/segments';
import { refusedMigration } from '../steps/journal-guard';
import type { Run } from './run';
import type { Upcoming } from './upcoming-scripts';

/** What one packet has come to. */
export interface AppliedTogether {
  readonly applied: readonly string[];
  /** The migration that has more steps, or of which something was refused. */
  readonly unfinished: Unfinished | null;
}

/** How far a migration came. */
export interface Unfinished {
  readonly name: string;
  /** Whether its row is in the journal. */
  readonly isBegun: boolean;
  /** Steps. */
  readonly done: number;
  /** Milliseconds that they took, about. */
  readonly tookMs: number;
  /** Something was refused: it is to be run by itself, which then tells why. */
  readonly isRefused: boolean;
}

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

  const answers = await send(run, links);
  const begun = answers.flatMap(({ written }, at) => (at % 2 === 0 ? [written] : []));
  const ran = links.slice(0, Math.floor(answers.length / 2));
  const [beforeLast, last] = answers.slice(-2);
  const lastMs = ran.length < begun.length ? null : (last?.atMs ?? 0) - (beforeLast?.atMs ?? 0);
  journal.began(links, begun, lastMs);
  for (const { step } of links.slice(0, begun.length)) run.plainTables.note(step.step);

  const applied = ran.flatMap(({ migration, isLast }) => (isLast ? [migration.entry.name] : []));
  const refused = links[ran.length];
  const [unfinished, at] = refused ? [refused, refused.step.at] : [ran.at(-1), (ran.at(-1)?.step.at ?? 0) + 1];
  if (unfinished === undefined || (refused === undefined && unfinished.isLast)) return { applied, unfinished: null };
  const { migration } = unfinished;
  const isBegun = at > 0 || begun.length > ran.length;
  // The server carries out such a statement wholly or not at all.
  if (isBegun) await journal.steps({ ...migration, isBegun }).note({ kind: 'stands', done: at });
  const tookMs = migration.elapsedMs();
  return {
    applied,
    unfinished: { name: migration.entry.name, isBegun, done: at, tookMs, isRefused: refused !== undefined },
  };
}

/** A step that can go into the packet. */
interface PossibleLink extends Omit<Beginning, 'mark'> {
  readonly step: StepToRun;
}

/** The steps that can go into one packet, in their order, up to the first that cannot: each has a table of its own. */
async function linksOf(run: Run, upcoming: Iterable<Upcoming>, done: number): Promise<readonly PossibleLink[]> {
  const links: PossibleLink[] = [];
  const tables = new Set<string>();
  const { database, clock } = run;
  const startedAt = clock.now();
  let bytes = 0;
  let first = done;
  for (const { entry, own } of upcoming) {
    if ('module' in own.script || own.up.length === 0) break;
    if (first === 0 && (await refusedMigration(database, own.up, own.script.down)) !== null) break;
    const migration = {
      ...{
        entry,
        script: own.text,
        isBegun: first > 0,
        mayShare: false,
        unchanged: new UnchangedSteps(database, own.up),
      },
      elapsedMs: () => clock.now() - startedAt,
    };
    if (first === 0) bytes += Buffer.byteLength(own.text);
    for (const step of stepsToRun(own.up, entry.file).slice(first)) {
      const { text } = step.step;
      const table = onlyTableOf(step.step);
      bytes += Buffer.byteLength(text);
      const isFull = links.length === MOST || bytes > partBytes(database.packets);
      // One that is filled as it is made takes its time. A semicolon, if only in a comment, could be the end of a statement.
      const isUnfit = step.step.shows('hasQuery') || step.step.shows('carriesSession') || text.includes(';');
      if (isFull || table === undefined || tables.has(table) || isUnfit) return links;
      tables.add(table);
      links.push({ migration, step, isLast: step.at === own.up.length - 1 });
    }
    first = 0;
  }
  return links;
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

interface Answered {
  readonly written: Written;
  readonly atMs: number;
}

/** What the server answered to those statements that it ran: by turns of a beginning and of its step. */
async function send(run: Run, links: readonly Link[]): Promise<readonly Answered[]> {
  const answers: Answered[] = [];
  const statements = links.flatMap(({ beginning, step }) => [beginning, step.step.text]);
  const answered = (written: Written): unknown => answers.push({ written, atMs: run.clock.now() });
  try {
    await run.budget.within(() => run.database.writeTogether(statements, answered));
  } catch (error) {
    const isInStep = answers.length % 2 === 1;
    if (error instanceof ConnectionLost && isInStep)
      error.where ??= links[(answers.length - 1) / 2]?.step.where ?? null;
    throw error;
  }
  return answers;
}
