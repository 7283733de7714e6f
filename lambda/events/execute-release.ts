import { failed, success, type Answer } from './answer';
import { sayLeft } from './say-left';
import { noteBegun, noteEnded } from '../journal/release-journal';
import { revertRows } from '../work/revert';
import { settleBefore } from '../journal/settle';
import { VouchedScripts } from '../journal/vouched-scripts';
import { explainFailure, listNames, namesOf } from '../words/explain';
import type { ReleaseIntent } from '../plan/intent';
import { startReverting, type ExecutePorts } from '../work/run';
import type { EndReleasePlan, Plan } from '../plan/plan-types';

/** Does what was decided for the resource of one release, but for what is owed. */
export async function executeRelease(
  decided: Plan & { readonly kind: 'begin-release' | 'end-release' | 'refuse-release' },
  intent: ReleaseIntent,
  ports: ExecutePorts,
): Promise<Answer> {
  const { database, deployments, hasJournal } = ports;
  switch (decided.kind) {
    case 'begin-release':
      // Before the answer: the application is live only where this is written.
      if (hasJournal) await noteBegun(database, intent);
      return success(intent, 'the schema is ready for this release');
    case 'end-release':
      if (hasJournal) await noteEnded(database, intent);
      return endRelease(decided, intent, ports);
    case 'refuse-release':
      await deployments.oweNoMore(decided.resumes);
      if (hasJournal) await deployments.revertsNothing(intent.request.resource);
      return failed(intent, explainFailure(decided.failure), false);
  }
}

/** Settles what stands in the place of a release that has ended, and reverts what only that one had. */
async function endRelease(decided: EndReleasePlan, intent: ReleaseIntent, ports: ExecutePorts): Promise<Answer> {
  const { revert, keep, newest } = decided;
  // First: whatever becomes of what follows, that one is there to stay.
  if (decided.settles) await settleBefore(ports.database, intent.request);
  let reverted: readonly string[] = [];
  if (revert.length + keep.length > 0 && newest !== null) {
    // What ends now is not gone back to any more: no row of it is kept.
    const rows = revert.map((row) => ({ ...row, removedBy: null }));
    const scripts = new VouchedScripts(ports, [intent.release.digest]);
    const result = await revertRows(startReverting(ports), rows, scripts);
    reverted = result.reverted;
    await ports.deployments.seal();
    if (result.failure?.code === 'out-of-time') return { kind: 'go-on', reason: explainFailure(result.failure) };
    if (result.failure !== null) return failed(intent, explainFailure(result.failure), false, { reverted });
    for (const row of keep) await ports.migrations.keep(row.storedName);
    sayLeft(ports.log, { kept: namesOf(keep), drift: null });
    // Another stack went back from the release before this one did.
    await ports.migrations.forgetRemoved(await ports.deployments.endReverted([...revert, ...keep]));
    await ports.deployments.noteSchemaAfter(newest.id);
  }
  const done = reverted.length > 0 ? `; ${listNames(reverted)} reverted, which the release in its place lacks` : '';
  return success(intent, `${decided.because}${done}`, { reverted });
}
