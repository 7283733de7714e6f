import { failure } from '../words/failure';
import { explainFailure } from '../words/explain';

/** Lambda passes on no larger answer than 6 MB, and fails the invocation otherwise. Bytes, with some room. */
const MOST_BYTES = 6_000_000;

/** The answer to a command, where it is not too large. Throws otherwise: nothing that is that large has changed anything. */
export function fittingAnswer(answer: unknown, most = MOST_BYTES): unknown {
  const bytes = Buffer.byteLength(JSON.stringify(answer));
  if (bytes <= most) return answer;
  const message = `the answer has ${bytes} bytes, and Lambda passes on ${most}; nothing was changed. Ask a server directly (--url)`;
  throw new Error(explainFailure(failure('bad-request', message)));
}
