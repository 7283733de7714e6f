import { adviseFor, asCommandLine } from '../../cli/advice';
import { saidTarget } from '../../cli/commands/said-target';

afterEach(() => adviseFor([]));

const SAID = 'revert it by hand and invoke the function with {"command":"repair","migration":"1_a","is":"reverted"}';

test.each([
  ['what the environment says is said again by it', {}, ''],
  [
    'a stack',
    { stack: 'Shop', construct: 'Db', region: 'eu-west-1', profile: 'me' },
    ' --stack Shop --construct Db --region eu-west-1 --profile me',
  ],
  ['a function', { function: 'arn:aws:lambda:x:1:function:f' }, ' --function arn:aws:lambda:x:1:function:f'],
  [
    'a URL, without its password',
    { url: 'mysql://root:s%40cret@127.0.0.1:3307/app' },
    ' --url mysql://root@127.0.0.1:3307/app',
  ],
  ['also where that has an @', { url: 'mysql://root:a@b@h/app' }, ' --url mysql://root@h/app'],
  [
    'one that has none',
    { url: 'mysql://root@127.0.0.1/app', directory: 'db' },
    ' --url mysql://root@127.0.0.1/app --directory db',
  ],
  [
    'what a shell would read is quoted',
    { url: 'mysql://a:b@h/app?ssl-mode=REQUIRED', directory: "it's" },
    " --url 'mysql://a@h/app?ssl-mode=REQUIRED' --directory 'it'\\''s'",
  ],
])('a printed command is for the same target: %s', (_, options, flags) => {
  adviseFor(saidTarget(options));

  expect(asCommandLine(SAID)).toBe(
    `revert it by hand and run "npx aurora-migrations repair 1_a --is reverted${flags}"`,
  );
});
