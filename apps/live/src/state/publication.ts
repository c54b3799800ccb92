/** One message in both its forms. */
export interface Publication<Message> {
  /** For readers who have the one before. */
  readonly delta: Message;
  /** The same moment for a reader who starts with it. */
  readonly snapshot: Message;
}
