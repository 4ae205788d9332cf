/** A call that the server has not answered. */

export interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Stack lines of the call. */
  readonly origin: { readonly stack?: string };
  /** What the promise rejects with when the server says that the call failed: it was aborted. */
  aborted?: { readonly reason: unknown };
  /** Takes the listener of its signal away. */
  unwatch?: () => void;
}

export const callSiteOf = ({ stack }: { readonly stack?: string }): string => stack?.split('\n').slice(1).join('\n') ?? '';
