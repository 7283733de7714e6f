/** The function tells people to invoke it with an event; here the same is a command line. */
const EVENT = /(?:invoke the function with |with )?(\{"command":"[^{}]*\})/g;

/** What else may be said in place of what the event says. */
const FIELD = /"is":("[a-z-]+"|[a-z-]+)/g;

/** What the function says, with the commands of this program in the place of events. */
export function asCommandLine(text: string): string {
  return text
    .replace(EVENT, (whole, json: string) => {
      const command = commandLineOf(JSON.parse(json) as Readonly<Record<string, string | number | true>>);
      return whole.startsWith('{') ? `"${command}"` : `${whole.startsWith('invoke') ? 'run' : 'by'} "${command}"`;
    })
    .replace(FIELD, (_, value: string) => `--is ${value.replaceAll('"', '')}`);
}

function commandLineOf({ command, migration, ...fields }: Readonly<Record<string, string | number | true>>): string {
  const flags = Object.entries(fields).map(([name, value]) => `--${name}${value === true ? '' : ` ${String(value)}`}`);
  return ['aurora-migrations', command, migration, ...flags].filter((part) => part !== undefined).join(' ');
}
