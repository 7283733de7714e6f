/** What an error of the network means. */
export interface NetworkProblem {
  readonly what: string;
  /** What to look at; null where that depends on what was to be reached. */
  readonly advice: string | null;
}

/** What codes of errors mean, by the names that Node.js and mysql2 give them. */
const PROBLEMS: readonly (NetworkProblem & { readonly codes: readonly string[] })[] = [
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN'],
    what: 'its name cannot be resolved',
    advice: "Check the host name, and that the VPC's DNS support is on",
  },
  { codes: ['ECONNREFUSED'], what: 'nothing listens there', advice: null },
  { codes: ['EHOSTUNREACH', 'ENETUNREACH'], what: 'there is no route to it', advice: null },
  { codes: ['ETIMEDOUT'], what: 'nothing came back', advice: null },
  { codes: ['ECONNRESET', 'EPIPE', 'PROTOCOL_CONNECTION_LOST'], what: 'it ended the connection', advice: null },
];

/** What the code of an error means; null for any other. */
export function networkProblem(code: string): NetworkProblem | null {
  return PROBLEMS.find(({ codes }) => codes.includes(code)) ?? null;
}

/** Why something was not reached, and what to look at: `usual` where the error does not tell. */
export function explainUnreached(
  { code = '', message }: NodeJS.ErrnoException,
  usual: string,
): { readonly why: string; readonly advice: string } {
  const problem = networkProblem(code);
  // An error that stands for several addresses has a code and no message.
  const why = `${problem === null ? '' : `${problem.what}: `}${message || code}`;
  return { why, advice: problem?.advice ?? usual };
}

/** One try to reach anything takes at most so long, so that what is missing is in the log within ten seconds. */
export const TRY_MS = 8_000;
