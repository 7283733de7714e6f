/** What the program's exit code says. */
export const EXIT_CODE = {
  /** Done, and nothing is wrong. */
  fine: 0,
  /** It could not be done: no such folder, no server, a fault of ours. */
  failed: 1,
  /** It was done, and found something; or it was refused, and nothing was changed. */
  found: 2,
  /** The command line is not one that there is: EX_USAGE of sysexits.h. */
  usage: 64,
  /** Stopped before its end: by Ctrl-C, as shells say it, a closed terminal, or since nobody reads the result any more. */
  stopped: 130,
} as const;
