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
/** Whether the release is that of a folder: then there is no function to speak of. */
let isOfFolder = false;

/** From now on, commands that are printed are for this target. */
export function adviseFor(target: readonly string[], byUrl = false): void {
  flags = target;
  isOfFolder = byUrl;
}

/** How the engine names what it runs. */
const OF_FUNCTION = /the function's code carries (\S+), the newest deployment (\S+); nothing was run\. Deploy instead/;
const OF_FOLDER =
  'the folder is another release than the newest deployment (its digest is $1, that of the deployment $2); nothing was run. Deploy it instead, or name the folder of that release';

/** What the function says, with the commands of this program in the place of events. */
export function asCommandLine(text: string): string {
  return (isOfFolder ? text.replace(OF_FUNCTION, OF_FOLDER) : text)
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
