import type { TextStyle } from './report-text';

/** Where a command says what it has to say. */
export interface Terminal {
  readonly style: TextStyle;
  /** The result. */
  out(text: string): void;
  /** Progress. */
  note(text: string): void;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
