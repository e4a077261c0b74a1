// The token: renewed where the editor can be told, else its end is announced (rules W-18 and W-54).

const margin = Math.min(10 * MINUTE, (page.ttl - page.now) / 4);
let renewing = 0;

function watchToken() {
  const left = page.ttl - now();
  if (left > margin) {
    calm('ending');
    calm('ended');
  } else if (left <= 0) warn('ended', texts.ended, () => [reload()]);
  else if (!habit.renews) announceEnd();
  // What is sent before the document is there is dropped (rule W-53).
  if (left <= margin && habit.renews && loaded && Date.now() - renewing > Math.min(30_000, margin / 4)) {
    renewing = Date.now();
    renew();
  }
}

function announceEnd() {
  const left = Math.ceil((page.ttl - now()) / MINUTE);
  if (left > 0) warn('ending', texts.ending.replace('{time}', minutes(left)), () => [reload()]);
}

async function renew() {
  try {
    const answer = await ask(page.token, { method: 'POST' });
    if (answer.status === 401) warn('signedOut', texts.signedOut, toSignIn);
    else if (answer.ok) {
      const fresh = await answer.json();
      send('Reset_Access_Token', { token: fresh.access_token });
      page.ttl = fresh.access_token_ttl;
      watchToken();
    } else if (answer.status === 409) announceEnd();
  } catch {
    // Tried again soon.
  }
}
