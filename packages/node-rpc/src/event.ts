/** Events passed to `onEvent`. */
export type NodeRpcEvent =
  /** The node rejected the cached cookie; its file was read again. */
  | { readonly type: "cookie_reread"; readonly method: string }
  /** The node's work queue is full; the call is retried after `delayMs`. */
  | { readonly type: "busy"; readonly method: string; readonly delayMs: number };
