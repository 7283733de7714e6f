/** What an error of the network means. */
export interface NetworkProblem {
  readonly what: string;
  /** What to look at; null where that depends on what was to be reached. */
  readonly advice: string | null;
}

/** What the code of an error means, by the names that Node.js and mysql2 give it; null for any other. */
export function networkProblem(code: string): NetworkProblem | null {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        what: 'its name cannot be resolved',
        advice: "Check the host name, and that the VPC's DNS support is on",
      };
    case 'ECONNREFUSED':
      return { what: 'nothing listens there', advice: null };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { what: 'there is no route to it', advice: null };
    case 'ETIMEDOUT':
      return { what: 'nothing came back', advice: null };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'PROTOCOL_CONNECTION_LOST':
      return { what: 'it ended the connection', advice: null };
    default:
      return null;
  }
}

/** One try to reach anything takes at most so long, so that what is missing is in the log within ten seconds. */
export const TRY_MS = 8_000;
