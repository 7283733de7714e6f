import type { StackStatus } from '../plan/intent';
import { noteStackStatus } from '../journal/settle';
import { explainFailure } from '../words/explain';
import type { World } from '../world';

/** Notes a status of the outermost stack. Throws where the server cannot be reached: Lambda tries again. */
export async function settle(status: StackStatus, { connect, log, rootStackId }: World): Promise<void> {
  if (status.stackId !== rootStackId) return;
  const connection = await connect();
  // Not created yet, or dropped by the rollback that this tells of. Its journal is not there either.
  if (connection.kind === 'failed' && connection.isMissing === true) return;
  if (connection.kind === 'failed') throw new Error(explainFailure(connection.failure));
  try {
    await noteStackStatus(connection.session.database, status);
    log.info(`stack status noted: ${status.status}`, { status: status.status });
  } finally {
    connection.session.close();
  }
}
