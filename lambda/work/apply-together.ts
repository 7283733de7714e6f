import type { ForwardJournal } from '../journal/forward-journal';
import { partBytes } from '../journal/large-value';
import type { JournalledMigration } from '../journal/migration-row';
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
  /** The migration of which something was refused: to be run by itself, its row being there or not. */
  readonly refused: { readonly name: string; readonly isBegun: boolean } | null;
}

/** So many migrations in one packet. Until all of them are run, nobody is told of any, and no time budget is looked at. */
const MOST = 16;

/** A migration that can go into the packet: its row in the journal, and its one step. */
interface Link {
  readonly migration: JournalledMigration;
  readonly run: StepToRun;
}

/**
 * Applies migrations that make or change one table each, many with one packet: where round trips are long, they are most of
 * what such a migration takes. The journal says before each step that it begins, as it does where they are sent one by one, and
 * the server stops at the first statement that fails. So a crash leaves what it would have left, and at most one step in doubt.
 *
 * None is applied where fewer than two of those to come can be. What was refused is left to be run by itself, which then
 * tells why.
 */
export async function applyTogether(
  run: Run,
  journal: ForwardJournal,
  upcoming: Iterable<Upcoming>,
): Promise<AppliedTogether> {
  const all = await linksOf(run, upcoming);
  if (all.length < 2 || !(await journal.commit())) return NONE;
  const steps = all.map((link) => link.run.step);
  const look = await lookAhead(run.database, steps);
  if (look === null) return NONE;
  const marked = all.slice(0, look.fingerprints.length).map(({ migration }, at) => {
    const hash = look.fingerprints[at] ?? '';
    return [migration, { kind: 'fingerprint', hash }] as const;
  });
  const beginnings = await journal.beginningsOf(marked, look.until);
  const links = all.slice(0, beginnings.length);
  if (links.length === 0) return NONE;

  const answers = await send(run, links, beginnings);
  const names = links.map(({ migration }) => migration.entry.name);
  const done = Math.floor(answers.length / 2);
  const begun = answers.flatMap(({ written }, at) => (at % 2 === 0 ? [{ name: names[at / 2] ?? '', written }] : []));
  const [beforeLast, last] = answers.slice(-2);
  const isLastDone = begun.length === done && last !== undefined && beforeLast !== undefined;
  journal.began(begun, isLastDone ? last.atMs - beforeLast.atMs : null);

  for (const { run: made } of links.slice(0, begun.length)) {
    run.plainTables.note(made.step);
    run.absentTables.note(made.step);
  }
  const refused = links[done]?.migration;
  if (refused === undefined) return { applied: names, refused: null };
  const isBegun = begun.length > done;
  // The server carries out such a statement wholly or not at all.
  if (isBegun) await journal.steps({ ...refused, isBegun }).note({ kind: 'stands', done: 0 });
  return { applied: names.slice(0, done), refused: { name: refused.entry.name, isBegun } };
}

const NONE: AppliedTogether = { applied: [], refused: null };

/** The migrations that can go into one packet, in their order, up to the first that cannot: each has a table of its own. */
async function linksOf(run: Run, upcoming: Iterable<Upcoming>): Promise<readonly Link[]> {
  const links: Link[] = [];
  const tables = new Set<string>();
  let bytes = 0;
  for (const { entry, own } of upcoming) {
    const [alone, ...others] = stepsToRun(own.up, entry.file);
    if (alone === undefined || others.length > 0 || 'module' in own.script) break;
    const { step } = alone;
    const table = onlyTableOf(step);
    // One that is filled as it is made takes its time. A semicolon, if only in a comment, could be the end of a statement.
    if (table === undefined || step.hasQuery || step.carriesSession || step.text.includes(';')) break;
    bytes += Buffer.byteLength(own.text);
    if (links.length === MOST || bytes > partBytes(run.database.packets) || tables.has(table)) break;
    if ((await refusedMigration(run.database, own.up, own.script.down)) !== null) break;
    tables.add(table);
    const unchanged = new UnchangedSteps(run.database, own.up);
    const migration = { entry, script: own.text, isBegun: false, mayShare: false, elapsedMs: () => 0, unchanged };
    links.push({ migration, run: alone });
  }
  return links;
}

interface Answered {
  readonly written: Written;
  readonly atMs: number;
}

/** What the server answered to those statements that it ran: by turns of a beginning and of its step. */
async function send(run: Run, links: readonly Link[], beginnings: readonly string[]): Promise<readonly Answered[]> {
  const answers: Answered[] = [];
  const statements = links.flatMap(({ run: made }, at) => [beginnings[at] ?? '', made.step.text]);
  const answered = (written: Written): unknown => answers.push({ written, atMs: run.clock.now() });
  try {
    await run.budget.within(() => run.database.writeTogether(statements, answered));
  } catch (error) {
    const isInStep = answers.length % 2 === 1;
    if (error instanceof ConnectionLost && isInStep) error.where ??= links[(answers.length - 1) / 2]?.run.where ?? null;
    throw error;
  }
  return answers;
}
