import { getMaxListeners } from 'node:events';
import { runInOrder } from '../../rehearsal/stack/ordered-run';

const NODES = [
  { id: 'a', after: [] },
  { id: 'b', after: ['a', 'elsewhere'] },
  { id: 'c', after: ['b'] },
  { id: 'x', after: [] },
  { id: 'y', after: ['x'] },
];

test('each begins when what it needs is done, side by side', async () => {
  const begun: string[] = [];
  const run = async (id: string) => {
    begun.push(id);
    await Promise.resolve();
    return 'done' as const;
  };
  expect(await runInOrder(NODES, run, 'cancel-others')).toEqual({ failed: [], notStarted: [] });
  expect(begun).toEqual(['a', 'x', 'b', 'y', 'c']);
});

test('a failure cancels the others, which may then fail too', async () => {
  const run = (id: string, signal: AbortSignal) =>
    id === 'a'
      ? Promise.resolve('failed' as const)
      : new Promise<'failed'>((resolve) => {
          signal.addEventListener('abort', () => resolve('failed'));
        });
  expect(await runInOrder(NODES, run, 'cancel-others')).toEqual({ failed: ['a', 'x'], notStarted: ['b', 'c', 'y'] });
});

test('or the others are finished, but for those that need what failed', async () => {
  const done: string[] = [];
  const run = async (id: string) => {
    done.push(id);
    return id === 'a' ? ('failed' as const) : ('done' as const);
  };
  expect(await runInOrder(NODES, run, 'finish-others')).toEqual({ failed: ['a'], notStarted: ['b', 'c'] });
  expect(done).toEqual(['a', 'x', 'y']);
});

test('nothing is begun once it is cancelled from outside', async () => {
  const cancel = new AbortController();
  const run = async () => {
    cancel.abort();
    return 'done' as const;
  };
  expect(await runInOrder(NODES, run, 'cancel-others', cancel)).toEqual({ failed: [], notStarted: ['b', 'c', 'y'] });
});

test('any number may listen for a failure at the same time, of which Node would warn', async () => {
  const limits: number[] = [];
  const run = (_: string, signal: AbortSignal) => {
    limits.push(getMaxListeners(signal));
    return Promise.resolve('done' as const);
  };
  await runInOrder([{ id: 'a', after: [] }], run, 'cancel-others');
  expect(limits).toEqual([0]);
});
