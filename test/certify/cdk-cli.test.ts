import { execFileSync } from 'node:child_process';
import { cdkArguments } from '../../certify/aws/cdk-cli';

const COMMANDS = [
  { kind: 'deploy', stack: 'S', how: { rollback: false, express: true } },
  { kind: 'rollback', stack: 'S' },
  { kind: 'destroy', stack: 'S' },
] as const;

test.each(COMMANDS)('the CDK knows all words of $kind', (command) => {
  const [name = '', stack, ...words] = cdkArguments(command);
  const cdk = require.resolve('aws-cdk/bin/cdk');
  const help = execFileSync(process.execPath, [cdk, name, '--help'], { encoding: 'utf8' });
  expect(stack).toBe('S');
  for (const word of words.filter((each) => each.startsWith('--'))) expect(help).toContain(word.replace('--no-', '--'));
});
