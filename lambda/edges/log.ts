import { Logger } from '@aws-lambda-powertools/logger';
import type { Log, LogFields } from '../ports';

/**
 * The function's log: one JSON object a line, so that CloudWatch Logs Insights finds the fields by name. Its level is set
 * the way that Powertools and Lambda have for it, with `POWERTOOLS_LOG_LEVEL` or Lambda's own application log level.
 */
export function jsonLog(fields: LogFields): Log {
  const logger = new Logger({ serviceName: 'aurora-migrations', persistentKeys: fields });
  return {
    info: (message, more = {}) => logger.info(message, more),
    warn: (message, more = {}) => logger.warn(message, more),
    error: (message, more = {}) => logger.error(message, more),
  };
}
