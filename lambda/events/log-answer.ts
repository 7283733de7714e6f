import { LOG } from '../contract';
import type { Reply } from '../edges/cfn-response';
import type { Log } from '../ports';

/**
 * Writes down what CloudFormation is told. All of it stands in the message: of a failed deployment's log `cdk deploy` prints
 * level and message, and no fields.
 */
export function logAnswer(log: Log, { status, reason, physicalId }: Reply): void {
  const message = `${LOG.answering} ${status}: ${reason}`;
  const fields = { status, reason, physicalId };
  if (status === 'FAILED') log.error(message, fields);
  else log.info(message, fields);
}
