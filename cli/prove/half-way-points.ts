import { stepOf } from '../../lambda/sql/step';

/** At most so many points of a migration are played. */
const MAX_POINTS = 40;

/** Points at which the function may die in an up: after so many of its steps. */
export interface HalfWayPoints {
  readonly played: readonly number[];
  /** How many are not played because there are too many. */
  readonly left: number;
}

/**
 * All half-way points of an up, but for those within rows that are written in one transaction: nothing of that is there after
 * a death in it, wherever it was. Of each such transaction the first point is played. After the last step there is one too,
 * where nothing shows whether that was done.
 */
export function halfWayPoints(up: readonly string[]): HalfWayPoints {
  const natures = up.map((statement) => stepOf(statement).nature);
  const points = up
    .map((_, index) => index + 1)
    .filter((done) => done < up.length || natures[done - 1] === 'blind')
    .filter((done) => {
      const isWithin = natures[done - 1] === 'dml' && natures[done] === 'dml';
      return !isWithin || natures[done - 2] !== 'dml';
    });
  return { played: points.slice(0, MAX_POINTS), left: Math.max(0, points.length - MAX_POINTS) };
}
