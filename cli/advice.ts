import type { CommandEvent } from './command-runner';
import type { Target } from './target';

/** The function tells people to invoke it with an event; here the same is a command line. */
const EVENT = /(?:invoke the function with |with )?(\{"command":"[^{}]*\})/g;

/** What else may be said in place of what the event says. */
const FIELD = /"is":("[a-z-]+"|[a-z-]+)/g;

/** Flags that each printed command ends with: a process works on one target. */
let flags: readonly string[] = [];
let hasStack = true;

/** From now on, what is printed is for the target of these flags. Only a function is of a stack. */
export function adviseFor(target: readonly string[], kind: Target['kind'] = 'function'): void {
  flags = target;
  hasStack = kind === 'function';
}

/** What is said to somebody who has a stack, and what in its place to one who runs a folder on a server. */
const OF_STACK: readonly (readonly [RegExp, () => string])[] = [
  [/ \(a rollback: aws cloudformation continue-update-rollback; [^)]*\)/g, () => ''],
  [/continue the rollback \(aws cloudformation continue-update-rollback\)/g, () => 'try again'],
  [/, as after a deployment with --no-rollback and another one with the file edited/g, () => ''],
  [
    /(?<=[Pp]ut its file back and )deploy(?:, or deploy with onRemoved: REVERT, which reverts it)?/g,
    () => `run "${commandLineOf({ command: 'up' })}"`,
  ],
  [/\bdeploy again\b/g, () => 'try again'],
];

/** What the function says, with the commands of this program in the place of events; on a server nothing of a stack. */
export function asCommandLine(text: string): string {
  return (hasStack ? [] : OF_STACK)
    .reduce((said, [of, otherwise]) => said.replace(of, otherwise), text)
    .replace(EVENT, (whole, json: string) => {
      const command = commandLineOf(JSON.parse(json) as CommandEvent);
      return whole.startsWith('{') ? `"${command}"` : `${whole.startsWith('invoke') ? 'run' : 'by'} "${command}"`;
    })
    .replace(FIELD, (_, value: string) => `--is ${value.replaceAll('"', '')}`);
}

/** A command of this program for the same target, as a person types it. */
export function commandLineOf({ command, ...fields }: CommandEvent): string {
  const own = Object.entries(fields).map(([name, value]) => {
    if (name === 'migration') return String(value);
    return value === true ? `--${name}` : `--${name} ${String(value)}`;
  });
  return ['npx aurora-migrations', command, ...own, ...flags].join(' ');
}
