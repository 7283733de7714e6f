import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchAnswer } from '../../lambda/commands/watch';
import { lookTwice } from '../look/dead-run';
import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import type { OnTarget } from '../run-on-target';
import { wholeAnswer } from '../whole-answer';
import { endLines, isDead, isGoingOn, keyOf, watchLine } from './watch-text';

/** Between two looks: each invokes the function, or is a session. Milliseconds. */
const PAUSE_MS = 1_000;

/** Without a terminal, so often a line comes that says nothing new. Milliseconds. */
const STILL_MS = 60_000;

/** Looks that may fail one after the other. */
const MOST_FAILED = 60;

const KEYS = ['deployment', 'isLocked', 'current', 'statement'] as const;

/** Follows what goes on until it has ended, and says how. */
export async function runWatch(
  { runner, terminal, signal }: OnTarget,
  { json, wait }: { readonly json: boolean; readonly wait: boolean },
): Promise<number> {
  const ask = async (): Promise<WatchAnswer> =>
    wholeAnswer<WatchAnswer>(await runner.run({ command: 'watch' }, signal), KEYS);
  const look = (): Promise<WatchAnswer> => lookTwice(ask, isDead);
  const lines = new Lines(terminal.isInteractive && !json, terminal.width);
  terminal.note(`watching ${runner.where}`);
  const isStopped = (): boolean => signal.aborted;
  let failed = 0;
  let answer = await look();
  const before = answer.deployment?.id ?? 0;
  if (wait && !isGoingOn(answer))
    terminal.note('nothing is going on; waiting for a deployment to begin (Ctrl-C ends this)');
  let hasBegun = isGoingOn(answer);
  while (!isStopped() && (isGoingOn(answer) || (wait && !hasBegun))) {
    if (isGoingOn(answer)) {
      if (json) terminal.print(JSON.stringify(answer));
      else lines.show(watchLine(answer), keyOf(answer));
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    if (isStopped()) break;
    try {
      answer = await look();
      failed = 0;
    } catch (error) {
      // The server may fail over, and Lambda may be busy: what is watched goes on all the same.
      if (isStopped()) break;
      failed += 1;
      if (!(error instanceof ExpectedFailure) || failed > MOST_FAILED) throw error;
      if (failed === 1) terminal.note(`cannot look at the moment, and tries again: ${error.message}`);
      continue;
    }
    // One that was quicker than a look has begun all the same.
    hasBegun ||= isGoingOn(answer) || (answer.deployment?.id ?? 0) > before;
  }
  lines.end();
  if (isStopped()) {
    terminal.note('stopped watching; what goes on goes on');
    return EXIT_CODE.stopped;
  }
  if (json) terminal.print(JSON.stringify(answer));
  else for (const line of endLines(answer, terminal)) terminal.print(line);
  const { deployment } = answer;
  return deployment === null || (deployment.status === 'applied' && !deployment.isOwed)
    ? EXIT_CODE.fine
    : EXIT_CODE.failed;
}

/** The line of what goes on: in a terminal always in its place, else a new one where it says something new. */
class Lines {
  #key = '';
  #at = 0;

  constructor(
    private readonly isInPlace: boolean,
    private readonly width: number,
  ) {}

  show(line: string, key: string): void {
    if (this.isInPlace) {
      const text = line.length < this.width ? line : `${line.slice(0, this.width - 2)}…`;
      process.stdout.write(`${key === this.#key || this.#key === '' ? '' : '\n'}\r\u001b[K${text}`);
    } else if (key !== this.#key || Date.now() - this.#at > STILL_MS) {
      process.stdout.write(`${line}\n`);
      this.#at = Date.now();
    }
    this.#key = key;
  }

  end(): void {
    if (this.isInPlace && this.#key !== '') process.stdout.write('\n');
  }
}
