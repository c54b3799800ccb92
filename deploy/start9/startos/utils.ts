export const port = 8000;
/** Where the node's data folder appears in the container; it contains the cookie. */
export const nodeFolder = "/mnt/bitcoind";
