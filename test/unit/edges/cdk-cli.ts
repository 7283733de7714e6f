import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';

/** What the CDK's command line does with the reason and the log of a custom resource that failed. */
interface CdkCli {
  /** The stream that a reason names. */
  extractLogStreamName(reason: string): string | undefined;
  /** The lines as they are printed. */
  parseLambdaLogEvents(events: readonly { readonly message: string }[]): readonly string[];
  trimToRecentLines(lines: readonly string[]): readonly string[];
}

/** What those are made of in the bundle of the command line, which exports none of it. */
const FUNCTIONS = [
  'extractLogStreamName', 'parseLambdaLogEvents', 'trimToRecentLines',
  'normalizeLambdaLine', 'normalizeJsonLogLine', 'formatLeveledLine',
]; // prettier-ignore
const CONSTANTS = ['MAX_LOG_LINES', 'LAMBDA_PLATFORM_LINE'];

/** The command line's own code, of the version that is installed. */
export function cdkCli(): CdkCli {
  const file = path.join(__dirname, '../../../node_modules/aws-cdk/lib/index.js');
  const source = readFileSync(file, 'utf8');
  const part = (pattern: RegExp): string => {
    const found = pattern.exec(source)?.[0];
    if (found === undefined) throw new Error(`${file} has no ${pattern.source} any more`);
    return found;
  };
  const code = [
    ...FUNCTIONS.map((name) => part(new RegExp(`^function ${name}\\([^]*?^}`, 'm'))),
    ...CONSTANTS.map((name) => `var ${part(new RegExp(`\\b${name} = .*;`))}`),
    `({ ${FUNCTIONS.join(', ')} })`,
  ];
  return runInNewContext(code.join('\n')) as CdkCli;
}
