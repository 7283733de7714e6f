import { EXIT_CODE } from './exit-code';
import { ExpectedFailure } from './expected-failure';

/** An answer to a command that looks, which a server may give without any release to compare with. */
export type Told<Answer> = Answer & {
  /** Why nothing is known of what is pending, edited or missing: no folder is there. Absent where the release is known. */
  readonly releaseUnknown?: string;
};

/** What a person reads in the place of "nothing is pending". */
export function unknownText(what: string, why: string): string {
  return `${what} is not known: ${why}. Only what the database itself says is shown.`;
}

/** The exit code of a command that looked: what was found was found, and without a release "nothing" was not looked at. */
export function lookedCode({ releaseUnknown }: Told<object>, hasFound: boolean): number {
  if (hasFound) return EXIT_CODE.found;
  return releaseUnknown === undefined ? EXIT_CODE.fine : EXIT_CODE.failed;
}

/** Before somebody is asked whether it may be done: what changes something needs a release. */
export function requireRelease({ releaseUnknown }: Told<object>): void {
  if (releaseUnknown === undefined) return;
  throw new ExpectedFailure('directory-unknown', `${releaseUnknown}. Nothing was done`);
}
