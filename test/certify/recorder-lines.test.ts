import { readSeenLines } from '../../certify/evidence/recorder-lines';

const END = '{"certify":"end","time":"2026-11-28T10:00:00.000Z","invocation":"a"}';

test("reads the recorder's lines and the function's, and leaves out all others", () => {
  const log = [
    'START RequestId: a Version: $LATEST',
    '{"certify":"tls","time":"2026-11-28T09:59:59.000Z","invocation":"a","host":"db","authorized":true,"protocol":"TLSv1.3","chain":[]}',
    '{"level":"INFO","message":"planned: nothing","timestamp":"2026-11-28T09:59:59.500Z","requestId":"a","service":"x"}',
    '{"_aws":{"Timestamp":1},"Applied":1}',
    '{"certify":"something","time":"2026-11-28T10:00:00.000Z"}',
    '{"certify":"end"}',
    'null',
    '[1]',
    END,
    'REPORT RequestId: a',
  ].join('\n');
  expect(readSeenLines(log)).toEqual([
    expect.objectContaining({ kind: 'tls', host: 'db' }),
    { kind: 'said', time: '2026-11-28T09:59:59.500Z', invocation: 'a', level: 'INFO', message: 'planned: nothing' },
    { kind: 'end', time: '2026-11-28T10:00:00.000Z', invocation: 'a' },
  ]);
});

test('reads a line behind words of Lambda', () => {
  expect(readSeenLines(`2026-11-28T10:00:00Z\ta\tINFO\t${END}`)).toHaveLength(1);
});

test('leaves out a line that was cut by a death', () => {
  expect(readSeenLines(`${END.slice(0, -10)}\n${END}`)).toHaveLength(1);
});
