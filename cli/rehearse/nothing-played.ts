import { ExpectedFailure } from '../expected-failure';

/** A rehearsal that ends before its first play. `problem`: what it is and what to do, without its last full stop. */
export function nothingPlayed(code: string, problem: string, exitCode?: ExpectedFailure['exitCode']): ExpectedFailure {
  return new ExpectedFailure(code, `${problem}. Nothing was played`, exitCode);
}
