/** A stream message as delta and as snapshot. */
export interface Publication<Message> {
  /** For clients who have the one before. */
  readonly delta: Message;
  /** The same moment for a client who starts with it. */
  readonly snapshot: Message;
}
