import {
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Reference,
  StringConcat,
  Tokenization,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * The text of a value whose references are written by the path of what they refer to, so that the same value has the same
 * text in every stack of an app: resolved, the same attribute is a `Fn::GetAtt` in one stack and an import in another.
 */
export function sharedText(from: IConstruct, value: string): string {
  return String(Tokenization.resolve(value, { scope: from, resolver: new PathResolver() }));
}

class PathResolver extends DefaultTokenResolver {
  constructor() {
    super(new StringConcat());
  }

  override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    // A pseudo parameter, such as AWS::Region, has a whole stack as its target.
    if (Reference.isReference(token) && !token.displayName.startsWith('AWS::')) {
      return `<${token.target.node.path} ${token.displayName}>`;
    }
    const value: unknown = super.resolveToken(token, context, postProcessor);
    return typeof value === 'object' ? JSON.stringify(value) : value;
  }
}
