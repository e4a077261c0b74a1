// The host page's side of the conversation with the editor in its frame (web-host.md sections 4, 5 and 7), and its watch over
// what has really been saved: the host's own events count, not what the editor believes.
(() => {
  'use strict';
  const page = JSON.parse(document.body.dataset.page);
  const { texts } = page;
  const byId = (id) => document.getElementById(id);
  const MINUTE = 60_000;

  // What each family of editors does in its own way; the rest is the same for all of them.
  const neutral = { allow: '', blurs: false, renews: false, tellsModified: false, asksToSave: false };
  const habit = {
    ...neutral,
    ...{
      office: { blurs: true },
      onlyoffice: { blurs: true, allow: '; autoplay *; camera *; microphone *; display-capture *' },
      collabora: { renews: true, tellsModified: true, asksToSave: true },
    }[page.family],
  };
  // Other names of the same messages.
  const aliases = { UI_Share: 'UI_Sharing', 'rev-history': 'UI_FileVersions', close: 'UI_Close', Get_Views_Resp: 'Views_List' };

  // The host's clock, as far as it is known.
  let skew = page.now - Date.now();
  const now = () => Date.now() + skew;
  const opened = now();

  // What is known of the document.
  let mark = document.body.dataset.form;
  let version = page.version;
  let savedAt = 0;
  let dirtySince = 0;
  let claim = null;
  let refusedSeen = 0;
  let heard = false;
  let loaded = false;
  let leaving = false;

  // ---- The bar ----
  const bar = byId('bar');
  const discreet = bar.hidden;

  const clockTime = (at) => {
    const time = new Date(at - skew);
    const today = time.toDateString() === new Date().toDateString();
    const how = { hour: '2-digit', minute: '2-digit', ...(today ? {} : { day: 'numeric', month: 'short' }) };
    return time.toLocaleString(page.language, how);
  };

  function showStatus() {
    let state = 'idle';
    let text = texts.unchanged;
    if (!page.edits) text = texts.readOnly;
    else if (dirtySince) [state, text] = ['unsaved', texts.unsaved];
    else if (savedAt) [state, text] = ['saved', texts.saved.replace('{time}', clockTime(savedAt))];
    else if (!loaded) text = texts.opening;
    if (warnings.size && page.edits) state = 'warning';
    bar.dataset.state = state;
    if (byId('said').textContent !== text) byId('said').textContent = text;
  }

  // Warnings, the gravest first; one is shown at a time.
  const ORDER = ['ended', 'signedOut', 'somebodyElse', 'gone', 'failed', 'refused', 'unreachable', 'unconfirmed', 'overdue',
    'saveFailed', 'changed', 'ending', 'silent', 'newer', 'elsewhere'];
  const UNSAFE = ['ended', 'refused', 'unreachable', 'unconfirmed', 'overdue', 'saveFailed'];
  const warnings = new Map();
  let shown = '';

  function button(label, act, first) {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = label;
    if (first) made.className = 'first';
    made.addEventListener('click', act);
    return made;
  }
  function link(label, href) {
    const made = document.createElement('a');
    made.textContent = label;
    made.href = href;
    made.target = '_blank';
    made.rel = 'noopener';
    return made;
  }
  const reload = () => button(texts.reload, () => { leaving = true; location.reload(); });
  const toVersions = () => (page.versions ? [link(texts.versions, page.versions)] : []);

  function warn(key, text, acts = () => []) {
    warnings.set(key, { text, acts });
    showWarning();
  }
  function calm(key) {
    if (warnings.delete(key)) showWarning();
  }
  function showWarning() {
    const key = ORDER.find((one) => warnings.has(one));
    const { text, acts } = warnings.get(key) ?? { text: '' };
    if (key + text !== shown) {
      shown = key + text;
      byId('warned').textContent = text;
      byId('acts').replaceChildren(...(key ? [...acts(), button(texts.dismiss, () => calm(key))] : []));
      byId('warning').hidden = !key;
      if (discreet) {
        bar.classList.add('bare');
        bar.hidden = !key;
      }
    }
    showStatus();
  }

  const collapse = byId('collapse');
  function fold(small) {
    bar.classList.toggle('small', small);
    collapse.setAttribute('aria-expanded', String(!small));
    collapse.title = small ? texts.expand : texts.collapse;
    collapse.setAttribute('aria-label', collapse.title);
    try { localStorage.setItem('lockhouse-bar', small ? 'small' : ''); } catch { /* a private window */ }
  }
  collapse.addEventListener('click', () => fold(!bar.classList.contains('small')));
  try { if (localStorage.getItem('lockhouse-bar') === 'small') fold(true); } catch { /* a private window */ }

  function rename(name) {
    page.name = name;
    document.title = `${name} – ${page.place}`;
    byId('name').textContent = name;
    byId('name').title = name;
  }

  // ---- The frame: made by script, so that it is loaded once and never from the history ----
  const frame = document.createElement('iframe');
  frame.name = 'office_frame';
  frame.id = 'office_frame';
  frame.title = texts.frame;
  frame.setAttribute('allowfullscreen', 'true');
  frame.setAttribute('allow', `fullscreen *; clipboard-read *; clipboard-write *${habit.allow}`);
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups allow-top-navigation '
    + 'allow-popups-to-escape-sandbox allow-downloads allow-modals');

  let peer = page.origin;
  const isEditors = (origin) => page.origins.includes(origin)
    || (origin.startsWith('https://') && page.domains.some((domain) => origin.endsWith(`.${domain}`)));

  function send(id, values = {}) {
    frame.contentWindow?.postMessage(JSON.stringify({ MessageId: id, SendTime: Date.now(), Values: values }), peer);
  }
  const ready = () => send('Host_PostmessageReady');

  function read(data) {
    if (typeof data !== 'string') return data;
    try { return JSON.parse(data); } catch { return null; }
  }

  window.addEventListener('message', (event) => {
    if (!event.source || event.source !== frame.contentWindow || !isEditors(event.origin)) return;
    const message = read(event.data);
    if (typeof message?.MessageId !== 'string') return;
    // Office goes on to another of its machines: whoever speaks is spoken to.
    peer = event.origin;
    if (!heard) console.debug('the editor speaks', message.Values?.wdUserSession ?? '');
    heard = true;
    calm('silent');
    const name = aliases[message.MessageId] ?? message.MessageId;
    if (Object.hasOwn(handlers, name)) handlers[name](message.Values ?? {}, message);
  });

  // ---- What the editor says ----
  const handlers = {
    App_LoadingStatus({ Status: status }) {
      if (status === 'Failed') {
        warn('failed', texts.failed, () => [reload()]);
        return;
      }
      if (!status || status === 'Document_Loaded') {
        loaded = true;
        calm('failed');
        showStatus();
      }
      ready();
    },
    App_IsFrameTrusted() {
      send('Host_IsFrameTrusted', { isTopFrameTrusted: window.top === window });
    },
    Action_Load_Resp({ success, errorMsg }) {
      if (success === false) warn('failed', said(texts.failed, errorMsg), () => [reload()]);
    },
    Edit_Notification() {
      modified(true);
    },
    Doc_ModifiedStatus({ Modified: is }) {
      modified(is === true || is === 'true');
    },
    Action_Save_Resp({ success, errorMsg, result }) {
      // "unmodified" is no failure: there was nothing to save.
      if (success === false && result !== 'unmodified') warn('saveFailed', said(texts.saveFailed, errorMsg), toVersions);
      else calm('saveFailed');
      poll();
    },
    Views_List(values) {
      const views = Array.isArray(values) ? values : Object.values(values);
      const people = new Set(views.map((view) => view?.UserId ?? view?.ViewId)).size;
      byId('people').hidden = people < 2;
      byId('people').textContent = texts.people.replace('{n}', people);
    },
    File_Rename({ NewName: given }) {
      if (typeof given !== 'string' || !given) return;
      const dot = page.name.lastIndexOf('.');
      const extension = dot > 0 ? page.name.slice(dot) : '';
      rename(given.endsWith(extension) ? given : given + extension);
    },
    UI_Close() {
      if (page.embedded) return;
      leaving = true;
      location.assign(page.close);
    },
    UI_Edit() {
      if (!page.edit || page.embedded) return;
      leaving = true;
      location.assign(page.edit);
    },
    UI_Sharing() { openTab(page.share); },
    UI_FileVersions() { openTab(page.versions); },
    async UI_FileEmbed() {
      if (!page.embed) return;
      const answer = await ask(page.embed, { method: 'POST' }).catch(() => null);
      if (answer?.ok) send('CanEmbed', { HostEmbeddedViewUrl: (await answer.json()).url });
    },
    UI_SaveAs({ format }) { saveCopy(format); },
    App_VersionRestore({ Status: status }) {
      if (status === 'Pre_Restore_Ack') channel?.postMessage({ ready: true });
    },
    Session_Closed() {
      byId('people').hidden = true;
      poll();
    },
  };

  const said = (text, more) => (typeof more === 'string' && more ? `${text} (${more.slice(0, 200)})` : text);

  function modified(is) {
    if (!page.edits) return;
    if (is) {
      dirtySince ||= now();
      claim = null;
    } else if (dirtySince) {
      // The editor says so; whether it is so is seen when a save has arrived.
      claim = savedAt >= dirtySince - 1_000 ? null : { since: dirtySince, at: now() };
      dirtySince = 0;
      poll();
    }
    showStatus();
  }

  // ---- What the host knows ----
  function ask(path, options = {}) {
    const headers = { accept: 'application/json', 'x-lockhouse-form': mark || 'guest', ...options.headers };
    const signal = AbortSignal.timeout?.(10_000);
    return fetch(path, { credentials: 'same-origin', cache: 'no-store', redirect: 'manual', signal, ...options, headers });
  }

  let tag = '';
  let misses = 0;
  let timer = 0;
  let asking = false;

  async function poll() {
    if (asking || leaving) return;
    asking = true;
    clearTimeout(timer);
    try {
      const answer = await ask(page.state, { headers: tag ? { 'if-none-match': tag } : {} });
      if (answer.status === 401) warn('signedOut', texts.signedOut, () => [link(texts.signIn, page.signIn)]);
      else if (answer.status === 404 || answer.status === 403) warn('gone', texts.gone, () => [reload()]);
      else if (answer.status === 200 || answer.status === 304) {
        if (answer.status === 200) learn(await answer.json(), answer.headers.get('etag'));
        misses = 0;
        for (const key of ['signedOut', 'gone', 'unreachable']) calm(key);
      } else misses += 1;
    } catch {
      misses += 1;
    }
    asking = false;
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
    const ours = state.saved.client === page.family;
    if (state.version !== version) {
      version = state.version;
      if (page.edits && !ours) warn('changed', texts.changed, () => [reload(), ...toVersions()]);
      if (!page.edits && !(ours && page.family === 'collabora')) warn('newer', texts.newer, () => [reload()]);
    }
    // Somebody else's save says nothing about what was written here.
    if (ours || (!dirtySince && !claim)) arrived(state.saved.at);
    const { refused } = state;
    const settled = ours ? state.saved.at : 0;
    const matters = page.edits && refused?.client === page.family && refused.at > settled && refused.at >= opened;
    if (!matters) calm('refused');
    else if (refused.at !== refusedSeen) {
      refusedSeen = refused.at;
      const why = texts.refused.replace('{why}', texts.why[refused.why] ?? texts.why.failed);
      warn('refused', `${why} ${refused.rescued ? texts.kept : texts.notKept}`, toVersions);
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

  function judge() {
    if (claim && now() - claim.at > 20_000) {
      warn('unconfirmed', texts.unconfirmed, toVersions);
      claim = null;
    }
    const minutes = Math.floor((now() - dirtySince) / MINUTE);
    if (dirtySince && minutes >= 5) warn('overdue', texts.overdue.replace('{n}', minutes), toVersions);
    watchToken();
    showStatus();
  }

  // ---- The token: renewed where the editor can be told, else announced ----
  const margin = Math.min(10 * MINUTE, (page.ttl - page.now) / 4);
  let renewing = 0;

  function watchToken() {
    const left = page.ttl - now();
    if (left > margin) {
      calm('ending');
      calm('ended');
    } else if (left <= 0) warn('ended', texts.ended, () => [reload()]);
    else if (!habit.renews) {
      warn('ending', texts.ending.replace('{n}', Math.ceil(left / MINUTE)), () => [reload()]);
    }
    if (left <= margin && habit.renews && Date.now() - renewing > Math.min(30_000, margin / 4)) {
      renewing = Date.now();
      renew();
    }
  }

  async function renew() {
    try {
      const answer = await ask(page.token, { method: 'POST' });
      if (answer.status === 401) warn('signedOut', texts.signedOut, () => [link(texts.signIn, page.signIn)]);
      else if (answer.ok) {
        const fresh = await answer.json();
        send('Reset_Access_Token', { token: fresh.access_token });
        page.ttl = fresh.access_token_ttl;
        watchToken();
      } else if (answer.status === 409) warn('ending', texts.ending.replace('{n}', 1), () => [reload()]);
    } catch {
      // Tried again soon.
    }
  }

  // ---- The house's own windows above the editor ----
  function openTab(path) {
    if (!path) return;
    const tab = window.open(path, '_blank');
    if (tab) tab.opener = null;
    else dialog([link(texts.newTab, path)]);
  }

  function dialog(contents, submit) {
    const box = document.createElement('dialog');
    const form = document.createElement('form');
    form.method = 'dialog';
    const acts = document.createElement('div');
    acts.className = 'acts';
    acts.append(button(texts.cancel, () => box.close()));
    if (submit) {
      const go = button(submit.label, () => {}, true);
      go.type = 'submit';
      acts.append(go);
      form.addEventListener('submit', submit.act);
    }
    form.append(...contents, acts);
    box.append(form);
    document.body.append(box);
    box.addEventListener('close', () => {
      box.remove();
      send('Grab_Focus');
    });
    if (habit.blurs) send('Blur_Focus');
    box.showModal();
  }

  function saveCopy(format) {
    const dot = page.name.lastIndexOf('.');
    const [stem, extension] = dot > 0 ? [page.name.slice(0, dot), page.name.slice(dot + 1)] : [page.name, ''];
    const wanted = typeof format === 'string' && /^[a-z0-9]{1,8}$/i.test(format) ? format : extension;
    const label = document.createElement('label');
    const input = document.createElement('input');
    label.textContent = texts.copyName;
    input.value = `${stem} (2)${wanted ? `.${wanted}` : ''}`;
    input.maxLength = 250;
    input.required = true;
    label.append(input);
    dialog([label], { label: texts.saveCopy, act: () => send('Action_SaveAs', { Filename: input.value, Notify: true }) });
  }

  for (const away of document.querySelectorAll('[data-tab]')) {
    away.addEventListener('click', (event) => {
      event.preventDefault();
      openTab(away.href);
    });
  }

  // The page of versions, in another tab: the editor saves before an earlier version is brought back (rule W-56).
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel(`lockhouse-${page.id}`) : null;
  channel?.addEventListener('message', ({ data }) => {
    if (data?.restore === 'ask') {
      if (page.family === 'collabora' && loaded && page.edits) send('Host_VersionRestore', { Status: 'Pre_Restore' });
      else channel.postMessage({ ready: true });
    } else if (data?.restore === 'done') {
      leaving = true;
      location.reload();
    }
  });

  // ---- The address and the history ----
  const address = new URL(location.href);
  if (['wdPreviousSession', 'wdPreviousCorrelation'].some((name) => address.searchParams.has(name))) {
    // Only these: the rest of the query stays as it was sent.
    const rest = address.search.slice(1).split('&').filter((pair) => !/^wdPrevious(Session|Correlation)(=|$)/.test(pair));
    history.replaceState(history.state, '', address.pathname + (rest.length ? `?${rest.join('&')}` : '') + address.hash);
  }
  // From the history a page comes back with a token that has been used up.
  window.addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
  window.addEventListener('beforeunload', (event) => {
    if (!leaving && page.edits && (dirtySince || claim) && UNSAFE.some((key) => warnings.has(key))) event.preventDefault();
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) poll(); });
  window.addEventListener('online', poll);

  // ---- Off it goes: the listener is there, then the frame, then the token by POST ----
  byId('frameholder').replaceChildren(frame);
  frame.addEventListener('load', ready);
  const form = byId('office_form');
  form.submit();
  form.elements.access_token.value = '';
  if (page.elsewhere) warn('elsewhere', texts.elsewhere, () => [reload()]);
  setTimeout(() => { if (!heard && page.family !== 'other') warn('silent', texts.silent, () => [reload()]); }, MINUTE);
  setInterval(judge, 10_000);
  showStatus();
  poll();
})();
