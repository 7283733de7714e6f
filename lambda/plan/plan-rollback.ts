import type { DeploymentRow, History } from './history';
import { newOperationBegan, triedSince } from './history';
import type { Intent } from './intent';
import type { Plan } from './plan';
import { revertOf } from './plan-undo';
import type { Manifest } from './types';

/**
 * The rollback of all that was tried since the resource was at the release that is asked for: of the newest deployment,
 * or of several where a stack that failed was not rolled back (`--no-rollback`). Undefined where the request is none.
 *
 * CloudFormation marks no request as a rollback. It is one where it goes from the release that was tried last to the one
 * before all tries; or, whatever was tried last left a row or not, where the stack says that it rolls back.
 */
export function planRollback(
  intent: Intent & { kind: 'update' },
  ours: readonly DeploymentRow[],
  code: Manifest,
  history: History,
  now: number,
  mayAwait: boolean,
): Plan | undefined {
  const { old, release } = intent;
  const { tried, stood } = triedSince(release.hash, ours, now);
  const [newest] = tried;
  if (newest === undefined) return undefined;

  const links = tried.filter(({ status }) => status !== 'reverted');
  const last = tried.findIndex((row) => row.newHash === old.hash);
  // The same properties on both sides go nowhere, and surely not back.
  const isMirror =
    last !== -1 && old.hash !== release.hash && tried.slice(0, last).every((row) => !links.includes(row));
  const isKnown = isMirror && stood !== 'never' && !newOperationBegan(newest);
  if (links.length === 0) {
    return isKnown ? { kind: 'nothing', because: 'the deployment that is rolled back undid itself' } : undefined;
  }
  const isRollback = isKnown || ROLLING_BACK.has(newest.stackStatus ?? '');
  if (!isRollback) return mayAwait ? { kind: 'await-status' } : undefined;

  const revert = revertOf(links, intent, history, now);
  const hasEffect = [...revert.revert, ...revert.keep, ...revert.reapply].length > 0;
  // A deployment that was rolled back before it wrote its row may have left a row of its rollback, which the next try of
  // the deployment mirrors. Where the code is the release's, going forward is right for both.
  const mayBeForward = stood === 'unknown' && !hasEffect && links.every(({ status }) => status === 'applied');
  return mayBeForward && code.digest === release.digest ? undefined : revert;
}

/** Statuses in which the next Update of a resource can be no other than that of a rollback. */
const ROLLING_BACK: ReadonlySet<string> = new Set(['UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_FAILED']);
