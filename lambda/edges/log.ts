import type { Log, LogFields } from '../ports';

/** From the most to the least that is said. Lambda calls the last but one FATAL. */
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'] as const;

/**
 * The function's log: one JSON object a line, so that CloudWatch Logs Insights finds the fields by name. The lines are those of
 * Powertools, and its level is set the same way: with `POWERTOOLS_LOG_LEVEL`, or with Lambda's own application log level where that
 * lets less through. Not with Powertools itself: it is 7 KB of each cold start.
 * Source: https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/
 */
export function jsonLog(fields: LogFields): Log {
  const least = Math.max(rankOf('POWERTOOLS_LOG_LEVEL'), rankOf('AWS_LAMBDA_LOG_LEVEL'));
  const write =
    (level: (typeof LEVELS)[number]) =>
    (message: string, more: LogFields = {}): void => {
      if (LEVELS.indexOf(level) < least) return;
      const timestamp = new Date().toISOString();
      const line = { level, message, timestamp, service: 'aurora-migrations', ...fields, ...more };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    };
  return { info: write('INFO'), warn: write('WARN'), error: write('ERROR') };
}

/** Of a variable that is not set, or set to something else: all of what this log says. */
function rankOf(variable: string): number {
  const level = (process.env[variable] ?? '').toUpperCase();
  return LEVELS.findIndex((each) => each === (level === 'FATAL' ? 'CRITICAL' : level));
}
