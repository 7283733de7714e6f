import { randomUUID } from 'node:crypto';
import { runCommand } from '../../lambda/commands/run-command';
import type { ConnectionResult } from '../../lambda/edges/database/database-connection';
import { readCommand } from '../../lambda/plan/command';
import { ServerError } from '../../lambda/ports';
import type { World } from '../../lambda/world';
import { commandLineOf } from '../advice';
import type { CommandRunner, RunnerSettings } from '../command-runner';
import { codedFailure } from '../coded-failure';
import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import type { UrlTarget } from '../target';
import { connectionProblem } from './connection-problem';
import { placeOf } from './database-url';
import { openSession } from './open-session';
import { notedLog } from './noted-log';
import { type Access, type FoundRelease, NO_RELEASE, releaseFor } from './release-for';
import { stoppableClock } from './stoppable-clock';

/** Commands that change nothing: they are run on any server. */
const READING: ReadonlySet<string> = new Set(['status', 'plan', 'verify', 'watch', 'dump']);

/** Commands that only show what they would do until they are told to: what they find is found in the folder. */
const SHOWING: ReadonlySet<string> = new Set(['adopt', 'baseline']);

/** A long ALTER shows nothing else of a Ctrl-C. */
const STOPPING =
  'Stopping when the running statement has ended; a second Ctrl-C ends it at once, and leaves what is half done.';

/** Runs commands by the function's code in this process, with the folder as what the function would have in its code. */
export async function urlRunner(target: UrlTarget, options: RunnerSettings): Promise<CommandRunner> {
  const { url } = target;
  const place = placeOf(url);
  // Once before anything else, so that a mistake in the URL is what is said.
  (await untilStopped(opened(target, 'read', options.signal), options.signal)).close();
  const releases = new Map<Access, Promise<FoundRelease>>();
  const said = new Set<string>();
  const { terminal } = options;
  const once = (text: string): void => {
    if (!said.has(text)) terminal.note(text);
    said.add(text);
  };
  // Read once: "watch" looks each second.
  const release = (access: Access): Promise<FoundRelease> => {
    const found =
      releases.get(access) ?? releaseFor(target, access, { ...options, terminal: { ...terminal, note: once } });
    releases.set(access, found);
    return found;
  };
  const requireChangeable = (command: string): void => {
    if (!url.isLoopback) throw notHere(command, target);
  };
  return {
    where: `the schema ${url.database} at ${place}`,
    database: url.database,
    isShared: false,
    requireChangeable,
    run: async (event, signal) => {
      const isReading = READING.has(event.command) || (SHOWING.has(event.command) && event['record'] === undefined);
      if (!isReading) requireChangeable(event.command);
      const command = readCommand(event);
      if (command === null || command.kind === 'unreadable') throw new Error(command?.problem ?? 'not a command');
      const connect = async (): Promise<ConnectionResult> => ({
        kind: 'connected',
        session: await opened(target, isReading ? 'read' : 'write', signal),
      });
      const { unknown, code, own } =
        event.command === 'dump'
          ? { ...NO_RELEASE, unknown: null }
          : await release(READING.has(event.command) ? 'read' : 'write');
      const world: World = {
        connect,
        code,
        own,
        rootStackId: '',
        log: notedLog(options.terminal),
        clock: stoppableClock(signal, event.command === 'down' ? 'leave' : 'revert'),
      };
      const sayStopping = (): void => terminal.note(STOPPING);
      if (!isReading) signal?.addEventListener('abort', sayStopping, { once: true });
      try {
        const work = runCommand(command, world, randomUUID());
        const answer = await (isReading ? untilStopped(work, signal) : work);
        return unknown === null ? answer : { ...(answer as object), releaseUnknown: unknown };
      } catch (error) {
        throw explained(error, place);
      } finally {
        signal?.removeEventListener('abort', sayStopping);
      }
    },
  };
}

/** What changes nothing leaves nothing to be put in order: nobody waits for its end. */
async function untilStopped<Result>(work: Promise<Result>, signal?: AbortSignal): Promise<Result> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void =>
      reject(new ExpectedFailure('stopped', 'stopped, and nothing was changed', EXIT_CODE.stopped));
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
  work.catch(() => undefined);
  return Promise.race([work, stopped]);
}

/** Opens a session; one that is only to read cannot write, and is gone where it is stopped. */
async function opened(
  { url, source }: UrlTarget,
  access: Access,
  signal?: AbortSignal,
): ReturnType<typeof openSession> {
  try {
    const session = await openSession(url, url.database, access === 'read' ? signal : undefined);
    if (access === 'read') await session.database.write('SET SESSION TRANSACTION READ ONLY');
    return session;
  } catch (error) {
    throw connectionProblem(error, url, source);
  }
}

/** What the engine throws where it cannot go on. */
function explained(error: unknown, place: string): unknown {
  if (!(error instanceof Error)) return error;
  const at = `the server at ${place}`;
  if (error instanceof ServerError) {
    return new ExpectedFailure('server-error', `${at} refuses it: ${error.summary}. ${status()} shows what there is`);
  }
  return codedFailure(error.message, at) ?? error;
}

function notHere(command: string, { url, source }: UrlTarget): ExpectedFailure {
  return new ExpectedFailure(
    'not-loopback',
    `${command} changes the database, and the server at ${placeOf(url)} (${source}) is not of this machine. Nothing was done. ` +
      'Beside the function of a deployed stack nobody else may write there: let the function do it, with --stack or --function. ' +
      `Where no stack is deployed to it, such as a container's, add --allow-host ${url.host}`,
    EXIT_CODE.found,
  );
}

function status(): string {
  return `"${commandLineOf({ command: 'status' })}"`;
}
