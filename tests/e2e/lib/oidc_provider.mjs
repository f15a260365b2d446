// npm oidc-provider, a certified server, in this process: rotation, access tokens of 8 s, its own pages for
// login and consent. Every request to the token and revocation endpoints is noted, and every secret.
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';

// oidc-provider 9 is written for node 22, which has URL.parse; node 20 has not.
URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);

export const kClientId = 'tokend-e2e';
// With characters that Basic must encode: this server reads a secret form-encoded, as RFC 6749 says.
export const kClientSecret = 'e2e secret + 100% / client';

export class OidcProvider {
  tokenRequests = [];  // { grantType, credential, ok }
  #noted = new EventEmitter();
  #gate;  // open, where there is none
  held = 0;  // requests at the token endpoint that wait at the gate
  revocations = 0;
  secrets = { access_token: [], refresh_token: [], id_token: [], code: [], code_verifier: [], client_secret: [kClientSecret] };

  static async start({ accessTtl = 8 } = {}) {
    const { default: Provider } = await import('oidc-provider');
    const provider = new OidcProvider();
    provider.server = createServer((request, answer) => provider.handle(request, answer));
    await new Promise((resolve) => provider.server.listen(0, '127.0.0.1', resolve));
    provider.issuer = `http://127.0.0.1:${provider.server.address().port}`;
    const oidc = new Provider(provider.issuer, configuration(accessTtl));
    oidc.use((context, next) => provider.#note(context, next));
    provider.handle = oidc.callback();
    return provider;
  }

  refreshes() {
    return this.tokenRequests.filter(({ grantType }) => grantType === 'refresh_token');
  }

  // Resolves when so many refreshes were answered.
  async untilRefreshes(count) {
    const signal = AbortSignal.timeout(60_000);
    while (this.refreshes().length < count) await once(this.#noted, 'request', { signal });
  }

  // What comes to the token endpoint waits, until release(). Nothing of it is looked at before.
  hold() {
    let release;
    const opened = new Promise((resolve) => { release = resolve; });
    this.#gate = { opened, release };
  }

  async untilHeld(count) {
    const signal = AbortSignal.timeout(60_000);
    while (this.held < count) await once(this.#noted, 'held', { signal });
  }

  release() {
    this.#gate.release();
    this.#gate = undefined;
    this.held = 0;
  }

  async isActive(token) {
    const basic = [kClientId, kClientSecret].map((text) => encodeURIComponent(text).replaceAll('%20', '+')).join(':');
    const answer = await fetch(`${this.issuer}/token/introspection`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(basic).toString('base64')}` },
      body: new URLSearchParams({ token }),
    });
    return (await answer.json()).active === true;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #note(context, next) {
    if (context.path === '/token' && this.#gate) {
      this.held += 1;
      this.#noted.emit('held');
      await this.#gate.opened;
    }
    await next();
    const asked = context.oidc?.params ?? {};
    if (context.path === '/token/revocation' && context.status === 200) this.revocations += 1;
    if (context.path !== '/token') return;
    this.tokenRequests.push({
      grantType: asked.grant_type,
      credential: asked.code ?? asked.refresh_token ?? asked.device_code,
      ok: context.status === 200,
    });
    for (const name of ['code', 'code_verifier', 'refresh_token']) this.#keep(name, asked[name]);
    for (const name of ['access_token', 'refresh_token', 'id_token']) this.#keep(name, context.body?.[name]);
    this.#noted.emit('request');
  }

  #keep(kind, secret) {
    if (secret && !this.secrets[kind].includes(secret)) this.secrets[kind].push(secret);
  }
}

function configuration(accessTtl) {
  return {
    clients: [{
      client_id: kClientId,
      client_secret: kClientSecret,
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback/e2e'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code', 'client_credentials'],
      token_endpoint_auth_method: 'client_secret_basic',
    }],
    scopes: ['openid', 'offline_access', 'email'],
    claims: { openid: ['sub'], email: ['email'] },
    conformIdTokenClaims: false,
    findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@acme.example` }) }),
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
    },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: accessTtl, AuthorizationCode: 60, ClientCredentials: accessTtl, DeviceCode: 300, Grant: 3600,
      IdToken: 3600, Interaction: 600, RefreshToken: 3600, Session: 3600,
    },
    cookies: { keys: ['only for tests'] },
  };
}
