import { EMPTY_DATA, stackNameOf } from './answer';
import { PHYSICAL_ID_PREFIX } from './contract';
import type { ReplyTo } from './edges/cfn-request';
import type { Reply } from './edges/cfn-response';
import { noteReleaseGone } from './engine/settle';
import { explainFailure } from './plan/explain';
import type { ReleaseEvent } from './plan/intent';
import type { World } from './world';

/**
 * Carries out a request about the resource of one release. That it is deleted is how CloudFormation tells, in order and
 * waiting for our answer, that what took its place is there to stay.
 *
 * Always SUCCESS: where it cannot be written down, the schema is as it should be all the same, and a stack that goes away
 * must not stick for a note.
 */
export async function carryOutRelease(event: ReleaseEvent, replyTo: ReplyTo, world: World): Promise<Reply> {
  const reason = event.kind === 'created' ? 'the schema is ready for this release' : await noteGone(event, world);
  return releaseReply(event, replyTo, reason);
}

/** What CloudFormation is told of the resource of a release, whoever tells it. */
export function releaseReply({ physicalId, digest }: ReleaseEvent, replyTo: ReplyTo, reason: string): Reply {
  const id = physicalId ?? `${PHYSICAL_ID_PREFIX}${stackNameOf(replyTo.StackId)}/${replyTo.LogicalResourceId}`;
  return { status: 'SUCCESS', physicalId: id, reason, data: { ...EMPTY_DATA, Digest: digest } };
}

/** Connections that may be lost before the note is given up. */
const MAX_CONNECTIONS = 3;

async function noteGone(event: ReleaseEvent, world: World): Promise<string> {
  let problem = '';
  for (let connections = 0; connections < MAX_CONNECTIONS; connections += 1) {
    const connection = await world.connect();
    if (connection.kind === 'failed') {
      if (connection.isMissing === true) return 'the database is gone, and its journal with it';
      problem = explainFailure(connection.failure);
      break;
    }
    try {
      const settled = await noteReleaseGone(connection.session.database, event);
      return settled === 0 ? 'nothing is deployed in its place' : 'what was deployed in its place is there to stay';
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      world.log.warn(`the end of a release could not be written down, trying again: ${problem}`, { error: problem });
    } finally {
      connection.session.close();
    }
  }
  world.log.error(`the end of a release could not be written down: ${problem}`, {
    digest: event.digest,
    error: problem,
  });
  return `it could not be written down that this release is gone: ${problem}`;
}
