// The browser leg without a browser: follows the addresses, and fills in the provider double's consent page.

// Ends on the daemon's last page: { status, url, text, headers }.
export async function consent(authorizationUrl, { decision = 'allow', user = 'ana' } = {}) {
  return pageOf(await fetch(await answeredAt(authorizationUrl, { decision, user })));
}

// The callback address that the user's answer leads to, without going there.
export async function answeredAt(authorizationUrl, { decision = 'allow', user = 'ana' } = {}) {
  const asked = await fetch(authorizationUrl, { redirect: 'manual' });
  if (asked.status === 303) return asked.headers.get('location');
  const page = await asked.text();
  const request = /name="request" value="([^"]+)"/.exec(page)?.[1];
  if (!request) throw new Error(`no consent page (${asked.status}): ${page}`);
  const answered = await fetch(new URL('/consent', authorizationUrl),
    { method: 'POST', redirect: 'manual', body: new URLSearchParams({ request, decision, user }) });
  await answered.text();
  return answered.headers.get('location');
}

export async function pageOf(answer) {
  return { status: answer.status, url: answer.url, headers: answer.headers, text: await answer.text() };
}
