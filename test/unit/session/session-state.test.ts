import { lookAt, lookWithout, stateWithout } from '../../../lambda/session/session-state';

const SERVER = {
  isReader: 0,
  serverMode: 'STRICT_TRANS_TABLES',
  client: 'utf8mb4',
  connection: 'utf8mb4',
  results: 'utf8mb4',
};

describe('a session', () => {
  it('is ready where all is as it was set, and where the server lacks what was asked for', () => {
    const row = { ...SERVER, autocommit: 1, completion_type: 'NO_CHAIN', max_statement_time: '0.000000', sql_mode: '' };
    expect(lookAt(row)).toEqual({ obstacle: null, isReader: false, leftOut: [] });
  });

  it.each([
    [{ autocommit: 0 }, 'the session variable autocommit is 0 though it was set to 1'],
    [{ results: 'latin1' }, 'the session variable results is latin1 though it was set to utf8mb4'],
    [{ completion_type: 'CHAIN' }, 'the session variable completion_type is CHAIN though it was set to NO_CHAIN'],
    [
      { sql_mode: 'ANSI_QUOTES' },
      'the session variable sql_mode is ANSI_QUOTES though it was set to one without ANSI_QUOTES',
    ],
    [{ enforced: 'Aria' }, 'the server makes every table one of Aria (enforce_storage_engine)'],
  ])('is refused by the name of what did not take: %j', (row, words) => {
    expect(lookAt({ ...SERVER, ...row }).obstacle).toContain(words);
  });

  it('tells the modes that it leaves out, and a server that takes no writes', () => {
    const row = { ...SERVER, isReader: 1, serverMode: 'PIPES_AS_CONCAT,STRICT_ALL_TABLES,ORACLE', enforced: 'InnoDB' };
    expect(lookAt(row)).toEqual({ obstacle: null, isReader: true, leftOut: ['PIPES_AS_CONCAT', 'ORACLE'] });
  });

  it('is set and looked at in texts that mean the same under every sql_mode', () => {
    for (const text of [stateWithout([]), lookWithout([])]) {
      expect(text).not.toMatch(/["\\;]|''|\|\|/);
    }
  });
});
