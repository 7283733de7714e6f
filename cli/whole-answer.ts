import { commandLineOf } from './advice';
import { ExpectedFailure } from './expected-failure';
import { shortened } from './terminal/shortened';

/** Some of these are in each answer of ours, of any version. */
const OURS = ['kind', 'migrations', 'pending', 'apply', 'ok', 'findings', 'deployment', 'schema'];

/** Characters of an answer that is not understood. */
const MOST_SHOWN = 100;

/** Takes an answer for what it should be; a function of an older version has answers that lack something, another one any. */
export function wholeAnswer<Answer extends object>(answer: unknown, keys: readonly (keyof Answer & string)[]): Answer {
  const given = typeof answer === 'object' && answer !== null ? answer : {};
  const missing = keys.filter((key) => !(key in given));
  if (missing.length === 0) return given as Answer;
  if (!OURS.some((key) => key in given)) throw strange(answer);
  throw new ExpectedFailure(
    'function-outdated',
    `the function is of an older version of cdk-aurora-migrations: its answer has no ${missing.join(', ')}. Nothing was done. ` +
      "Deploy the stack with this version first; until then, invoke the function as that version's README says",
  );
}

/** The same, of an answer that says by its kind what was done. One of a newer version may say more. */
export function answerOfKind<Answer extends { readonly kind: string }>(
  answer: unknown,
  kinds: readonly Answer['kind'][],
): Answer {
  const given = wholeAnswer<Answer>(answer, ['kind']);
  if (kinds.includes(given.kind)) return given;
  throw new ExpectedFailure(
    'function-newer',
    `the function answers ${shortened(JSON.stringify(given.kind), MOST_SHOWN)}, which this version of cdk-aurora-migrations does not know. What it did ` +
      `"${commandLineOf({ command: 'status' })}" shows. Install the version with which its stack was deployed`,
  );
}

function strange(answer: unknown): ExpectedFailure {
  return new ExpectedFailure(
    'function-unknown',
    `what was invoked answers ${shortened(JSON.stringify(answer), MOST_SHOWN)}: that is no function of cdk-aurora-migrations, and what it did is ` +
      'not known here. Correct --function, or name the stack with --stack',
  );
}
