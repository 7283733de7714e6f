import { stoppableClock } from '../../cli/database/stoppable-clock';

const HOUR = 3_600_000;

test('until it is stopped a run has hours', () => {
  expect(stoppableClock(new AbortController().signal, 'revert').remaining()).toBeGreaterThan(HOUR);
});

test('one that is stopped in the midst has time to revert what it did, and none for more', () => {
  const stop = new AbortController();
  const clock = stoppableClock(stop.signal, 'revert');
  clock.remaining();
  stop.abort();

  expect(clock.remaining()).toBeGreaterThan(0);
  expect(clock.remaining()).toBeLessThan(HOUR);
});

test('that it was a person is said', () => {
  const stop = new AbortController();
  const clock = stoppableClock(stop.signal, 'revert');
  const before = clock.isStopped?.();
  stop.abort();

  expect([before, clock.isStopped?.()]).toEqual([false, true]);
  expect(stoppableClock(undefined, 'revert').isStopped?.()).toBe(false);
});

test('one that is stopped before it began has no time at all, nor has a down, which has nothing to revert', () => {
  const stop = new AbortController();
  const down = stoppableClock(stop.signal, 'leave');
  down.remaining();
  stop.abort();

  expect(stoppableClock(stop.signal, 'revert').remaining()).toBe(0);
  expect(down.remaining()).toBe(0);
});
