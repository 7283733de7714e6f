import { setMaxListeners } from 'node:events';
import type { Node } from '../template/graph';

/** What becomes of the others when one thing fails. */
export type OnFailure = 'cancel-others' | 'finish-others';

export interface OrderedRun {
  readonly failed: readonly string[];
  /** Those that were never begun, because what they needed failed or because the run was cut short. */
  readonly notStarted: readonly string[];
}

/**
 * Does things as soon as what they need is done, side by side. With `cancel-others` a failure aborts the signal of those
 * that are under way and begins nothing more; with `finish-others` only those are left out that needed what failed. No library
 * of the kind (p-graph, p-map) does the former: it rejects, and what is under way goes on.
 */
export async function runInOrder(
  nodes: readonly Node[],
  run: (id: string, signal: AbortSignal) => Promise<'done' | 'failed'>,
  onFailure: OnFailure,
  cancel: AbortController = new AbortController(),
): Promise<OrderedRun> {
  // Any number of resources may be under way; Node warns of more than ten listeners.
  setMaxListeners(0, cancel.signal);
  const waiting = new Map(nodes.map((node) => [node.id, node]));
  const known = new Set(waiting.keys());
  const done = new Set<string>();
  const failed: string[] = [];
  const running = new Map<string, Promise<void>>();

  const begin = (id: string): void => {
    waiting.delete(id);
    running.set(
      id,
      run(id, cancel.signal).then((result) => {
        running.delete(id);
        if (result === 'done') {
          done.add(id);
        } else {
          failed.push(id);
          if (onFailure === 'cancel-others') cancel.abort();
        }
      }),
    );
  };

  for (;;) {
    if (!cancel.signal.aborted) {
      for (const { id, after } of [...waiting.values()]) {
        // What is not part of this run is there already.
        if (after.every((needed) => done.has(needed) || !known.has(needed))) begin(id);
      }
    }
    if (running.size === 0) return { failed, notStarted: [...waiting.keys()] };
    await Promise.race(running.values());
  }
}
