import type { StatusAnswer } from '../../lambda/commands/status';
import { lookTwice } from './dead-run';
import type { OnTarget } from '../run-on-target';
import { lookedCode, type Told } from '../unknown-release';
import { wholeAnswer } from '../whole-answer';
import { deadRuns, isBehindOrDiverged, statusText } from './status-text';

/** Keys of the answer that are not in those of older functions. */
const KEYS = ['deployments', 'edited', 'inDoubt', 'pending', 'migrations'] as const;

/** Prints what is applied and what is not. */
export async function runStatus(
  { runner, terminal, signal }: OnTarget,
  { diff, json }: { readonly diff: boolean; readonly json: boolean },
): Promise<number> {
  const event = { command: 'status', ...(diff && { diff }) };
  const look = async (): Promise<Told<StatusAnswer>> =>
    wholeAnswer<Told<StatusAnswer>>(await runner.run(event, signal), KEYS);
  const status = await lookTwice(look, (answer) => deadRuns(answer).length > 0);
  if (json) terminal.print(JSON.stringify(withDead(status)));
  else {
    terminal.print(`${runner.where}${runner.where.includes(status.database) ? '' : `, schema ${status.database}`}:`);
    for (const line of statusText(status, terminal)) terminal.print(line);
  }
  return lookedCode(status, isBehindOrDiverged(status));
}

/** For programs: the journal cannot say of a run that its process died, so that the row of one is `running` for ever. */
function withDead(status: Told<StatusAnswer>): object {
  const dead = deadRuns(status);
  return {
    ...status,
    deployments: status.deployments.map((row) => ({ ...row, hasDied: dead.includes(row) })),
  };
}
