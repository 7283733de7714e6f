import pc from 'picocolors';

/** Columns of text where there is no terminal that says how wide it is. */
const USUAL_WIDTH = 80;

/** Below this many columns no line is wrapped any more. */
const LEAST_WIDTH = 40;

/** Where a command writes: its result, and what is said beside it. */
export interface Terminal {
  /** True where a person sees the result; false where it goes into a file or another program. */
  readonly isInteractive: boolean;
  /** Columns of text. */
  readonly width: number;
  /** Colours of the result: none without a terminal where FORCE_COLOR does not want them, and none with NO_COLOR. */
  readonly colors: ReturnType<typeof pc.createColors>;
  /** Writes the result, to stdout. */
  print(text: string): void;
  /** Writes progress and the like, to stderr. */
  note(text: string): void;
}

/** How text is laid out. */
export type TextStyle = Pick<Terminal, 'width' | 'colors'>;

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  const { FORCE_COLOR: forced } = process.env;
  // Undefined, which isTTY is without a terminal, would leave it to picocolors, for which CI has colours.
  const wantsColors = forced === undefined ? 'isTTY' in stdout && stdout.isTTY : forced !== '0' && forced !== 'false';
  return {
    isInteractive: stdout.isTTY,
    width: Math.max(stdout.columns || USUAL_WIDTH, LEAST_WIDTH),
    colors: pc.createColors(pc.isColorSupported && wantsColors),
    print: (text) => stdout.write(`${text}\n`),
    note: (text) => stderr.write(`${text}\n`),
  };
}
