import { stackUnderTest } from './stack-under-test';

jest.mock('../../lib/package-root', () => ({
  packageRoot: (): never => {
    throw new Error('no package.json of cdk-aurora-migrations');
  },
}));

test('an app that is bundled into one file is told so, before a part of the package is found missing', () => {
  expect(() => stackUnderTest({ directory: '/nowhere' })).toThrow('no package.json of cdk-aurora-migrations');
});
