import type { Log, LogFields } from '../engine/ports';

/**
 * The function's log: one JSON object a line, in the shape of Lambda's own JSON log format, so that CloudWatch Logs
 * Insights finds the fields by name.
 */
export function jsonLog(fields: LogFields): Log {
  const write = (level: 'INFO' | 'WARN' | 'ERROR', message: string, more: LogFields = {}): void => {
    const line = { timestamp: new Date().toISOString(), level, message, ...fields, ...more };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
  return {
    info: (message, more) => write('INFO', message, more),
    warn: (message, more) => write('WARN', message, more),
    error: (message, more) => write('ERROR', message, more),
  };
}
