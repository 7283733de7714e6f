import { failed, OVERTAKEN, success, type Answer } from './answer';
import type { Attempt } from '../work/attempt';
import { leftNothing } from './execute-plan';
import { LOG } from '../contract';
import type { UnusableReading } from '../journal/history-reader';
import type { Log } from '../ports';
import { explainFailure } from '../words/explain';
import { isOvertaken, sameResource, stands, type History } from '../plan/history';
import type { Intent } from '../plan/intent';

/**
 * The answer to a request where the journal is not whole, or somebody else's table has its name. Nothing is run and nothing
 * written, and what needs neither is not held up: a stack that can neither go on nor back helps nobody to restore a table.
 */
export function answerUnusable(
  intent: Intent,
  { failure, history }: UnusableReading,
  { log, attempt }: { readonly log: Log; readonly attempt: Attempt },
): Answer {
  const reason = explainFailure(failure);
  if (history !== null && isOvertaken(intent, history)) return OVERTAKEN;
  const ownsNothing = failure.code === 'incompatible-journal' || (history !== null && leftNothing(intent, history));
  switch (intent.kind) {
    case 'create':
      return failed(intent, reason, ownsNothing || (history === null && attempt.isFirst));
    case 'update':
      if (history === null || !isBack(intent, history)) return failed(intent, reason, false);
      log.error(LOG.unusable, { reason });
      return success(
        intent,
        `no deployment stands since this release, so that there is nothing to revert; but ${reason}`,
      );
    case 'delete':
      if (ownsNothing) return success(intent, `this resource owns nothing in this database: ${reason}`);
      if (intent.release.onDelete === 'REVERT') return failed(intent, reason, false);
      log.error(LOG.unusable, { reason });
      return success(intent, `the schema stays as it is (onDelete RETAIN); ${reason}`);
    case 'release-begins':
      return failed(intent, reason, false);
    case 'release-ends':
      log.error(LOG.unusable, { reason });
      return success(intent, `it could not be written down that this release has ended; ${reason}`);
  }
}

/** Whether an Update leads from a release of which nothing stands to the one that does: a rollback has nothing to do then. */
function isBack({ request, old, release }: Intent & { kind: 'update' }, { deployments }: History): boolean {
  const standing = deployments.find((row) => stands(row) && sameResource(row.resource, request.resource));
  return old.hash !== release.hash && standing?.status === 'applied' && standing.newHash === release.hash;
}
