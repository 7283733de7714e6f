import { formatEvent, styleFor } from '../../rehearsal/report/report';
import type { StackEvent } from '../../rehearsal/stack/stack-types';

const EVENT: StackEvent = {
  time: new Date(2026, 10, 22, 9, 5, 7),
  stackName: 'Demo',
  kind: 'resource',
  status: 'UPDATE_FAILED',
  type: 'AWS::Lambda::Function',
  logicalId: 'Application',
};

test('an event is a line with time, status, type and logical id in columns', () => {
  const other: StackEvent = { ...EVENT, status: 'UPDATE_COMPLETE', type: 'AWS::RDS::DBCluster', logicalId: 'Database' };
  const style = { color: false, width: 0 };
  expect(formatEvent(EVENT, style)).toBe(
    '09:05:07 | UPDATE_FAILED               | AWS::Lambda::Function                       | Application',
  );
  expect(formatEvent(other, style).lastIndexOf('|')).toBe(formatEvent(EVENT, style).lastIndexOf('|'));
});

test('the reason stands under it, broken where the terminal ends', () => {
  const event = { ...EVENT, reason: 'one two three\nfour' };
  const indent = ' '.repeat(11);
  expect(formatEvent(event, { color: false, width: 0 }).split('\n').slice(1)).toEqual([
    `${indent}one two three`,
    `${indent}four`,
  ]);
  expect(formatEvent(event, { color: false, width: 19 }).split('\n').slice(1)).toEqual([
    `${indent}one two`,
    `${indent}three`,
    `${indent}four`,
  ]);
});

test('there is colour on a terminal only, and not where NO_COLOR is set', () => {
  expect(styleFor({ isTTY: true, columns: 80 }, {})).toEqual({ color: true, width: 80 });
  expect(styleFor({ isTTY: true, columns: 80 }, { NO_COLOR: '1' })).toEqual({ color: false, width: 80 });
  expect(styleFor({ isTTY: false, columns: 80 }, {})).toEqual({ color: false, width: 0 });
  expect(formatEvent(EVENT, { color: true, width: 80 })).toContain('\u001b[31mUPDATE_FAILED');
  expect(formatEvent(EVENT, { color: false, width: 80 })).not.toContain('\u001b');
});
