import { parseStackStatus } from '../../../lambda/edges/stack-events';

const STACK = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/app/1';
const EVENT = {
  version: '0',
  source: 'aws.cloudformation',
  'detail-type': 'CloudFormation Stack Status Change',
  time: '2026-01-31T12:00:05Z',
  resources: [STACK],
  detail: {
    'stack-id': STACK,
    'status-details': { status: 'UPDATE_COMPLETE', 'status-reason': '' },
    'client-request-token': 'exec1',
  },
};

test('a change of a stack’s status is read, with its own time', () => {
  expect(parseStackStatus(EVENT)).toEqual({
    stackId: STACK,
    status: 'UPDATE_COMPLETE',
    at: Date.UTC(2026, 0, 31, 12, 0, 5),
  });
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  ['of another source', { ...EVENT, source: 'aws.rds' }],
  ['of a resource and not of a stack', { ...EVENT, 'detail-type': 'CloudFormation Resource Status Change' }],
  ['without its time', { ...EVENT, time: undefined }],
  ['with a time that is none', { ...EVENT, time: 'yesterday' }],
  ['without detail', { ...EVENT, detail: undefined }],
  ['with a detail that is null', { ...EVENT, detail: null }],
  ['without a stack', { ...EVENT, detail: { 'status-details': { status: 'UPDATE_COMPLETE' } } }],
  ['without a status', { ...EVENT, detail: { 'stack-id': STACK, 'status-details': {} } }],
  ['with a status that is a number', { ...EVENT, detail: { 'stack-id': STACK, 'status-details': { status: 7 } } }],
])('an event %s is none', (_what, event) => {
  expect(parseStackStatus(event)).toBeNull();
});
