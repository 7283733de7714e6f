import { sameConstruct } from '../../lambda/plan/history';
import type { Failure } from '../../lambda/words/failure';
import { namesOf } from '../paper/letter';
import type { Stack } from '../paper/stack';
import type { Run } from './delivery';
import type { World } from './world';

/** What is told of migrations that stay for another stack, which needs the first of them. */
const HELD = /^(\d{4})[^]* waits to be reverted and is not, since a release of /;

/** Whether something is said to stay for the code of another stack, and no other stack has or begins a release with it. */
export function isHeldInVain({ message }: Failure, { beside, journal }: World, { alphabet }: Run): boolean {
  const needed = HELD.exec(message)?.[1];
  if (needed === undefined) return false;
  // Where the end of a release was not written down, nobody knows of it.
  const isLost = ({ releases: there, ...construct }: Stack): boolean =>
    journal.releases.some(
      ({ of, endedAt, logicalId }) =>
        sameConstruct(of, construct) && endedAt === null && !there.some((name) => logicalId === `Release${name}`),
    );
  if (beside.some(({ stack }) => isLost(stack))) return false;
  const releases = beside.flatMap(({ stack: { live, releases: standing, inFlight } }) => [
    ...live,
    ...standing,
    ...(inFlight?.kind === 'release-begins' ? [inFlight.to] : []),
  ]);
  return !releases.some((release) => namesOf(alphabet.of(release)).includes(needed));
}
