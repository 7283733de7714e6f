import type { Answer } from '../../lambda/events/answer';
import type { Refusal } from './observed-database';

/** What came of a request. */
export interface Played {
  readonly kind: 'done' | 'failed' | 'died';
  /** As CloudFormation would show it. */
  readonly reason: string;
  /** What the server refused meanwhile, in order. */
  readonly refusals: readonly Refusal[];
}

/** What an answer says of that. */
export function playedOf(answer: Answer): Pick<Played, 'kind' | 'reason'> {
  switch (answer.kind) {
    case 'answer':
      return { kind: answer.status === 'SUCCESS' ? 'done' : 'failed', reason: answer.reason };
    case 'go-on':
    case 'try-again':
      return { kind: 'failed', reason: answer.reason };
    case 'silent':
      return { kind: 'failed', reason: answer.because };
    default:
      return answer satisfies never;
  }
}
