/** Close codes (RFC 6455, section 7.4.1, and the IANA registry for 1013). */
export const closeCodes = {
  goingAway: 1001,
  protocolError: 1002,
  /** Never sent: the connection ended without a close frame. */
  noCloseFrame: 1006,
  invalidPayload: 1007,
  policyViolation: 1008,
  messageTooBig: 1009,
  tryAgainLater: 1013,
} as const;
