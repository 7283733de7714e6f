import { planDown } from '../../../lambda/plan/plan-down';
import type { DownUntil } from '../../../lambda/plan/command';
import { commandIn } from '../../integration/by-hand';
import { done } from '../../paper/releases';

/** What is reverted, or why nothing is. */
function told(list: string, until: DownUntil): string {
  const plan = planDown(until, done(list));
  return plan.kind === 'down' ? plan.revert.map(({ name }) => name).join(' ') : plan.failure.message;
}

const steps = (count: number): DownUntil => ({ kind: 'steps', steps: count });
const to = (name: string): DownUntil => ({ kind: 'name', name });

test('what is newer than an irreversible migration can be reverted', () => {
  expect(told('1 2! 3', steps(1))).toBe('0003');
  expect(told('1 2! 3', to('0002'))).toBe('0003');

  const message = told('1! 2! 3 4', to('0001'));
  expect(message).toMatch(
    /^0002 cannot be reverted \(irreversible, .*; nothing was run\. What is newer than 0002 can be /,
  );
  expect(commandIn(message)).toEqual({ command: 'down', to: '0002' });
});

test.each<[string, DownUntil]>([
  ['1! 2!', steps(2)],
  ['1! 2!', steps(1)],
  ['1! 2!', to('0001')],
  ['1 2!', steps(2)],
  ['1? 2?', steps(1)],
  ['1 2^!', to('0001')],
  // A removed migration is not there any more.
  ['1 2! 3-', steps(1)],
])('nothing is newer than the irreversible one in %p', (list, until) => {
  const message = told(list, until);
  expect(message).toMatch(/ is the newest migration, so that "down" can revert nothing at all\. To revert it, /);
  expect(message).not.toMatch(/What is newer/);
  expect(commandIn(message)).toEqual({ command: 'repair', migration: '0002', is: 'reverted' });
});

test('more than there is', () => {
  expect(told('1! 2!', steps(3))).toBe('the history has 2 migrations, not 3; nothing was run');
});

test('what is applied is listed, and nothing where nothing is', () => {
  expect(told('1 2', to('0009'))).toMatch(/nothing was run\. Applied, newest first: 0002, 0001$/);
  expect(told('', to('0009'))).toMatch(/^0009 is not applied, .*; nothing was run\. Nothing is applied$/);
});
