/** What is known of a run. */
interface Run {
  readonly type: string;
  readonly hasEnded: boolean;
}

/**
 * Whether a run died. Only one by hand: nobody goes on with that, while the deployment of a stack may wait for its next attempt.
 *
 * @param isOver whether the lock is free, or a newer run has had it
 */
export function hasDied({ type, hasEnded }: Run, isOver: boolean): boolean {
  return type === 'up' && !hasEnded && isOver;
}

/**
 * Looks, and once more where a run seems to have died: run and lock are read one after the other, and it may have ended or begun in
 * between.
 */
export async function lookTwice<Answer>(
  look: () => Promise<Answer>,
  seemsDead: (answer: Answer) => boolean,
): Promise<Answer> {
  const answer = await look();
  return seemsDead(answer) ? look() : answer;
}

/** Whether a person ended a run, by what the journal says of it. */
export function wasStopped(error: string | null): boolean {
  return error !== null && error.includes('[stopped]');
}
