import {
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Reference,
  StringConcat,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Notes what the references of a template's part refer to, as it is resolved. */
export class ReferenceFinder extends DefaultTokenResolver {
  readonly found = new Set<IConstruct>();

  /** @param counts whether a reference is one that is looked for; `value` is what stands for it in the template */
  constructor(private readonly counts: (reference: Reference, value: unknown, context: IResolveContext) => boolean) {
    super(new StringConcat());
  }

  override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    const value: unknown = super.resolveToken(token, context, postProcessor);
    // One whose strength was chosen for it alone is wrapped: Stack.consumeReference.
    const { reference = token } = token as { readonly reference?: IResolvable };
    if (Reference.isReference(reference) && this.counts(reference, value, context)) this.found.add(reference.target);
    return value;
  }
}
