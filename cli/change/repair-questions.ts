import type { MigrationStatus, StatusAnswer, StepInDoubt } from '../../lambda/commands/status';
import type { Verification } from '../../lambda/commands/verify';
import { isHalf } from '../../lambda/plan/history';
import type { CommandEvent } from '../command-runner';
import { nameDoubtfulStep } from '../doubtful-step';

/** Something that only a person can say, and the ways out. */
export interface RepairQuestion {
  readonly migration: string;
  /** What is the matter, in a sentence or two. */
  readonly what: string;
  /** A statement that it is about; null where it is about none. */
  readonly statement: string | null;
  readonly ways: readonly WayOut[];
}

export interface WayOut {
  /** What is typed for it. */
  readonly answer: string;
  /** What that says. */
  readonly means: string;
  readonly event: CommandEvent;
}

/** What a person is asked, in the order of the history. Where somebody is at work, what is half-applied is work in progress. */
export function repairQuestions(
  { migrations, inDoubt, edited, lockedBy }: StatusAnswer,
  { findings }: Verification,
): readonly RepairQuestion[] {
  const untrue = new Set(findings.flatMap(({ code, migration }) => (code === 'not-vouched' ? (migration ?? []) : [])));
  return migrations.flatMap((each): readonly RepairQuestion[] => {
    const { name } = each;
    const doubt = inDoubt.find(({ migration }) => migration === name);
    if (lockedBy === null && doubt !== undefined) return [ofDoubt(doubt)];
    if (lockedBy === null && isHalf(each)) return [ofHalf(each)];
    return [...(edited.includes(name) ? [ofEdit(name)] : []), ...(untrue.has(name) ? [ofUntrue(name)] : [])];
  });
}

function ofDoubt(doubt: StepInDoubt): RepairQuestion {
  const { migration, step, statement } = doubt;
  const event = (is: string): CommandEvent => ({ command: 'repair', migration, step, is });
  return {
    migration,
    what: `the function died in ${nameDoubtfulStep(doubt)}, and nothing on the server shows whether that was done. Look at what it was to change.`,
    statement,
    ways: [
      { answer: 'done', means: 'the step was done: go on behind it', event: event('done') },
      {
        answer: 'not-done',
        means: 'the step was not done: it is run again, or not reverted',
        event: event('not-done'),
      },
    ],
  };
}

function ofHalf({ name, state, stepsDone, stepsTotal }: MigrationStatus): RepairQuestion {
  const how =
    state === 'applying'
      ? `it is half-applied: ${stepsDone} of ${stepsTotal} steps of its up are known to be done`
      : 'it is half-reverted';
  return {
    migration: name,
    what: `${how}. The next deployment or rollback goes on by itself: only where that was refused, and you have put it in order by hand, say what you made of it.`,
    statement: null,
    ways: [
      { answer: 'reverted', means: 'nothing of it is in the schema any more', event: stateEvent(name, 'reverted') },
      { answer: 'applied', means: 'all of it is in the schema', event: stateEvent(name, 'applied') },
    ],
  };
}

function ofEdit(migration: string): RepairQuestion {
  return {
    migration,
    what: 'its file was edited since it was applied, and deployments are refused. Put the applied text back and deploy; or, where the edit comes to the same in the database:',
    statement: null,
    ways: [
      {
        answer: 'accept',
        means: 'the text of the release counts as what was applied',
        event: { command: 'repair', migration, checksum: true },
      },
    ],
  };
}

function ofUntrue(migration: string): RepairQuestion {
  return {
    migration,
    what: 'its stored script is not the one of the release that applied it, and is never run: somebody changed the journal. Find out who. A rollback that needs the script is refused; then revert by hand what the migration did, and say so:',
    statement: null,
    ways: [
      {
        answer: 'reverted',
        means: 'nothing of it is in the schema any more',
        event: stateEvent(migration, 'reverted'),
      },
    ],
  };
}

function stateEvent(migration: string, is: string): CommandEvent {
  return { command: 'repair', migration, is };
}
