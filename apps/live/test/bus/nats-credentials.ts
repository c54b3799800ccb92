import { nkeys } from "@nats-io/transport-node";

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** Server configuration with JWT users, and the credentials file of one user. */
export function operatorCredentials(): { readonly configuration: string; readonly credsFile: string } {
  const operator = nkeys.createOperator();
  const account = nkeys.createAccount();
  const user = nkeys.createUser();
  const accountJwt = jwt(operator, account.getPublicKey(), "prices", {
    type: "account",
    limits: { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, conn: -1, mem_storage: -1, disk_storage: -1 },
  });
  const operatorJwt = jwt(operator, operator.getPublicKey(), "operator", { type: "operator" });
  const userJwt = jwt(account, user.getPublicKey(), "edge", { type: "user", subs: -1, data: -1, payload: -1 });
  const configuration = [
    `operator: ${operatorJwt}`,
    "resolver: MEMORY",
    `resolver_preload: { ${account.getPublicKey()}: ${accountJwt} }`,
  ].join("\n");
  const part = (name: string, text: string): string => `-----BEGIN ${name}-----\n${text}\n------END ${name}------\n`;
  const seed = new TextDecoder().decode(user.getSeed());
  return { configuration, credsFile: `${part("NATS USER JWT", userJwt)}\n${part("USER NKEY SEED", seed)}` };
}

/** Seed and public key of a user. */
export function nkeyUser(): { readonly seed: string; readonly publicKey: string } {
  const user = nkeys.createUser();
  return { seed: new TextDecoder().decode(user.getSeed()), publicKey: user.getPublicKey() };
}

/**
 * Signed JWT, see
 * https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt
 */
function jwt(issuer: KeyPair, subject: string, name: string, claims: object): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const body = {
    ...{
      jti: `${name}-${subject}`,
      iat: Math.floor(Date.now() / 1000),
      iss: issuer.getPublicKey(),
      name,
      sub: subject,
    },
    nats: { version: 2, ...claims },
  };
  const signed = `${encode({ typ: "JWT", alg: "ed25519-nkey" })}.${encode(body)}`;
  return `${signed}.${Buffer.from(issuer.sign(new TextEncoder().encode(signed))).toString("base64url")}`;
}
