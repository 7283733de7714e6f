/**
 * Commands of the mysql and mariadb clients, which the server does not know, by the letter that follows a backslash.
 *
 * `DELIMITER` is the only one that is understood here, `USE` and `HELP` are statements of the server too.
 * After the table of commands in `client/mysql.cc` of both servers.
 */
const COMMANDS: ReadonlyMap<string, string> = new Map([
  ['?', 'help'],
  ['!', 'system'],
  ['#', 'rehash'],
  ['-', 'sandbox'],
  ['.', 'source'],
  ['C', 'charset'],
  ['c', 'clear'],
  ['d', 'delimiter'],
  ['e', 'edit'],
  ['G', 'ego'],
  ['g', 'go'],
  ['h', 'help'],
  ['n', 'nopager'],
  ['P', 'pager'],
  ['p', 'print'],
  ['q', 'quit'],
  ['R', 'prompt'],
  ['r', 'connect'],
  ['s', 'status'],
  ['T', 'tee'],
  ['t', 'notee'],
  ['u', 'use'],
  ['W', 'warnings'],
  ['w', 'nowarning'],
  ['x', 'resetconnection'],
]);

const STATEMENTS = new Set(['delimiter', 'use', 'help']);
const WORDS: ReadonlySet<string> = new Set([
  ...[...COMMANDS.values()].filter((name) => !STATEMENTS.has(name)),
  ...['exit', 'query_attributes', 'reset_connection', 'ssl_session_data_print', '?'],
]);

/** What is to be written in the place of a command; most are for people at a terminal, and are only to be taken out. */
const INSTEAD: Readonly<Record<string, string>> = {
  charset: 'files are UTF-8: take it out',
  delimiter: 'write DELIMITER at the beginning of a line',
  ego: 'end the statement with ";"',
  go: 'end the statement with ";"',
  source: 'put the statements of that file into a migration',
  use: 'write USE, and end it with ";"',
};

/** Says what is wrong where a statement begins with this word; undefined for a word that is none of the client's commands. */
export function clientWordProblem(word: string): string | undefined {
  const name = word.toLowerCase();
  return WORDS.has(name) ? problemWith(word, name) : undefined;
}

/** Says what is wrong with a backslash outside of quotes, which begins a command wherever it stands. */
export function backslashProblem(letter: string): string {
  return problemWith(`\\${letter.trim()}`, COMMANDS.get(letter) ?? '');
}

function problemWith(written: string, name: string): string {
  const instead = INSTEAD[name] ?? 'take it out';
  return `${written} is a command of the mysql client, of which only DELIMITER is known here: ${instead}`;
}
