/** What happens beside the calls' results; told through `onEvent`. */
export type NodeRpcEvent =
  /** The node refused what was known of the cookie; its file is read again. */
  | { readonly type: "cookie_reread"; readonly method: string }
  /** The node's work queue was full; the call is tried again after `delayMs`. */
  | { readonly type: "busy"; readonly method: string; readonly delayMs: number };
