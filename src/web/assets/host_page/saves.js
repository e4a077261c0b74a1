// What has really been saved: the editor says one thing, the host knows.

function ask(path, options = {}) {
  const headers = { accept: 'application/json', 'x-lockhouse-form': mark || 'guest', ...options.headers };
  const signal = AbortSignal.timeout?.(10_000);
  return fetch(path, { credentials: 'same-origin', cache: 'no-store', redirect: 'manual', signal, ...options, headers });
}

// ---- What the editor says ----
function modified(is) {
  if (!page.edits) return;
  if (is) {
    dirtySince ||= now();
    claim = null;
  } else if (dirtySince) {
    // The editor says so; whether it is so is seen when a save has arrived.
    claim = savedAt >= dirtySince - 1_000 ? null : { since: dirtySince, at: now(), asked: 0 };
    dirtySince = 0;
    poll();
  }
  showStatus();
}

// ---- What the host knows ----
let tag = '';
let misses = 0;
let timer = 0;
let polling = null;

function poll() {
  if (leaving) return Promise.resolve();
  polling ??= look().finally(() => { polling = null; });
  return polling;
}

async function look() {
  clearTimeout(timer);
  try {
    const answer = await ask(page.state, { headers: tag ? { 'if-none-match': tag } : {} });
    if (answer.status === 401) warn('signedOut', texts.signedOut, toSignIn);
    else if (answer.status === 404 || answer.status === 403) warn('gone', texts.gone, () => [reload()]);
    else if (answer.status === 200 || answer.status === 304) {
      if (answer.status === 200) learn(await answer.json(), answer.headers.get('etag'));
      misses = 0;
      for (const key of ['signedOut', 'gone', 'unreachable']) calm(key);
    } else misses += 1;
  } catch {
    misses += 1;
  }
  if (misses >= 2 && page.edits) warn('unreachable', texts.unreachable);
  judge();
  timer = setTimeout(poll, document.hidden ? 30_000 : 5_000);
}

function learn(state, etag) {
  skew = state.now - Date.now();
  if (state.user !== page.user) {
    // Whoever signed in meanwhile lends this page neither his mark nor, by it, a token of his.
    mark = '';
    tag = '';
    warn('somebodyElse', texts.somebodyElse, () => [reload()]);
    return;
  }
  if (state.form) mark = state.form;
  calm('somebodyElse');
  tag = etag ?? '';
  if (state.name !== page.name) rename(state.name);
  // Said before the editor tries to save, and fails.
  if (!page.edits || state.writes) calm('noRight');
  else warn('noRight', texts.noRight, () => [reload()]);
  const ours = state.saved.client === page.family;
  if (state.version !== version) {
    version = state.version;
    if (page.edits && !ours) warnAnew('changed', texts.changed, () => [reload(), ...toVersions()]);
    if (!page.edits && !(ours && page.family === 'collabora')) warnAnew('newer', texts.newer, () => [reload()]);
  }
  // Somebody else's save says nothing about what was written here.
  if (ours || (!dirtySince && !claim)) arrived(state.saved.at);
  weigh(state.refused, ours ? state.saved.at : 0);
}

let refusedSeen = 0;

// A save that the host refused, unless a later one has come.
function weigh(refused, settled) {
  const matters = page.edits && refused?.client === page.family && refused.at > settled && refused.at >= opened;
  if (!matters) calm('refused');
  else if (refused.at !== refusedSeen) {
    refusedSeen = refused.at;
    const why = texts.refused.replace('{why}', texts.why[refused.why] ?? texts.why.failed);
    warnAnew('refused', `${why} ${refused.rescued ? texts.kept : texts.notKept}`, toVersions);
  }
}

// A save is on the host's disk.
function arrived(at) {
  if (at <= savedAt) return;
  savedAt = at;
  // The two clocks agree within a moment.
  if (dirtySince && at >= dirtySince - 1_000) dirtySince = habit.tellsModified ? Math.max(at, dirtySince) : 0;
  if (claim && at >= claim.since - 1_000) claim = null;
  for (const key of ['unconfirmed', 'overdue', 'saveFailed']) calm(key);
}

// ---- What follows as time goes by ----
function judge() {
  if (claim) doubt();
  const waited = Math.floor((now() - dirtySince) / MINUTE);
  if (dirtySince && waited >= 5) warn('overdue', texts.overdue.replace('{time}', minutes(waited)), toVersions);
  watchToken();
  showStatus();
}

// Perhaps nothing was lost, and all was only undone: the editor is asked to save what it has, and the host sees whether it
// comes.
function doubt() {
  if (!habit.asksToSave) {
    if (now() - claim.at > 20_000) warn('unconfirmed', texts.unconfirmed, toVersions);
  } else if (claim.asked) {
    if (now() - claim.asked > 30_000) warn('unconfirmed', texts.unconfirmed, toVersions);
  } else if (now() - claim.at > 10_000) {
    claim.asked = now();
    send('Action_Save', { DontTerminateEdit: true, DontSaveIfUnmodified: false, Notify: true });
  }
}
