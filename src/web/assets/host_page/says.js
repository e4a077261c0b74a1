// What the editor says (sections 5.3, 7.3 and 7.4).

// Other names of the same messages.
const aliases = { UI_Share: 'UI_Sharing', 'rev-history': 'UI_FileVersions', close: 'UI_Close', Get_Views_Resp: 'Views_List' };

const said = (text, more) => (typeof more === 'string' && more ? `${text} (${more.slice(0, 200)})` : text);

const handlers = {
  App_LoadingStatus({ Status: status }) {
    if (status === 'Failed') {
      warnAnew('failed', texts.failed, () => [reload()]);
      return;
    }
    if (!status || status === 'Document_Loaded') {
      loaded = true;
      calm('failed');
      announce();
      showStatus();
    }
    ready();
    tellTimes();
  },
  App_IsFrameTrusted() {
    send('Host_IsFrameTrusted', { isTopFrameTrusted: window.top === window });
  },
  Action_Load_Resp({ success, errorMsg }) {
    if (success === false) warnAnew('failed', said(texts.failed, errorMsg), () => [reload()]);
  },
  Edit_Notification() {
    modified(true);
  },
  Doc_ModifiedStatus({ Modified: is }) {
    modified(is === true || is === 'true');
  },
  Action_Save_Resp({ success, errorMsg, result }) {
    // "unmodified" is no failure: there was nothing to save.
    if (success === false && result !== 'unmodified') warnAnew('saveFailed', said(texts.saveFailed, errorMsg), toVersions);
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
    if (status === 'Pre_Restore_Ack') yielded?.(true);
  },
  Session_Closed() {
    byId('people').hidden = true;
    poll();
  },
};
