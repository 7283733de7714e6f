import type { KnownError } from '../sql/segments';
import type { Step } from '../sql/step';
import { ER_EVENT_DOES_NOT_EXIST, ER_PARSE_ERROR, unknownObjectErrors } from '../words/server-error-numbers';

/** Which errors of a step of a down count as done: its object may be missing, or an event may have come to its end. */
export function toleratedIn(step: Step, mayBeMissing: boolean): (error: KnownError) => boolean {
  const tolerated = mayBeMissing ? unknownObjectErrors(step.words[0]) : isAboutEvents(step) ? EVENT_GONE : NOTHING;
  return (error) => tolerated.has(error.errno) && !isSlip(error, step);
}

/**
 * Whether the server stumbled over something else than the name of what is missing: what comes behind a semicolon that was
 * forgotten, say, which is about things that are there.
 */
function isSlip({ errno, message }: KnownError, { effects = [] }: Step): boolean {
  const at = /'`?(\w+)/.exec(message)?.[1]?.toLowerCase();
  return errno === ER_PARSE_ERROR && !effects.some(({ object: { name } }) => name.toLowerCase() === at);
}

/** One that has come to its end drops itself, and leaves nothing to be reverted. */
function isAboutEvents({ effects = [] }: Step): boolean {
  return effects.length > 0 && effects.every(({ object }) => object.kind === 'event');
}

const NOTHING: ReadonlySet<number> = new Set();
const EVENT_GONE: ReadonlySet<number> = new Set([ER_EVENT_DOES_NOT_EXIST]);
