/** The function tells people to invoke it with an event; here the same is a command line. */
const EVENT = /(?:invoke the function with |with )?(\{"command":"[^{}]*\})/g;

/** What else may be said in place of what the event says. */
const FIELD = /"is":("[a-z-]+"|[a-z-]+)/g;

/** A word of a command line, as a shell reads it. */
export function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Flags that each printed command ends with: a process works on one target. */
let flags: readonly string[] = [];

/** From now on, commands that are printed are for this target. */
export function adviseFor(target: readonly string[]): void {
  flags = target;
}

/** What the function says, with the commands of this program in the place of events. */
export function asCommandLine(text: string): string {
  return text
    .replace(EVENT, (whole, json: string) => {
      const command = commandLineOf(JSON.parse(json) as Readonly<Record<string, string | number | true>>);
      return whole.startsWith('{') ? `"${command}"` : `${whole.startsWith('invoke') ? 'run' : 'by'} "${command}"`;
    })
    .replace(FIELD, (_, value: string) => `--is ${value.replaceAll('"', '')}`);
}

/** A command of this program for the same target, as a person types it. */
export function commandLineOf({
  command,
  migration,
  ...fields
}: Readonly<Record<string, string | number | true>>): string {
  const own = Object.entries(fields).map(([name, value]) => `--${name}${value === true ? '' : ` ${String(value)}`}`);
  return ['npx aurora-migrations', command, migration, ...own, ...flags].filter((part) => part !== undefined).join(' ');
}
