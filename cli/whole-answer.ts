import { ExpectedFailure } from './expected-failure';

/** Takes an answer for what it should be; a function of an older version has answers that lack something. */
export function wholeAnswer<Answer extends object>(answer: unknown, keys: readonly (keyof Answer & string)[]): Answer {
  const given = typeof answer === 'object' && answer !== null ? answer : {};
  const missing = keys.filter((key) => !(key in given));
  if (missing.length === 0) return given as Answer;
  throw new ExpectedFailure(
    'function-outdated',
    `the function is of an older version of cdk-aurora-migrations: its answer has no ${missing.join(', ')}. Nothing was done. ` +
      "Deploy the stack with this version first; until then, invoke the function as that version's README says",
  );
}
