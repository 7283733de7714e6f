import type { Fields } from '../plan/command';
import type { StackStatus } from '../plan/intent';

/**
 * Reads a "CloudFormation Stack Status Change" event; null for any other event.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-stack-status-change.html
 */
export function parseStackStatus(event: Fields): StackStatus | null {
  if (event['source'] !== 'aws.cloudformation' || event['detail-type'] !== 'CloudFormation Stack Status Change')
    return null;
  const detail = event['detail'] as { 'stack-id'?: unknown; 'status-details'?: { status?: unknown } } | undefined;
  const stackId = detail?.['stack-id'];
  const status = detail?.['status-details']?.status;
  const at = Date.parse(String(event['time']));
  if (typeof stackId !== 'string' || typeof status !== 'string' || Number.isNaN(at)) return null;
  return { stackId, status, at };
}
