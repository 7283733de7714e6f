import { jsonLog } from '../../../lambda/edges/log';

let written: string[];
beforeEach(() => {
  written = [];
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  }
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env['POWERTOOLS_LOG_LEVEL'];
  delete process.env['AWS_LAMBDA_LOG_LEVEL'];
});

test('each line is one JSON object with its level, time, message and fields', () => {
  const log = jsonLog({ requestId: 'r' });
  log.info('planned', { plan: 'forward', apply: ['0001_a', '0002_b'] });
  log.warn('a line\nbreak');
  log.error('failed', { isStubborn: true, session: 3 });

  expect(written.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({
      level: 'INFO',
      message: 'planned',
      service: 'aurora-migrations',
      requestId: 'r',
      plan: 'forward',
      apply: ['0001_a', '0002_b'],
    }),
    expect.objectContaining({ level: 'WARN', message: 'a line\nbreak', requestId: 'r' }),
    expect.objectContaining({ level: 'ERROR', message: 'failed', isStubborn: true, session: 3 }),
  ]);
  for (const line of written) {
    expect(line.trimEnd()).not.toContain('\n');
    expect(Date.parse((JSON.parse(line) as { timestamp: string }).timestamp)).not.toBeNaN();
  }
});

test.each([
  [{ POWERTOOLS_LOG_LEVEL: 'WARN' }, ['look', 'failed']],
  [{ AWS_LAMBDA_LOG_LEVEL: 'WARN' }, ['look', 'failed']],
  [{ POWERTOOLS_LOG_LEVEL: 'debug', AWS_LAMBDA_LOG_LEVEL: 'ERROR' }, ['failed']],
  [{ POWERTOOLS_LOG_LEVEL: 'Error', AWS_LAMBDA_LOG_LEVEL: 'INFO' }, ['failed']],
  [{ AWS_LAMBDA_LOG_LEVEL: 'FATAL' }, []],
  [{ POWERTOOLS_LOG_LEVEL: 'SILENT' }, []],
  [{ POWERTOOLS_LOG_LEVEL: 'TRACE' }, ['planned', 'look', 'failed']],
  [{ POWERTOOLS_LOG_LEVEL: 'loud' }, ['planned', 'look', 'failed']],
])('with %j it says %j', (variables, said) => {
  Object.assign(process.env, variables);
  const log = jsonLog({});
  log.info('planned');
  log.warn('look');
  log.error('failed');
  expect(written.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(said);
});
