import { runCommand } from '../../lambda/commands/run-command';
import { readCommand } from '../../lambda/plan/command';
import { lockName } from '../../lambda/session/lock';
import type { World } from '../../lambda/world';
import type { Release, Scene } from './scene';

/** Has the function of a release carry out the event of a command. */
export async function invoke(
  scene: Scene,
  code: Release,
  event: Readonly<Record<string, unknown>>,
  more: Partial<World> = {},
): Promise<unknown> {
  const command = readCommand(event);
  if (command === null || command.kind === 'unreadable') throw new Error(`no command: ${JSON.stringify(command)}`);
  await closedAreOver(scene);
  return runCommand(command, { ...scene.ports(code), ...more }, 'request-1');
}

/** Waits until a busy server has freed the lock of a session that the function has closed: commands tell who has it. */
async function closedAreOver(scene: Scene): Promise<void> {
  const holder = `SELECT IS_USED_LOCK('${lockName(scene.name)}') AS id`;
  await scene.until(async () => !scene.closed.has(Number((await scene.sql(holder))[0]?.['id'])));
}

/** Has a release refuse all commands for its journal, but for verify, which finds what is wrong with it. */
export async function expectRefused(scene: Scene, code: Release, failure: string): Promise<void> {
  for (const event of [
    { command: 'up' },
    { command: 'down', steps: 1 },
    { command: 'repair', migration: '0001_user', is: 'reverted' },
  ]) {
    expect(await invoke(scene, code, event)).toMatchObject({ kind: 'refused', failure: { code: failure } });
  }
  for (const command of ['status', 'plan']) {
    await expect(invoke(scene, code, { command })).rejects.toThrow(`[${failure}]`);
  }
}

/** A clock on which nobody waits long. */
export function hastyClock(): World['clock'] {
  let now = Date.now();
  return { now: () => (now += 6_000), remaining: () => 60_000, sleep: () => Promise.resolve() };
}

/** The command that a text tells somebody to invoke the function with. */
export function commandIn(text: string | undefined): Record<string, unknown> {
  const command = /\{"command":"(?:repair|down)"[^}]*\}/.exec(text ?? '')?.[0];
  if (command === undefined) throw new Error(`it names no command: ${text}`);
  return JSON.parse(command) as Record<string, unknown>;
}
