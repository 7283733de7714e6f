import { matchesPattern } from '../../rehearsal/template/event-pattern';
import type { Json, JsonObject } from '../../rehearsal/template/json';

const EVENT: JsonObject = {
  source: 'aws.cloudformation',
  resources: ['arn:one', 'arn:two'],
  detail: { 'stack-id': 'arn:one', 'status-details': { status: 'UPDATE_COMPLETE' } },
};

const status = (...filters: readonly Json[]): JsonObject => ({ detail: { 'status-details': { status: filters } } });

test.each<{ readonly pattern: JsonObject; readonly result: boolean }>([
  { pattern: {}, result: true },
  { pattern: { source: ['aws.s3', 'aws.cloudformation'] }, result: true },
  { pattern: { source: ['aws.s3'] }, result: false },
  { pattern: { resources: ['arn:two'] }, result: true },
  { pattern: { resources: ['arn:three'] }, result: false },
  { pattern: { source: ['aws.cloudformation'], detail: { 'stack-id': ['arn:two'] } }, result: false },
  { pattern: { missing: { deeper: ['x'] } }, result: false },
  { pattern: status('UPDATE_COMPLETE'), result: true },
  { pattern: status({ prefix: 'UPDATE_' }), result: true },
  { pattern: status({ prefix: 'CREATE_' }, { suffix: '_COMPLETE' }), result: true },
  { pattern: status({ 'anything-but': 'UPDATE_COMPLETE' }), result: false },
  { pattern: status({ 'anything-but': ['CREATE_COMPLETE', 'DELETE_COMPLETE'] }), result: true },
  { pattern: status({ 'anything-but': { prefix: 'UPDATE_' } }), result: false },
  { pattern: status({ 'equals-ignore-case': 'update_complete' }), result: true },
  { pattern: status({ exists: true }), result: true },
  { pattern: { missing: [{ exists: false }] }, result: true },
  { pattern: { missing: [{ 'anything-but': 'x' }] }, result: false },
])('$pattern: $result', ({ pattern, result }) => {
  expect(matchesPattern(pattern, EVENT)).toBe(result);
});

test('what is not known is refused, not taken for no match', () => {
  expect(() => matchesPattern(status({ cidr: '10.0.0.0/8' }), EVENT)).toThrow(
    'does not know the event pattern filter "cidr"',
  );
  expect(() => matchesPattern({ source: 'aws.cloudformation' }, EVENT)).toThrow('neither a list nor an object');
});
